"""Who is woken, and by what not."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.stages import STALE_MS, Ruling
from streams.alerts.words.message import Titles
from streams.records.action import NOTIFYING
from streams.records.anomaly import Change, Transition, Why
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.action import Taken

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


class Desk:
    """A dispatch that knows what the log says, and a shorthand for its rulings."""

    def __init__(self, *logged: Taken) -> None:
        actions = ActionBook()
        for taken in logged:
            actions.note(taken)
        self.dispatch = Dispatch(Titles({}), UTC, actions=actions)

    def rule(self, transition: Transition, clock: int) -> Ruling:
        return self.dispatch.handle(transition, clock)[0]


@pytest.mark.parametrize(
    ("fields", "ruling"),
    [
        ({}, Ruling.NOTIFY),
        ({"severity": "warning"}, Ruling.NOTIFY),
        ({"severity": "info"}, Ruling.INFO),
        ({"caused_by": "f0"}, Ruling.SYMPTOM),
    ],
)
def test_what_opens_notifies_unless_it_is_merely_interesting_or_a_symptom(
    transition: Make, fields: dict[str, str], ruling: Ruling
) -> None:
    assert Desk().rule(transition(**fields), START) is ruling


@pytest.mark.parametrize(
    ("why", "ruling"),
    [
        (Why.WORSENED, Ruling.NOTIFY),
        (Why.ESCALATED, Ruling.NOTIFY),
        (Why.LINKED, Ruling.NO_WORSE),
        (Why.RECOVERING, Ruling.NO_WORSE),
        (Why.REFIRED, Ruling.NO_WORSE),
    ],
)
def test_only_updates_for_the_worse_notify(transition: Make, why: Why, ruling: Ruling) -> None:
    desk = Desk()
    desk.rule(transition(), START)
    assert desk.rule(transition(Change.UPDATED, why, START + MINUTE), START + MINUTE) is ruling


def test_the_end_goes_once_to_those_who_heard_of_the_beginning(transition: Make) -> None:
    desk = Desk()
    desk.rule(transition(), START)
    end = transition(Change.RESOLVED, at=START + MINUTE)
    assert desk.rule(end, START + 60 * MINUTE) is Ruling.NOTIFY
    assert desk.rule(end, START + 60 * MINUTE) is Ruling.REPEAT


def test_nobody_is_notified_of_the_end_of_what_nobody_heard_of(transition: Make) -> None:
    desk = Desk()
    desk.rule(transition(caused_by="f0"), START)
    assert desk.rule(transition(Change.RESOLVED, at=START + MINUTE), START + MINUTE) is Ruling.UNANNOUNCED


def test_what_was_over_before_the_worker_caught_up_pages_nobody(transition: Make) -> None:
    desk = Desk()
    clock = START + STALE_MS + 1
    assert desk.rule(transition(), clock) is Ruling.HELD
    assert desk.rule(transition(Change.UPDATED, at=START + MINUTE), clock) is Ruling.HELD
    assert desk.rule(transition(Change.RESOLVED, at=START + 2 * MINUTE), clock) is Ruling.OVER
    assert desk.dispatch.digests(clock, clock) == []


def test_what_is_still_open_after_catching_up_goes_into_one_digest(transition: Make) -> None:
    dispatch = Desk().dispatch
    clock = START + 60 * MINUTE
    for number in range(12):
        assert dispatch.handle(transition(fingerprint=f"f{number}"), clock) == (Ruling.HELD, None)
    assert dispatch.digests(clock, START + 30 * MINUTE) == []
    (digest,) = dispatch.digests(clock, START + 50 * MINUTE)
    assert digest.title == "[DIGEST] 12 anomalies are open that nobody was told of"
    assert digest.lines[-1] == "+2 more"
    assert dispatch.digests(clock, clock) == []
    ruling, end = dispatch.handle(transition(Change.RESOLVED, at=clock, fingerprint="f3"), clock)
    assert ruling is Ruling.NOTIFY
    assert end is not None


def test_repeats_and_older_ones_are_dropped(transition: Make) -> None:
    desk = Desk()
    desk.rule(transition(at=START), START)
    assert desk.rule(transition(at=START), START) is Ruling.REPEAT
    assert desk.rule(transition(at=START - MINUTE), START) is Ruling.REPEAT


def test_after_a_restart_the_end_of_what_the_log_knows_is_sent(transition: Make) -> None:
    for action in ("telling", "told"):
        desk = Desk(notified_record(transition().anomaly, START, action=action))
        assert desk.rule(transition(Change.RESOLVED, at=START + MINUTE), START + MINUTE) is Ruling.NOTIFY


def test_what_ended_and_came_again_while_nobody_notified_has_both_ends_sent(transition: Make) -> None:
    first = transition(Change.RESOLVED, at=START + MINUTE, detected_at=rfc3339(START))
    second = transition(Change.RESOLVED, at=START + 3 * MINUTE, detected_at=rfc3339(START + 2 * MINUTE))
    desk = Desk(*(notified_record(end.anomaly, end.time, action=NOTIFYING) for end in (first, second)))

    assert [desk.rule(end, START + 4 * MINUTE) for end in (first, second)] == [Ruling.NOTIFY, Ruling.NOTIFY]


def test_an_end_that_nobody_ran_for_is_not_sent_because_the_next_episode_was_notified_of(transition: Make) -> None:
    again = {"detected_at": rfc3339(START + 2 * MINUTE)}
    desk = Desk(notified_record(transition(**again).anomaly, START + 2 * MINUTE))
    clock = START + 3 * MINUTE
    rulings = [
        desk.rule(news, clock)
        for news in (
            transition(caused_by="f0"),
            transition(Change.RESOLVED, at=START + MINUTE),
            transition(at=START + 2 * MINUTE, **again),
            transition(Change.RESOLVED, at=clock, **again),
        )
    ]

    assert rulings == [Ruling.SYMPTOM, Ruling.UNANNOUNCED, Ruling.LOGGED, Ruling.NOTIFY]


@pytest.mark.parametrize(("sent", "ruling"), [(True, Ruling.NOTIFY), (False, Ruling.OVER)])
def test_of_what_was_over_before_it_could_be_sent_the_end_is_sent_if_somebody_may_have_heard(
    transition: Make, sent: bool, ruling: Ruling
) -> None:
    clock = START + 60 * MINUTE
    end = transition(Change.RESOLVED, at=clock - STALE_MS)
    desk = Desk(*[notified_record(end.anomaly, START, action=NOTIFYING)] * sent)

    assert desk.rule(transition(), clock) is Ruling.HELD
    assert desk.rule(end, clock) is ruling


def test_what_was_sent_long_ago_has_its_end_sent_however_late_and_graver_meanwhile(transition: Make) -> None:
    clock = START + 60 * MINUTE
    end = transition(Change.RESOLVED, at=START + 20 * MINUTE)
    desk = Desk(notified_record(end.anomaly, START, action=NOTIFYING))

    assert desk.rule(transition(Change.UPDATED, Why.ESCALATED, START + 19 * MINUTE), clock) is Ruling.HELD
    assert desk.rule(end, clock) is Ruling.NOTIFY


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(list(Change)),
            st.sampled_from(["critical", "info"]),
            st.sampled_from([None, "z"]),
            st.integers(0, 40),
        ),
        max_size=30,
    )
)
def test_every_end_that_is_sent_had_a_beginning_that_was_sent(
    transition: Make, steps: list[tuple[str, Change, str, str | None, int]]
) -> None:
    desk = Desk()
    heard: set[str] = set()
    for minute, (subject, change, severity, cause, behind) in enumerate(steps):
        at = START + minute * MINUTE
        clock = at + behind * MINUTE
        ruling = desk.rule(transition(change, at=at, fingerprint=subject, severity=severity, caused_by=cause), clock)
        if change is Change.RESOLVED:
            assert (ruling is Ruling.NOTIFY) == (subject in heard)
            heard.discard(subject)
        elif ruling is Ruling.NOTIFY:
            heard.add(subject)
        heard |= {anomaly.fingerprint for digest in desk.dispatch.digests(clock, at) for anomaly in digest.anomalies}
