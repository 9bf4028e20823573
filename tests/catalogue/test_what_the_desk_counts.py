"""Golden values of what the service desk, the warehouse and the courier are asked for beyond the first metrics."""

from __future__ import annotations

import pytest

from tests.catalogue.support.counting import (
    CATALOGUE,
    DAY,
    DENOMINATOR,
    EXPOSURE,
    NUMERATOR,
    Count,
    moment,
)
from tests.catalogue.test_what_orders_and_contacts_count import bins_of

HOUR = 3_600


def test_o7_payments_that_hang_are_not_finished_within_5_minutes() -> None:
    count = Count("payments_finished")
    for order, at in (("paid", 0), ("late", 0), ("hangs", 0), ("failed", 0)):
        count.event("payment.started", at, order_id=order, payment_method="wallet")
    count.event("order.paid", 300, order_id="paid", payment_method="other")
    count.event("order.paid", 301, order_id="late")
    count.event("order.payment_failed", 20, order_id="failed")

    assert count.slots(DENOMINATOR, "payment_method=wallet") == {300: 4}
    assert count.slots(NUMERATOR, "payment_method=wallet") == {300: 1}


def test_o5_is_what_is_cancelled_because_it_is_sold_out_of_the_orders_of_a_day() -> None:
    count = Count("oversell")
    for at in range(1_000):
        count.event("order.paid", at, order_id=f"o{at}", sku="s1", warehouse="w1")
    for at, reason in ((10, "out_of_stock"), (20, "out_of_stock"), (30, "changed_mind")):
        count.event("order.cancelled", at, order_id=f"o{at}", reason=reason, sku="s1", warehouse="w1")

    assert (count.total(NUMERATOR, "sku=s1"), count.total(DENOMINATOR, "sku=s1")) == (2, 1_000)  # 2 in 1,000
    assert count.total(NUMERATOR, "warehouse=w1") == 2
    assert CATALOGUE.by_name["oversell"].trailing_s == DAY


def test_c7_is_turns_answered_by_180_seconds_and_no_greeting() -> None:
    count = Count("replied_in_3_min")
    for contact in "abcd":
        count.event("message.received", 0, consultation_id=contact, queue="presale", stage="presale")
    count.event("consultation.replied", 180, consultation_id="a", queue="presale")
    count.event("consultation.replied", 181, consultation_id="b", queue="presale")
    count.event("consultation.replied", 1, consultation_id="c", queue="presale", automatic=True)
    count.event("consultation.replied", 5, consultation_id="d", queue="other", automatic=False)

    assert count.slots(DENOMINATOR, "stage=presale") == {180: 4}
    assert count.slots(NUMERATOR, "queue=presale") == {180: 2}


def test_contacts_are_told_before_and_after_the_sale() -> None:
    asked, answered, resolved = Count("inquiries_by_stage"), Count("answered_by_stage"), Count("contacts_resolved")
    for number in range(5):
        stage = {"stage": "presale" if number < 3 else "aftersale", "channel": "chat"}
        asked.event("consultation.opened", number, **stage)
        answered.event("consultation.abandoned" if number == 0 else "consultation.answered", number, **stage)
        resolved.event("consultation.closed", number, resolved=number != 4, **stage)
    for count in (asked, answered, resolved):
        count.event("consultation.opened", 9).event("consultation.answered", 9).event("consultation.closed", 9)

    assert [asked.total(NUMERATOR, f"stage={stage}") for stage in ("presale", "aftersale")] == [3, 2]
    assert asked.total(NUMERATOR) == 5  # who does not say which is neither
    assert [answered.total(of, "stage=presale") for of in (NUMERATOR, DENOMINATOR)] == [2, 3]
    assert answered.total(NUMERATOR, "stage=presale+channel=chat") == 2
    assert [resolved.total(of, "stage=aftersale") for of in (NUMERATOR, DENOMINATOR)] == [1, 2]


def test_first_responses_are_sorted_by_stage_without_greetings() -> None:
    count = Count("first_response_by_stage")
    count.event("consultation.replied", 5, first=3.0, stage="presale").event("consultation.replied", 5, first=3.0)
    count.event("consultation.replied", 5, first=3.0, stage="presale", automatic=True)
    (three,) = bins_of(count, 3.0)

    assert {of for of, _, _ in count.cells()} == {three}
    assert (count.total(three, "stage=presale"), count.total(three)) == (1, 1)


def test_f4_is_ratings_of_4_and_5_among_all_ratings() -> None:
    count = Count("contacts_satisfied")
    for rating in (1, 2, 3, 4, 5, None):
        count.event("consultation.rated", 0, rating=rating, queue="presale", stage="presale")

    assert [count.total(of, "stage=presale") for of in (NUMERATOR, DENOMINATOR)] == [2, 5]
    assert CATALOGUE.by_name["contacts_satisfied"].told == (30 * DAY,)


@pytest.mark.parametrize(
    ("collected_at", "part", "counted"), [(2 * DAY, 1, True), (2 * DAY + 1, 1, False), (HOUR, 2, False)]
)
def test_l2_is_what_the_carrier_has_two_days_after_the_payment(collected_at: int, part: int, counted: bool) -> None:
    count = Count("collection_48h")
    count.event("order.paid", 0, region="zhejiang", warehouse="w1")
    paid = {"paid_at": moment(0), "region": "zhejiang", "warehouse": "w1"}
    count.event("parcel.collected", collected_at, part=part, read_at=collected_at, **paid)

    assert count.slots(DENOMINATOR, "region=zhejiang") == {2 * DAY: 1}
    assert count.total(NUMERATOR, "warehouse=w1") == counted
    assert count.total(EXPOSURE) == (not counted and part == 1)


def test_l2_is_closed_by_a_cancellation_and_by_a_refund_before_collection() -> None:
    count = Count("collection_48h")
    for at in range(3):
        count.event("order.paid", at)
    count.event("order.cancelled", HOUR, paid_at=moment(0))
    count.event("refund.completed", HOUR, paid_at=moment(1), before_collection=True)
    count.event("refund.completed", HOUR, paid_at=moment(2))

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (2, 3)


@pytest.mark.parametrize(("count", "due"), [(Count("next_scan_48h"), 48 * HOUR), (Count("next_scan_72h"), 72 * HOUR)])
def test_l7_is_movements_followed_by_another_within_two_or_three_days(count: Count, due: int) -> None:
    for parcel in range(3):
        count.event("parcel.scanned", parcel, parcel_id=f"p{parcel}", carrier="yto")
    count.event("parcel.scanned", due, parcel_id="p0", carrier="yto", previous_scan_at=moment(0))
    count.event("parcel.delivered", due + 2, parcel_id="p1", carrier="yto", previous_scan_at=moment(1))

    minute = due // 60 * 60
    assert count.slots(DENOMINATOR, "carrier=yto")[minute] == 3
    assert count.slots(NUMERATOR, "carrier=yto") == {minute: 1}
    assert count.total(EXPOSURE, "carrier=yto") == 1  # came after its deadline, and is no stalled parcel any more


def test_l10_is_parcels_whose_buyer_was_told_by_10_minutes_after_it_left_and_after_it_is_brought() -> None:
    count = Count("notices_in_time")
    for parcel in "abc":
        count.event("parcel.collected", 0, parcel_id=parcel, carrier="yto", warehouse="w1")
        count.event("parcel.out_for_delivery", 0, parcel_id=parcel, carrier="yto", warehouse="w1")
    count.event("notice.sent", 600, parcel_id="a", status="dispatched")
    count.event("notice.sent", 601, parcel_id="b", status="dispatched")
    count.event("notice.sent", 30, parcel_id="c", status="delayed")
    count.event("notice.sent", 30, parcel_id="c", status="out_for_delivery")

    assert count.slots(DENOMINATOR, "status=dispatched") == {600: 3}
    assert count.slots(NUMERATOR, "status=dispatched") == {600: 1}
    assert count.slots(NUMERATOR, "status=out_for_delivery") == {600: 1}
    assert count.slots(NUMERATOR, "carrier=yto") == {600: 2}


def test_of_two_late_parcels_the_buyer_of_one_was_told() -> None:
    count = Count("late_told")
    count.event("notice.sent", 0, parcel_id="told", status="delayed").event(
        "notice.sent", 0, parcel_id="x", status="dispatched"
    )
    for parcel in ("told", "x"):
        count.event("parcel.delivered", 2 * HOUR, parcel_id=parcel, carrier="yto", promised_at=moment(HOUR))
    count.event("parcel.delivered", 2 * HOUR, parcel_id="in time", carrier="yto", promised_at=moment(3 * HOUR))

    assert [count.total(of, "carrier=yto") for of in (NUMERATOR, DENOMINATOR)] == [1, 2]


def test_f6_sorts_how_long_it_took_to_deal_with_who_was_not_content() -> None:
    count = Count("detractor_close_time")
    count.event("survey.answered", 0, feedback_id="f1", kind="nps", score=3, store="s1")
    count.event("survey.answered", 0, feedback_id="f2", kind="nps", score=9, store="s1")
    count.event("review.posted", 0, feedback_id="f3", score=1, store="s1")
    for feedback, at in (("f1", HOUR), ("f2", HOUR), ("f3", 2 * HOUR)):
        count.event("feedback.closed", at, feedback_id=feedback, read_at=at)
    one, two = bins_of(count, HOUR, 2 * HOUR)

    assert {(of, value) for (of, where, _), value in count.cells().items() if where == "store=s1"} == {
        (one, 1),
        (two, 1),
    }


def test_refunds_are_counted_by_batch_warehouse_carrier_and_region() -> None:
    count = Count("refund_requests")
    of = {"warehouse": "w1", "carrier": "yto", "region": "zhejiang"}
    count.event("order.paid", 0, **of).event("refund.requested", 9, batch="B7", **of)

    for scope in ("warehouse=w1", "carrier=yto", "region=zhejiang"):
        assert (count.total(NUMERATOR, scope), count.total(DENOMINATOR, scope)) == (1, 1)
    assert count.total(NUMERATOR, "batch=B7") == 1
