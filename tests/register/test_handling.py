"""Which ack, snooze and feedback holds for an anomaly, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events.event_time import event_time_ms
from streams.records.action import Kind, Taken
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from streams.register.handling import (
    SKEW_MS,
    UNHANDLED,
    Feedback,
    Hold,
    Refused,
    handling_of,
    refuse,
    snooze_over,
)
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from streams.records.anomaly import Anomaly

START = 1_762_790_400_000
MINUTE = 60_000
HOUR = 60 * MINUTE
ANOMALY = sample_anomaly(rfc3339(START - MINUTE), rfc3339(START), severity="warning")


def anomaly(**changes: Any) -> Anomaly:
    return msgspec.structs.replace(ANOMALY, **changes)


def taken(action: str = "ack", at: int = START + MINUTE, **fields: Any) -> Taken:
    given: dict[str, Any] = {"source": "/pharos/api", "id": f"{action}{at}", "fingerprint": "f1", "actor": "li"}
    return Taken(action=action, time=at, **(given | fields))


def snooze(at: int = START + MINUTE, minutes: int = 60, severity: str | None = "warning", **fields: Any) -> Taken:
    return taken("snooze", at, until=at + minutes * MINUTE, severity=severity, **fields)


def test_nobody_has_acted_on_a_new_anomaly() -> None:
    assert handling_of([], anomaly(), START) == UNHANDLED


def test_an_ack_says_who_until_when_and_why() -> None:
    handling = handling_of([taken(until=START + 31 * MINUTE, note="on it")], anomaly(), START + 2 * MINUTE)

    assert handling.acked == Hold("li", rfc3339(START + 31 * MINUTE), "on it")
    assert (handling.snoozed, handling.feedback) == (None, None)


@pytest.mark.parametrize(("minute", "held"), [(0, True), (29, True), (30, False), (31, False)])
def test_an_ack_without_an_end_takes_half_an_hour(minute: int, held: bool) -> None:
    at = START + MINUTE

    assert (handling_of([taken(at=at)], anomaly(), at + minute * MINUTE).acked is not None) is held


@pytest.mark.parametrize("kind", [Kind.ACK, Kind.SNOOZE])
def test_nothing_holds_for_longer_than_a_day(kind: Kind) -> None:
    long = [taken(kind.value, START, until=START + 90 * HOUR)]
    handling = handling_of(long, anomaly(), START + 24 * HOUR - 1)

    assert handling.acked or handling.snoozed
    assert handling_of(long, anomaly(), START + 24 * HOUR) == UNHANDLED


def test_a_snooze_without_an_end_is_no_snooze() -> None:
    actions = [taken("snooze")]

    assert handling_of(actions, anomaly(), START + MINUTE).snoozed is None
    assert snooze_over(actions, anomaly(), START + 2 * MINUTE) is None


def test_what_comes_from_a_clock_far_ahead_does_not_hold_yet() -> None:
    ahead = [taken(at=START + SKEW_MS + HOUR)]

    assert handling_of(ahead, anomaly(), START).acked is None
    assert handling_of(ahead, anomaly(), START + HOUR).acked is not None


def test_the_end_of_the_incident_ends_ack_and_snooze_and_leaves_the_feedback() -> None:
    actions = [taken(), snooze(), taken("feedback", verdict="confirmed")]
    handling = handling_of(actions, anomaly(state="resolved"), START + 2 * MINUTE)

    assert (handling.acked, handling.snoozed) == (None, None)
    assert handling.feedback == Feedback("li", "confirmed")


@pytest.mark.parametrize("named", [START, None])
def test_the_next_incident_of_the_fingerprint_begins_without_flags(named: int | None) -> None:
    actions = [
        taken(until=START + HOUR, detected_at=named),
        snooze(detected_at=named),
        taken("feedback", verdict="expected", detected_at=named),
    ]
    after = anomaly(detected_at=rfc3339(START + 10 * MINUTE))

    assert handling_of(actions, after, START + 11 * MINUTE) == UNHANDLED


def test_an_ack_of_what_was_resolved_meanwhile_does_not_hold_for_what_follows() -> None:
    late = taken(at=START + 12 * MINUTE, detected_at=START)
    after = anomaly(detected_at=rfc3339(START + 10 * MINUTE))

    assert handling_of([late], after, START + 12 * MINUTE).acked is None


def test_growing_graver_ends_a_snooze_and_not_an_ack() -> None:
    actions = [taken(severity="warning"), snooze(severity="warning")]
    now = START + 2 * MINUTE
    before, after = (handling_of(actions, anomaly(severity=severity), now) for severity in ("warning", "critical"))

    assert before.acked
    assert before.snoozed
    assert after.acked
    assert after.snoozed is None


def test_a_critical_anomaly_can_be_snoozed() -> None:
    critical = anomaly(severity="critical")

    assert handling_of([snooze(severity="critical")], critical, START + 2 * MINUTE).snoozed


@pytest.mark.parametrize("severity", [None, "grave"])
def test_a_snooze_that_does_not_say_how_grave_it_was_holds_back_warnings_only(severity: str | None) -> None:
    actions = [snooze(severity=severity)]

    assert handling_of(actions, anomaly(), START + 2 * MINUTE).snoozed
    assert handling_of(actions, anomaly(severity="critical"), START + 2 * MINUTE).snoozed is None


def test_of_several_the_last_read_counts() -> None:
    actions = [snooze(minutes=60), snooze(START + 2 * MINUTE, minutes=5, actor="wang")]

    assert handling_of(actions, anomaly(), START + 3 * MINUTE).snoozed == Hold("wang", rfc3339(START + 7 * MINUTE), "")
    assert handling_of(actions, anomaly(), START + 8 * MINUTE).snoozed is None


def test_what_business_systems_do_sets_no_flag() -> None:
    actions = [taken("coupons.sent", verdict="confirmed", until=START + HOUR), taken("feedback", verdict="splendid")]

    assert handling_of(actions, anomaly(), START + 2 * MINUTE) == UNHANDLED


def test_a_snooze_is_over_when_its_time_is() -> None:
    actions = [snooze(minutes=10)]

    assert snooze_over(actions, anomaly(), START + 10 * MINUTE) is None
    assert snooze_over(actions, anomaly(), START + 11 * MINUTE) is actions[0]


@pytest.mark.parametrize("changes", [{"state": "resolved"}, {"severity": "critical"}])
def test_a_snooze_that_ended_otherwise_does_not_run_out(changes: dict[str, str]) -> None:
    assert snooze_over([snooze(minutes=10)], anomaly(**changes), START + 30 * MINUTE) is None


@pytest.mark.parametrize(
    ("kind", "state", "refused"),
    [
        (Kind.ACK, "firing", None),
        (Kind.SNOOZE, "recovering", None),
        (Kind.FEEDBACK, "resolved", None),
        (Kind.ACK, "resolved", Refused.RESOLVED),
        (Kind.SNOOZE, "resolved", Refused.RESOLVED),
    ],
)
def test_what_is_resolved_takes_feedback_only(kind: Kind, state: str, refused: Refused | None) -> None:
    assert refuse(kind, anomaly(state=state)) is refused


@pytest.mark.parametrize("kind", Kind)
def test_what_nobody_knows_takes_nothing(kind: Kind) -> None:
    assert refuse(kind, None) is Refused.UNKNOWN


minutes = st.integers(0, 120)
actions_taken = st.builds(
    lambda action, at, until, severity, detected: taken(
        action, START + at * MINUTE, id=f"{action}{at}{until}", severity=severity, detected_at=detected,
        until=None if until is None else START + until * MINUTE,
        verdict="confirmed" if action == "feedback" else None,
    ),
    st.sampled_from(["ack", "snooze", "feedback", "coupons.sent"]),
    minutes,
    st.none() | st.integers(0, 4_000),
    st.sampled_from([None, "warning", "critical"]),
    st.sampled_from([None, START, START + 40 * MINUTE, START + 80 * MINUTE]),
)  # fmt: skip
changes = st.builds(
    lambda opened, severity, state: anomaly(
        detected_at=rfc3339(START + opened * 40 * MINUTE), severity=severity, state=state
    ),
    st.integers(0, 2),
    st.sampled_from(["warning", "critical"]),
    st.sampled_from(["firing", "recovering", "resolved"]),
)


@given(steps=st.lists(st.tuples(actions_taken | changes, minutes), max_size=40))
def test_flags_never_outlive_their_time_nor_their_incident(steps: list[tuple[Taken | Anomaly, int]]) -> None:
    book, present = ActionBook(), anomaly()
    for step, minute in steps:
        if isinstance(step, Taken):
            book.note(step)
        else:
            present = step
        now = START + minute * MINUTE
        detected = event_time_ms(present.detected_at) or 0
        handling = handling_of(book.of("f1"), present, now)
        for hold in (handling.acked, handling.snoozed):
            if hold is not None:
                assert present.state != "resolved"
                assert now < (event_time_ms(hold.until) or 0) <= now + 24 * HOUR + SKEW_MS
        about = [
            action
            for action in book.of("f1")
            if action.detected_at == detected or (action.detected_at is None and action.time >= detected)
        ]
        assert handling == handling_of(about, present, now), "an action for another incident counted"
        if not any(action.action == "snooze" and action.severity == "critical" for action in about):
            assert handling.snoozed is None or present.severity == "warning"
