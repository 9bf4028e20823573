"""What the board knows of actions: merged with transitions in whichever order the topics were read, and bounded."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from streams.app.action_intake import ActionIntake
from streams.records.action import ActionRecord
from streams.records.action_event import Unread, encode
from streams.records.anomaly import Anomaly, Change, Transition
from streams.records.instant import rfc3339
from streams.records.verdicts import TickVerdicts
from streams.register.actions import OF_AN_ANOMALY
from streams.register.register import RECENT_MS, Register
from streams.register.silence import Unobeyed
from streams.telemetry.metrics import PipelineMetrics
from streams.web.board import Board
from streams.web.timeline import ActionEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeAnomaly = Callable[..., Anomaly]
    MakeTransition = Callable[..., Transition]

MINUTE = 60_000


@pytest.fixture
def board() -> Board:
    return Board(Register(()), (), (), "Asia/Shanghai")


def taken(now: int, action: str = "ack", **fields: Any) -> ActionRecord:
    given: dict[str, Any] = {"source": "/desk", "id": f"{action}{now}", "fingerprint": "a1b2c3", "actor": "li"}
    return ActionRecord(action=action, time=now, **(given | fields))


def timeline(board: Board) -> list[str]:
    found = board.anomaly("a1b2c3")
    assert found is not None
    return [line.action if isinstance(line, ActionEntry) else line.change.rpartition(".")[2] for line in found[1]]


def test_the_time_line_is_in_the_order_of_time_whatever_came_first(
    board: Board, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    board.register.action(taken(now + 3 * MINUTE, "coupons.sent"))
    board.register.action(taken(now + MINUTE))
    board.transition(transition(anomaly(), time=now))
    board.transition(transition(anomaly(), Change.UPDATED, now + 2 * MINUTE))
    board.register.action(taken(now + 2 * MINUTE, "snooze"))

    assert timeline(board) == ["opened", "ack", "updated", "snooze", "coupons.sent"]


def test_a_repeated_action_changes_nothing(
    board: Board, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    board.transition(transition(anomaly()))
    board.register.action(taken(now))
    version = board.version
    board.register.action(taken(now))

    assert board.version == version
    assert timeline(board) == ["opened", "ack"]


def test_a_time_line_keeps_fifty_actions(
    board: Board, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    board.transition(transition(anomaly()))
    for number in range(OF_AN_ANOMALY + 20):
        board.register.action(taken(now + number, "coupons.sent"))

    assert len(timeline(board)) == OF_AN_ANOMALY + 1


def test_actions_are_forgotten_with_their_anomaly(
    board: Board, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    board.register.action(taken(now))
    board.transition(transition(anomaly(state="resolved"), Change.RESOLVED, now))
    kept = len(board.register.actions)
    board.tick(TickVerdicts(0, now + RECENT_MS + 1, "hash", [], []))

    assert (kept, len(board.register.actions)) == (1, 0)


def test_an_old_incident_that_is_read_late_takes_no_ack_of_the_present_one_along(
    board: Board, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    before = now - 3 * RECENT_MS
    board.tick(TickVerdicts(0, now, "hash", [], []))
    board.register.action(taken(now, until=now + 30 * MINUTE, detected_at=now - MINUTE))
    board.transition(transition(anomaly(state="resolved", detected_at=rfc3339(before)), Change.RESOLVED, before))
    present = anomaly(detected_at=rfc3339(now - MINUTE))
    board.transition(transition(present, time=now - MINUTE))

    assert board.shown(present, now)["acked"] == {"by": "li", "until": rfc3339(now + 30 * MINUTE), "note": ""}


def test_flags_end_by_the_clock_of_people(
    board: Board, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    board.transition(transition(anomaly()))
    board.register.action(taken(now))
    shown = [board.view(now, people)["anomalies"][0]["acked"] for people in (None, now, now + 30 * MINUTE)]

    assert [flag is not None for flag in shown] == [True, True, False]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_worker_shows_the_same_however_its_topics_were_interleaved(
    data: st.DataObject, anomaly: MakeAnomaly, transition: MakeTransition, now: int
) -> None:
    changes = [
        transition(anomaly(state=state, severity=severity, detected_at=rfc3339(opened)), change, at)
        for change, at, state, severity, opened in (
            (Change.OPENED, now, "firing", "warning", now),
            (Change.UPDATED, now + 5 * MINUTE, "firing", "critical", now),
            (Change.RESOLVED, now + 20 * MINUTE, "resolved", "critical", now),
            (Change.OPENED, now + 30 * MINUTE, "firing", "warning", now + 30 * MINUTE),
        )
    ]
    actions = [
        taken(now + minute * MINUTE, action, id=str(number), until=now + (minute + lasts) * MINUTE, severity=severity)
        for number, (minute, action, lasts, severity) in enumerate(
            data.draw(
                st.lists(
                    st.tuples(
                        st.integers(0, 40),
                        st.sampled_from(["ack", "snooze", "feedback", "coupons.sent"]),
                        st.integers(1, 60),
                        st.sampled_from(["warning", "critical", None]),
                    ),
                    max_size=12,
                )
            )
        )
    ]
    seen = []
    for _ in range(2):
        board = Board(Register(()), (), (), "Asia/Shanghai")
        rest: tuple[list[Transition], list[ActionRecord]] = list(changes), list(actions)
        while any(rest):
            if rest[0] and (not rest[1] or data.draw(st.booleans())):
                board.transition(rest[0].pop(0))
            else:
                board.register.action(rest[1].pop(0))
        clock = now + 41 * MINUTE
        seen.append((board.view(clock), board.anomaly("a1b2c3")))

    assert seen[0] == seen[1]


def test_what_is_no_action_is_counted_each_time_and_said_once(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    registry = CollectorRegistry()
    intake = ActionIntake(board.register, PipelineMetrics(registry, lambda: 0.0))
    with caplog.at_level(logging.WARNING):
        for value in (b"{", b"secret words", encode(taken(1)), None):
            intake.take(value)

    assert registry.get_sample_value("pharos_actions_total", {"outcome": "no_cloudevent"}) == 2
    assert registry.get_sample_value("pharos_actions_total", {"outcome": "empty"}) == 1
    assert registry.get_sample_value("pharos_actions_total", {"outcome": "read"}) == 1
    assert len(board.register.actions) == 1
    assert [record.message.rpartition(": ")[2] for record in caplog.records] == [Unread.NO_CLOUDEVENT, Unread.EMPTY]
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"matchers": ("region=~(?!zhejiang).*",)}, Unobeyed.MATCHERS),  # what RE2 refuses, and an earlier Pharos took
        ({"matchers": ("region=~(",)}, Unobeyed.MATCHERS),
        ({"matchers": ("region!=zhejiang",)}, Unobeyed.EVERYTHING),
        ({"matchers": ()}, Unobeyed.EVERYTHING),
        ({"until": MINUTE}, Unobeyed.NO_END),
        ({"begins": 40 * 24 * 60 * MINUTE, "until": 41 * 24 * 60 * MINUTE}, Unobeyed.TOO_FAR),
    ],
)
def test_a_silence_that_cannot_be_obeyed_is_counted_with_the_reason_and_named_in_the_log(
    board: Board, caplog: pytest.LogCaptureFixture, fields: dict[str, Any], why: Unobeyed
) -> None:
    registry = CollectorRegistry()
    given = {"fingerprint": "silence/s1", "matchers": ("region=zhejiang",), "until": 60 * MINUTE} | fields
    intake = ActionIntake(board.register, PipelineMetrics(registry, lambda: 0.0))
    for number in (1, 2):
        intake.take(encode(taken(MINUTE, "silence", id=f"s{number}", **given)))

    counted = registry.get_sample_value("pharos_actions_total", {"outcome": f"silence_{why.name.lower()}"})
    assert counted == 2
    assert board.register.silences.all() == []
    assert [record.message.rpartition(": ")[2] for record in caplog.records] == [why.value.rpartition(": ")[2]]
    assert "'silence/s1'" in caplog.text
