"""The time from detection to the first action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.linkage.first_action import FirstActions
from streams.records.action import NOTIFY_SOURCE, ActionRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Transition


def taken(time: int, **fields: Any) -> ActionRecord:
    return ActionRecord(
        **({"source": "/crm", "id": str(time), "fingerprint": "f1", "time": time, "action": "pause"} | fields)
    )


def test_the_first_action_counts_once(transition: Callable[..., Transition], now: int) -> None:
    anomaly, firsts = transition().anomaly, FirstActions()
    first, second = taken(now + 42_000), taken(now + 50_000)

    assert firsts.took_ms(first, anomaly, [first, second]) == 42_000
    assert firsts.took_ms(second, anomaly, [first, second]) is None
    assert firsts.took_ms(first, anomaly, [first, second]) is None


def test_after_a_restart_what_was_acted_on_before_is_not_counted_again(
    transition: Callable[..., Transition], now: int
) -> None:
    first, second = taken(now + 42_000), taken(now + 50_000)

    assert FirstActions().took_ms(second, transition().anomaly, [first, second]) is None


def test_feedback_is_no_action_nor_that_people_were_told_and_an_earlier_incident_is_another(
    transition: Callable[..., Transition], now: int
) -> None:
    anomaly, firsts = transition().anomaly, FirstActions()
    feedback = taken(now + 1_000, action="feedback")
    told = taken(now + 500, action="told", source=NOTIFY_SOURCE)
    before = taken(now - 60_000)
    pause = taken(now + 9_000)

    assert firsts.took_ms(feedback, anomaly, [feedback]) is None
    assert firsts.took_ms(told, anomaly, [told]) is None
    assert firsts.took_ms(before, anomaly, [before, feedback]) is None
    assert firsts.took_ms(pause, anomaly, [before, told, feedback, pause]) == 9_000


def test_an_action_known_here_before_the_board_knows_it_counts(transition: Callable[..., Transition], now: int) -> None:
    assert FirstActions().took_ms(taken(now + 5_000), transition().anomaly, []) == 5_000
