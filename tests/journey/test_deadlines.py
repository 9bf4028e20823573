"""What became of deadlines, promises and waits."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from streams.events.vocabulary import SHIPPED
from streams.journey.deadline import Deadline, DeadlineState
from streams.journey.deadline_table import DEADLINES
from streams.journey.deadlines import deadlines_of
from tests.journey.support.told import at, line, told

PAID = told("order.paid", "1 10:00", order_id="O1")
MADE = told("promise.made", "1 10:00", promise_id="P1", order_id="O1", due_at="1 12:00")


def collected(when: str, **data: Any) -> Any:
    return told("parcel.collected", when, **{"parcel_id": "L1", "order_id": "O1", "paid_at": "1 10:00"} | data)


def rows(name: str, now: str, *events: Any) -> list[Deadline]:
    return [row for row in deadlines_of(*line(*events), at(now)) if row.name == name]


def only(name: str, now: str, *events: Any) -> Deadline:
    (row,) = rows(name, now, *events)
    return row


@pytest.mark.parametrize("rule", DEADLINES, ids=lambda rule: rule.name)
def test_every_type_and_field_of_the_table_is_one_that_events_have(rule: Any) -> None:
    types = {*rule.opens, *rule.closes, *rule.reopens, *rule.only}

    assert types <= set(SHIPPED.kinds)
    assert all(rule.case in SHIPPED.fields[kind] for kind in {*rule.opens, *rule.closes} - {"refund.completed"})
    assert {rule.since} - {""} <= frozenset.intersection(*(SHIPPED.time_fields[kind] for kind in rule.closes))
    assert all(field in SHIPPED.fields[kind] for kind, (field, _) in rule.only.items())


@pytest.mark.parametrize(
    ("when", "state", "by_s"),
    [("2 09:59:59", "kept", -1), ("2 10:00", "kept", 0), ("2 10:00:01", "late", 1), ("3 12:00", "late", 26 * 3_600)],
)
def test_a_parcel_that_is_collected_by_the_deadline_is_in_time(when: str, state: str, by_s: float) -> None:
    row = only("collection_24h", "9 00:00", PAID, collected(when))

    assert (row.state.value, row.by_s, row.due_at, row.closed_by) == (state, by_s, at("2 10:00"), "parcel.collected")
    assert (row.missing, row.uncounted) == ((), "")


def test_an_order_paid_has_both_deadlines_of_collection() -> None:
    events = PAID, collected("3 09:00")

    assert only("collection_24h", "9 00:00", *events).state is DeadlineState.LATE
    assert only("collection_48h", "9 00:00", *events).state is DeadlineState.KEPT


@pytest.mark.parametrize(
    ("now", "state"),
    [("2 09:00", "open"), ("2 10:00", "open"), ("2 10:01", "overdue"), ("9 12:00", "overdue"), ("9 12:01", "expired")],
)
def test_what_is_not_collected_is_open_then_overdue_and_after_a_week_and_two_hours_expired(
    now: str, state: str
) -> None:
    row = only("collection_24h", now, PAID)

    assert row.state.value == state
    assert row.by_s == (at(now) - at("2 10:00")) / 1000
    assert row.took_s == (at(now) - at("1 10:00")) / 1000


def test_only_the_first_parcel_of_an_order_ends_its_collection() -> None:
    assert only("collection_24h", "1 20:00", PAID, collected("1 12:00", part=2)).state is DeadlineState.OPEN
    assert only("collection_24h", "1 20:00", PAID, collected("1 12:00", part=1)).state is DeadlineState.KEPT


def test_a_cancellation_in_time_ends_it_and_one_afterwards_comes_late() -> None:
    early, late = (told("order.cancelled", when, order_id="O1", paid_at="1 10:00") for when in ("1 11:00", "2 11:00"))

    assert only("collection_24h", "9 00:00", PAID, early).state is DeadlineState.WITHDRAWN
    assert only("collection_24h", "9 00:00", PAID, late).state is DeadlineState.LATE


def test_a_refund_ends_the_collection_only_before_it() -> None:
    given = {"refund_id": "R1", "order_id": "O1", "paid_at": "1 10:00"}
    before = told("refund.completed", "1 11:00", **given, before_collection=True)
    after = told("refund.completed", "1 11:00", **given)

    assert only("collection_24h", "1 12:00", PAID, before).state is DeadlineState.WITHDRAWN
    assert only("collection_24h", "1 12:00", PAID, after).state is DeadlineState.OPEN


def test_a_collection_without_the_time_of_payment_is_shown_as_one_that_the_metrics_do_not_count() -> None:
    row = only("collection_24h", "9 00:00", PAID, told("parcel.collected", "1 12:00", parcel_id="L1", order_id="O1"))

    assert (row.state, row.uncounted) == (DeadlineState.KEPT, "paid_at")


def test_a_payment_that_is_missing_is_told_by_the_collection_and_named_as_missing() -> None:
    row = only("collection_24h", "9 00:00", collected("2 11:00"))
    silent = only("collection_24h", "9 00:00", told("parcel.collected", "2 11:00", parcel_id="L1", order_id="O1"))

    assert (row.state, row.by_s, row.opened_by, row.missing) == (DeadlineState.LATE, 3_600, "", ("order.paid",))
    assert (silent.state, silent.due_at, silent.missing) == (DeadlineState.UNKNOWN, None, ("order.paid",))


def test_an_order_that_is_cancelled_unpaid_had_no_deadline() -> None:
    assert rows("collection_24h", "9 00:00", told("order.cancelled", "1 11:00", order_id="O1")) == []


def test_a_delivery_is_held_against_the_time_that_was_promised_at_collection() -> None:
    promised = collected("1 12:00", promised_at="3 18:00")
    changed = told("parcel.delivered", "3 20:00", parcel_id="L1", promised_at="4 18:00")

    assert only("delivery", "9 00:00", promised, changed).by_s == 7_200
    assert only("delivery", "3 17:00", promised, changed).state is DeadlineState.OPEN
    assert only("delivery", "9 00:00", changed).state is DeadlineState.KEPT
    assert only("delivery", "9 00:00", changed).missing == ("parcel.collected",)


def test_a_lost_parcel_fails_whenever_it_was_promised() -> None:
    lost = told("parcel.lost", "2 20:00", parcel_id="L1", promised_at="3 18:00")

    assert only("delivery", "9 00:00", collected("1 12:00", promised_at="3 18:00"), lost).state is DeadlineState.FAILED


def test_a_parcel_without_a_promise_says_what_is_missing() -> None:
    row = only("delivery", "2 00:00", collected("1 12:00"))

    assert (row.state, row.due_at, row.missing) == (DeadlineState.UNKNOWN, None, ("promised_at",))


def test_only_tracking_updates_that_are_not_in_time_are_told() -> None:
    scans = [
        told("parcel.scanned", when, parcel_id="L1", previous_scan_at=before)
        for when, before in (("1 20:00", "1 12:00"), ("3 20:00", "1 20:00"), ("4 10:00", "3 20:00"))
    ]
    found = rows("next_scan", "5 11:00", collected("1 12:00"), *scans)
    delivered = told("parcel.delivered", "4 12:00", parcel_id="L1", previous_scan_at="4 10:00")

    assert [(row.state.value, row.by_s) for row in found] == [("late", 24 * 3_600), ("overdue", 3_600)]
    assert [row.state.value for row in rows("next_scan", "5 11:00", collected("1 12:00"), *scans, delivered)] == [
        "late"
    ]


@pytest.mark.parametrize(
    ("kind", "when", "state"),
    [
        ("promise.kept", "1 11:59:59", "kept"),
        ("promise.kept", "1 12:00", "kept"),
        ("promise.kept", "1 12:00:01", "late"),
        ("promise.withdrawn", "1 11:00", "withdrawn"),
        ("promise.withdrawn", "1 13:00", "late"),
    ],
)
def test_a_promise_is_kept_late_or_withdrawn(kind: str, when: str, state: str) -> None:
    assert only("promise", "9 00:00", MADE, told(kind, when, promise_id="P1")).state.value == state


@pytest.mark.parametrize(("now", "state"), [("1 13:00", "overdue"), ("8 14:00", "overdue"), ("8 14:01", "expired")])
def test_a_promise_of_which_nothing_is_heard_is_overdue_and_at_last_expired(now: str, state: str) -> None:
    assert only("promise", now, MADE).state.value == state


def test_a_promise_that_clocks_say_was_kept_before_it_was_made_is_one_promise() -> None:
    kept = told("promise.kept", "1 09:59:59", promise_id="P1", due_at="1 12:00")
    row = only("promise", "9 00:00", MADE, kept)

    assert (row.state, row.opened_by, row.missing) == (DeadlineState.KEPT, "promise.made", ())


def test_the_order_of_reading_makes_no_difference() -> None:
    events = [PAID, collected("2 11:00", promised_at="3 18:00"), MADE, told("promise.kept", "1 13:00", promise_id="P1")]

    assert len({tuple(deadlines_of(*line(*some), at("4 00:00"))) for some in permutations(events)}) == 1


def test_a_case_that_is_opened_again_has_a_deadline_again_and_a_hand_over_may_move_it() -> None:
    opened = told("case.opened", "1 10:00", case_id="C1", due_at="2 10:00")
    moved = told("case.handed_over", "1 12:00", case_id="C1", due_at="3 10:00")
    closed = told("case.closed", "2 12:00", case_id="C1")
    again = told("case.reopened", "4 10:00", case_id="C1", due_at="5 10:00")

    assert only("case", "2 11:00", opened).state is DeadlineState.OVERDUE
    assert only("case", "9 00:00", opened, moved, closed).state is DeadlineState.KEPT
    assert [row.state.value for row in rows("case", "6 00:00", opened, moved, closed, again)] == ["kept", "overdue"]


def test_a_first_reply_is_that_of_a_person_and_is_only_measured() -> None:
    opened = told("consultation.opened", "1 10:00", consultation_id="K1")
    automatic = told("consultation.replied", "1 10:00:01", consultation_id="K1", automatic=True)
    reply = told("consultation.replied", "1 10:03", consultation_id="K1")
    row = only("first_reply", "9 00:00", opened, automatic, reply)

    assert (row.state, row.took_s, row.due_at, row.by_s) == (DeadlineState.DONE, 180, None, None)
    assert only("first_reply", "1 10:05", opened, automatic).state is DeadlineState.WAITING
    left = told("consultation.abandoned", "1 10:04", consultation_id="K1")
    assert only("first_reply", "9 00:00", opened, left).state is DeadlineState.FAILED


def test_a_refund_is_measured_from_the_request_to_its_end() -> None:
    requested = told("refund.requested", "1 10:00", refund_id="R1", order_id="O1")
    done = told("refund.completed", "2 10:00", refund_id="R1", order_id="O1")
    alone = told("refund.completed", "2 10:00", refund_id="R1", requested_at="1 10:00")

    assert only("refund", "9 00:00", requested, done).took_s == 86_400
    assert only("refund", "9 00:00", alone).took_s == 86_400
    assert only("refund", "9 00:00", alone).missing == ("refund.requested",)
    assert only("refund", "1 11:00", requested).state is DeadlineState.WAITING


def test_what_lies_ahead_of_the_moment_that_is_asked_about_has_no_say() -> None:
    assert only("collection_24h", "1 11:00", PAID, collected("1 12:00")).state is DeadlineState.OPEN
