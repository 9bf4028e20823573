"""Golden values of the metrics that only tell figures of months: what scorecards are made of."""

from __future__ import annotations

import pytest

from tests.catalogue.support.counting import CATALOGUE, DAY, DENOMINATOR, NUMERATOR, Count, moment

TWO_DAYS = 2 * DAY


def test_l2_is_collected_cancelled_or_refunded_within_two_days_of_payment_by_store() -> None:
    count = Count("shipped_in_time")
    for at in range(4):
        count.event("order.paid", at, store="a")
    count.event("parcel.collected", 100, store="a", paid_at=moment(0))
    count.event("parcel.collected", 101, store="a", paid_at=moment(0), part=2)
    count.event("order.cancelled", 102, store="a", paid_at=moment(1))
    count.event("parcel.collected", TWO_DAYS + 50, store="a", paid_at=moment(2))

    assert count.slots(DENOMINATOR, "store=a") == {TWO_DAYS: 4}
    assert count.slots(NUMERATOR, "store=a") == {TWO_DAYS: 2}


def test_preparation_is_the_time_from_payment_to_the_first_collection() -> None:
    count = Count("preparation_time")
    count.event("parcel.collected", 3_600, store="a", paid_at=moment(0))
    count.event("parcel.collected", 7_200, store="a", paid_at=moment(0), part=2)
    count.event("parcel.collected", 7_200, store="a")

    assert (count.total(NUMERATOR, "store=a"), count.total(DENOMINATOR, "store=a")) == (3_600_000, 1)


@pytest.mark.parametrize("name", ["orders_cancelled", "refund_rate", "orders_unfulfilled"])
def test_o4_and_r2_are_of_the_orders_paid(name: str) -> None:
    counts = {
        "orders_cancelled": (Count("orders_cancelled"), 1),
        "refund_rate": (Count("refund_rate"), 2),
        "orders_unfulfilled": (Count("orders_unfulfilled"), 3),
    }
    count, bad = counts[name]
    for at in range(5):
        count.event("order.paid", at, store="a")
    count.event("order.cancelled", 9, store="a").event("refund.requested", 9, store="a")
    count.event("refund.completed", 10, store="a").event("refund.completed", 11, store="a")

    assert (count.total(NUMERATOR, "store=a"), count.total(DENOMINATOR, "store=a")) == (bad, 5)
    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (bad, 5)


def test_c8_is_a_first_reply_that_is_no_greeting_within_a_day() -> None:
    count = Count("reply_rate")
    for at in range(4):
        count.event("consultation.opened", at, store="a")
    count.event("consultation.replied", 20, store="a", opened_at=moment(0), first=20)
    count.event("consultation.replied", 30, store="a", opened_at=moment(0))  # its second reply
    count.event("consultation.replied", 3, store="a", opened_at=moment(1), first=2, automatic=True)
    count.event("consultation.replied", DAY + 9, store="a", opened_at=moment(2), first=DAY + 7)

    assert count.slots(DENOMINATOR, "store=a") == {DAY: 4}
    assert count.slots(NUMERATOR, "store=a") == {DAY: 1}


def test_f4_is_four_and_five_of_what_was_rated() -> None:
    count = Count("contacts_rated_well")
    for rating in (5, 4, 3, None):
        count.event("consultation.rated", 1, store="a", **({} if rating is None else {"rating": rating}))

    assert (count.total(NUMERATOR, "store=a"), count.total(DENOMINATOR, "store=a")) == (2, 3)


@pytest.mark.parametrize("kind", ["refund_only", "return"])
def test_r3_and_r4_are_the_time_to_complete_a_refund_without_the_platform(kind: str) -> None:
    counts = {"refund_only": Count("refund_only_time"), "return": Count("return_refund_time")}
    count = counts[kind]
    for of in ("refund_only", "return"):
        count.event("refund.completed", 7_200, store="a", kind=of, requested_at=moment(0))
        count.event("refund.completed", 9_000, store="a", kind=of, requested_at=moment(0), intervened=True)
        count.event("refund.completed", 9_000, store="a", kind=of)

    assert (count.total(NUMERATOR, "store=a"), count.total(DENOMINATOR, "store=a")) == (7_200_000, 1)


def test_r5_is_what_was_completed_without_the_platform() -> None:
    count = Count("refunds_without_platform")
    count.event("refund.completed", 1, store="a").event("refund.completed", 2, store="a", intervened=True)
    count.event("refund.completed", 3, store="a", intervened=False)

    assert (count.total(NUMERATOR, "store=a"), count.total(DENOMINATOR, "store=a")) == (2, 3)


def test_d2_is_disputes_raised_of_refunds_raised_for_the_same_reason() -> None:
    count = Count("refunds_disputed")
    for at in range(3):
        count.event("refund.requested", at, store="a", reason="late")
    count.event("dispute.opened", 9, store="a", reason="late").event("dispute.closed", 10, reason="late", upheld=True)

    assert (count.total(NUMERATOR, "reason=late"), count.total(DENOMINATOR, "reason=late")) == (1, 3)


def test_d3_is_disputes_but_chargebacks_and_refunds_that_the_platform_stepped_into() -> None:
    count = Count("platform_help").event("order.paid", 0, store="a")
    count.event("dispute.opened", 1, store="a").event("dispute.opened", 2, store="a", kind="chargeback")
    count.event("refund.completed", 3, store="a", intervened=True).event("refund.completed", 4, store="a")

    assert (count.total(NUMERATOR, "store=a"), count.total(DENOMINATOR, "store=a")) == (2, 1)


def test_they_are_told_and_judged_by_nobody() -> None:
    assert sum(not metric.judged for metric in CATALOGUE.metrics) == 12
    assert all(metric.told == (2_592_000,) for metric in CATALOGUE.metrics if not metric.judged)
