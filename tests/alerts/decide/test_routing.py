"""Who is woken, and by what not."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.routing import STALE_MS, Routing, Ruling
from streams.alerts.words.message import Titles
from streams.records.anomaly import Change, Transition, Why
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


@pytest.mark.parametrize(
    ("fields", "ruling"),
    [
        ({}, Ruling.NOTIFY),
        ({"severity": "warning"}, Ruling.NOTIFY),
        ({"severity": "info"}, Ruling.INFO),
        ({"caused_by": "f0"}, Ruling.SYMPTOM),
    ],
)
def test_what_opens_is_told_unless_it_is_merely_interesting_or_a_symptom(
    transition: Make, fields: dict[str, str], ruling: Ruling
) -> None:
    assert Routing().rule(transition(**fields), START) is ruling


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
def test_only_updates_for_the_worse_are_told(transition: Make, why: Why, ruling: Ruling) -> None:
    routing = Routing()
    routing.rule(transition(), START)
    assert routing.rule(transition(Change.UPDATED, why, START + MINUTE), START + MINUTE) is ruling


def test_the_end_is_told_to_those_who_heard_of_the_beginning(transition: Make) -> None:
    routing = Routing()
    routing.rule(transition(), START)
    end = transition(Change.RESOLVED, at=START + MINUTE)
    assert routing.rule(end, START + 60 * MINUTE) is Ruling.NOTIFY
    assert routing.rule(end, START + 60 * MINUTE) is Ruling.REPEAT


def test_the_end_of_something_untold_is_not_told(transition: Make) -> None:
    routing = Routing()
    routing.rule(transition(caused_by="f0"), START)
    assert routing.rule(transition(Change.RESOLVED, at=START + MINUTE), START + MINUTE) is Ruling.UNANNOUNCED


def test_what_was_over_before_the_worker_caught_up_pages_nobody(transition: Make) -> None:
    routing = Routing()
    clock = START + STALE_MS + 1
    assert routing.rule(transition(), clock) is Ruling.HELD
    assert routing.rule(transition(Change.UPDATED, at=START + MINUTE), clock) is Ruling.HELD
    assert routing.rule(transition(Change.RESOLVED, at=START + 2 * MINUTE), clock) is Ruling.OVER
    assert routing.release(clock, clock) == []


def test_what_is_still_open_after_catching_up_goes_into_one_digest(transition: Make) -> None:
    dispatch = Dispatch(Titles({}), UTC)
    clock = START + 60 * MINUTE
    for number in range(12):
        assert dispatch.handle(transition(fingerprint=f"f{number}"), clock) == (Ruling.HELD, None)
    assert dispatch.catch_up(clock, START + 30 * MINUTE) == []
    (digest,) = dispatch.catch_up(clock, START + 50 * MINUTE)
    assert digest is not None
    assert digest.title == "[DIGEST] 12 anomalies are open that nobody was told of"
    assert digest.lines[-1] == "+2 more"
    assert dispatch.catch_up(clock, clock) == []
    ruling, told = dispatch.handle(transition(Change.RESOLVED, at=clock, fingerprint="f3"), clock)
    assert ruling is Ruling.NOTIFY
    assert told is not None


def test_repeats_and_older_ones_are_dropped(transition: Make) -> None:
    routing = Routing()
    routing.rule(transition(at=START), START)
    assert routing.rule(transition(at=START), START) is Ruling.REPEAT
    assert routing.rule(transition(at=START - MINUTE), START) is Ruling.REPEAT


def test_a_restart_without_a_state_still_tells_the_end(transition: Make) -> None:
    routing = Routing()
    routing.resume([transition().anomaly])
    assert routing.rule(transition(Change.RESOLVED, at=START + MINUTE), START + MINUTE) is Ruling.NOTIFY


def test_what_ended_and_came_again_while_nobody_notified_has_both_ends_told(transition: Make) -> None:
    routing = Routing()
    first = transition(Change.RESOLVED, at=START + MINUTE, detected_at=rfc3339(START))
    second = transition(Change.RESOLVED, at=START + 3 * MINUTE, detected_at=rfc3339(START + 2 * MINUTE))
    routing.resume([], [], [first.anomaly, second.anomaly])

    assert [routing.rule(end, START + 4 * MINUTE) for end in (first, second)] == [Ruling.NOTIFY, Ruling.NOTIFY]


@pytest.mark.parametrize(("perhaps", "ruling"), [(True, Ruling.NOTIFY), (False, Ruling.OVER)])
def test_of_what_was_over_before_it_could_be_told_the_end_is_told_if_somebody_may_have_heard(
    transition: Make, perhaps: bool, ruling: Ruling
) -> None:
    routing, clock = Routing(), START + 60 * MINUTE
    end = transition(Change.RESOLVED, at=clock - STALE_MS)
    routing.resume([], [], [end.anomaly] if perhaps else [])

    assert routing.rule(transition(), clock) is Ruling.HELD
    assert routing.rule(end, clock) is ruling


def test_what_was_told_long_ago_has_its_end_told_however_late_and_graver_meanwhile(transition: Make) -> None:
    routing, clock = Routing(), START + 60 * MINUTE
    end = transition(Change.RESOLVED, at=START + 20 * MINUTE)
    routing.resume([], [], [end.anomaly])

    assert routing.rule(transition(Change.UPDATED, Why.ESCALATED, START + 19 * MINUTE), clock) is Ruling.HELD
    assert routing.rule(end, clock) is Ruling.NOTIFY


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
def test_every_end_that_is_told_had_a_beginning_that_was_told(
    transition: Make, steps: list[tuple[str, Change, str, str | None, int]]
) -> None:
    routing = Routing()
    told: set[str] = set()
    for minute, (subject, change, severity, cause, behind) in enumerate(steps):
        at = START + minute * MINUTE
        clock = at + behind * MINUTE
        ruling = routing.rule(transition(change, at=at, fingerprint=subject, severity=severity, caused_by=cause), clock)
        if change is Change.RESOLVED:
            assert (ruling is Ruling.NOTIFY) == (subject in told)
            told.discard(subject)
        elif ruling is Ruling.NOTIFY:
            told.add(subject)
        told |= {held.anomaly.fingerprint for held in routing.release(clock, at)}
