"""Golden values: a handful of events, and exactly what the first metrics of the catalogue make of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from streams.events.vocabulary import SHIPPED
from tests.catalogue.support.counting import (
    CATALOGUE,
    CUT,
    DAY,
    DENOMINATOR,
    EXPOSURE,
    LATE_BY_DEADLINE,
    NUMERATOR,
    SQUARES,
    SQUARES_LOW,
    Count,
    moment,
)


def test_o1_counts_orders_by_their_time() -> None:
    created = Count("orders_created").event("order.created", 5, channel="app").event("order.created", 12, channel="web")
    paid = Count("orders_paid").event("order.paid", 5, payment_method="alipay").event("order.created", 5)

    assert created.slots(NUMERATOR) == {0: 1, 10: 1}
    assert created.total(NUMERATOR, "channel=app") == 1
    assert paid.slots(NUMERATOR) == {0: 1}
    assert paid.total(NUMERATOR, "payment_method=alipay") == 1


def test_revenue_and_average_order_are_the_amounts_of_orders_paid() -> None:
    revenue, average = Count("revenue_paid"), Count("average_order")
    for count in (revenue, average):
        count.event("order.paid", 1, store="s1", category="food", amount=129.9)
        count.event("order.paid", 2, store="s2", amount=0.1).event("order.paid", 3).event("order.created", 4, amount=5)

        assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (13_000, 2)
        assert (count.total(NUMERATOR, "store=s1"), count.total(NUMERATOR, "category=food")) == (12_990, 12_990)
        assert count.total(SQUARES_LOW) == 12_990**2 + 10**2
        assert (count.total(SQUARES), count.total(CUT)) == (0, 0)


def test_o2_is_paid_over_paid_and_failed_by_time_of_the_result() -> None:
    count = Count("payment_success")
    for at in (1, 11, 12):
        count.event("order.paid", at, payment_method="alipay", channel="app", created_at=moment(0))
    count.event("order.payment_failed", 13, payment_method="alipay", channel="app")
    count.event("order.payment_failed", 14, payment_method="wechat", channel="app")
    count.event("order.created", 14, payment_method="wechat").event("order.cancelled", 15, payment_method="wechat")

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (3, 5)
    assert (count.slots(NUMERATOR), count.slots(DENOMINATOR)) == ({0: 1, 10: 2}, {0: 1, 10: 4})
    assert count.total(DENOMINATOR, "payment_method=alipay+channel=app") == 4
    assert count.total(DENOMINATOR, "payment_method=wechat") == 1


def test_c1_is_first_answers_over_contacts_less_short_hang_ups_by_time_of_opening() -> None:
    count = Count("pick_up")
    for at in (0, 1, 2, 3, 14):
        count.event("consultation.opened", at, queue="presale")
    count.event("consultation.answered", 15, queue="presale", opened_at=moment(0), waited=15)
    count.event("consultation.answered", 61, queue="presale", opened_at=moment(1), waited=60, transfers=0)
    # Answered after T_max is missed; a second answer after a transfer is no second contact.
    count.event("consultation.answered", 63, queue="presale", opened_at=moment(2), waited=61)
    count.event("consultation.answered", 40, queue="presale", opened_at=moment(0), waited=1, transfers=1)
    # Whoever hangs up within 5 s was not there; whoever hangs up later was.
    count.event("consultation.abandoned", 8, queue="presale", opened_at=moment(3), waited=5)
    count.event("consultation.abandoned", 20, queue="presale", opened_at=moment(14), waited=6)

    assert count.slots(NUMERATOR) == {0: 2}
    assert count.slots(DENOMINATOR) == {0: 3, 10: 1}
    assert count.total(DENOMINATOR, "queue=presale") == 4
    assert (CATALOGUE.by_name["pick_up"].settle_s, CATALOGUE.by_name["pick_up"].target) == (60, 0.999)


def test_c1_counts_no_answer_that_does_not_say_when_the_contact_was_opened() -> None:
    count = Count("pick_up").event("consultation.opened", 0).event("consultation.answered", 5, waited=5)

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (0, 1)


def test_c1_leaves_out_mail_and_messengers_which_nobody_answers_within_a_minute() -> None:
    count = Count("pick_up")
    for channel in ("email", "form", "messenger", "chat"):
        count.event("consultation.opened", 0, channel=channel)
        count.event("consultation.answered", 20, channel=channel, opened_at=moment(0), waited=20)

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (1, 1)
    assert count.total(DENOMINATOR, "channel=email") == 0


def test_c2_is_answers_within_20_s_or_30_s_of_chat_over_all_results() -> None:
    count = Count("service_level")
    for waited, channel in ((20, "phone"), (21, "phone"), (20.5, "chat"), (30, "chat"), (31, "chat"), (3, "")):
        count.event("consultation.answered", 100, queue="presale", channel=channel, waited=waited)
    count.event("consultation.answered", 100, queue="presale", waited=1, transfers=1)
    count.event("consultation.abandoned", 100, queue="presale", waited=2, opened_at=moment(98))

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (4, 7)
    assert (count.total(NUMERATOR, "channel=chat"), count.total(DENOMINATOR, "channel=chat")) == (2, 3)


def test_c3_is_the_waits_of_the_answered_in_ms_over_their_number() -> None:
    count = Count("asa")
    count.event("consultation.answered", 0, waited=1.5, queue="presale").event("consultation.answered", 1, waited=20)
    count.event("consultation.answered", 2).event("consultation.abandoned", 2, waited=100)

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (21_500, 2)
    assert count.total(NUMERATOR, "queue=presale") == 1_500


def test_c4_is_hang_ups_over_results_by_time_of_the_result_short_ones_included() -> None:
    count = Count("abandonment")
    count.event("consultation.abandoned", 10, waited=1, opened_at=moment(9))
    count.event("consultation.answered", 11, waited=1).event("consultation.answered", 12, waited=1, transfers=0)
    count.event("consultation.answered", 13, transfers=2)

    assert (count.slots(NUMERATOR), count.slots(DENOMINATOR)) == ({10: 1}, {10: 3})


def test_inquiries_count_contacts_and_what_they_grow_with() -> None:
    count = Count("inquiries").event("consultation.opened", 0, intent="coupon", region="zhejiang", queue="bot")
    count.event("page.viewed", 0, region="zhejiang").event("order.created", 0, region="sichuan")
    # What rises with the problems themselves is no measure of how busy the shop is.
    count.event("page.failed", 0).event("checkout.failed", 0).event("order.payment_failed", 0)

    assert count.total(NUMERATOR, "intent=coupon+region=zhejiang") == 1
    assert count.total(NUMERATOR, "queue=bot") == 1
    assert count.total(EXPOSURE) == 2
    assert count.total(EXPOSURE, "region=zhejiang") == 1
    assert count.total(EXPOSURE, "intent=coupon") == 0


def test_inquiries_per_thousand_compare_contacts_with_orders_paid_in_a_day() -> None:
    count = Count("inquiries_per_thousand").event("consultation.opened", 0, intent="logistics", region="zhejiang")
    count.event("order.paid", 0, region="zhejiang").event("order.created", 0, region="zhejiang")

    assert (count.total(NUMERATOR, "intent=logistics"), count.total(DENOMINATOR)) == (1, 1)
    assert count.total(DENOMINATOR, "region=zhejiang") == 1
    assert CATALOGUE.by_name["inquiries_per_thousand"].trailing_s == DAY


def test_l0_counts_collections_and_every_movement() -> None:
    movements = ("collected", "scanned", "out_for_delivery", "delivered", "attempt_failed")
    other = ("damaged", "lost", "eta_changed")
    collections, moved = Count("collections"), Count("parcel_movements")
    for count in (collections, moved):
        for name in movements + other:
            count.event(f"parcel.{name}", 0, carrier="zto", region="zhejiang", warehouse="w1")

    assert collections.total(NUMERATOR) == 1
    assert moved.total(NUMERATOR) == len(movements)
    assert moved.total(NUMERATOR, "carrier=zto+region=zhejiang") == len(movements)
    assert moved.total(NUMERATOR, "warehouse=w1") == len(movements)


def test_l1_opens_at_payment_and_closes_by_the_time_of_payment() -> None:
    count = Count("collection_24h")
    for at in (0, 1, 2, 3, 4):
        count.event("order.paid", at, carrier="zto")
    count.event("parcel.collected", 3_600, carrier="zto", paid_at=moment(0))
    count.event("parcel.collected", DAY + 1, carrier="zto", paid_at=moment(1), part=1)
    count.event("order.cancelled", 7_200, carrier="zto", paid_at=moment(2))
    count.event("refund.completed", 7_200, carrier="zto", paid_at=moment(3), before_collection=True)

    assert count.slots(DENOMINATOR, "carrier=zto") == {DAY: 5}
    assert count.slots(NUMERATOR, "carrier=zto") == {DAY: 4}
    assert count.total(EXPOSURE) == 0


def test_l1_tells_late_closings_by_their_own_time_and_by_the_deadline() -> None:
    count = Count("collection_24h").event("order.paid", 0)
    count.event("parcel.collected", DAY + 7_205, paid_at=moment(0))

    assert count.total(NUMERATOR) == 0
    assert count.slots(EXPOSURE) == {DAY + 7_200: 1}
    assert count.slots(LATE_BY_DEADLINE) == {DAY: 1}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("parcel.collected", {"paid_at": moment(0), "part": 2}),
        ("parcel.collected", {}),
        ("order.cancelled", {}),
        ("refund.completed", {"paid_at": moment(0)}),
        ("refund.completed", {"paid_at": moment(0), "before_collection": False}),
        ("refund.approved", {"paid_at": moment(0), "before_collection": True}),
        ("parcel.delivered", {"paid_at": moment(0)}),
    ],
)
def test_l1_is_not_closed_by_anything_else(kind: str, data: dict[str, Any]) -> None:
    assert Count("collection_24h").event(kind, 3_600, **data).cells() == {}


def test_r1_compares_refund_requests_with_orders_paid_in_a_day() -> None:
    count = Count("refund_requests")
    count.event("refund.requested", 0, reason="damaged", category="beauty", sku="b-1", store="s1")
    count.event("refund.approved", 1, reason="damaged")
    count.event("order.paid", 0, category="beauty", sku="b-1", store="s1").event("order.paid", 0, category="food")

    assert count.total(NUMERATOR, "reason=damaged") == 1
    assert (count.total(NUMERATOR, "sku=b-1"), count.total(DENOMINATOR, "sku=b-1")) == (1, 1)
    assert (count.total(DENOMINATOR), count.total(DENOMINATOR, "category=food")) == (2, 1)
    assert not [cell for cell in count.cells() if cell[0] is DENOMINATOR and cell[1].startswith("reason")]


def test_p5_is_failed_over_failed_and_completed() -> None:
    count = Count("checkout_failed")
    count.event("checkout.failed", 0, device="ios", reason="coupon")
    count.event("checkout.completed", 0, device="ios").event("checkout.completed", 0, device="android")
    count.event("checkout.started", 0, device="ios").event("checkout.step", 0, device="ios")

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (1, 3)
    assert (count.total(NUMERATOR, "device=ios"), count.total(DENOMINATOR, "device=ios")) == (1, 2)
    assert count.total(NUMERATOR, "reason=coupon") == 1
    assert not [cell for cell in count.cells() if cell[0] is DENOMINATOR and cell[1].startswith("reason")]


def test_s1_is_every_event_by_the_topic_it_came_by() -> None:
    count = Count("events_received")
    count.event("order.created", 0).event("order.paid", 0).event("page.viewed", 0).event("queue.snapshot", 10)

    assert count.slots(NUMERATOR) == {0: 3, 10: 1}
    assert count.slots(NUMERATOR, "topic=orders") == {0: 2}
    assert count.slots(NUMERATOR, "topic=visits") == {0: 1}


def test_s1_leaves_no_type_out() -> None:
    assert {event for term in CATALOGUE.by_name["events_received"].numerator for event in term.events} == set(
        SHIPPED.types
    )


def test_s2_is_the_seconds_that_refused_events_are_ahead_by_source() -> None:
    count = Count("events_ahead")
    count.event("order.paid", 0).event("order.paid", 400, read_at=0).event("order.paid", 310, read_at=0)

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (710_000, 2)
    assert count.slots(DENOMINATOR, "source=/test") == {0: 2}


def test_s3_is_the_seconds_that_events_too_late_are_behind_by_source() -> None:
    count = Count("events_too_late")
    count.event("order.paid", 0).event("order.paid", -7_201, read_at=20).event("order.paid", -7_200, read_at=20)

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (7_201_000, 1)
    assert count.slots(DENOMINATOR, "source=/test") == {20: 1}


def test_s4_is_the_alerts_that_fire_by_service_and_level() -> None:
    count = Count("alerts_fired")
    count.event("alert.fired", 0, service="checkout", level="page").event("alert.resolved", 10)

    assert count.slots(NUMERATOR, "service=checkout") == {0: 1}
    assert count.slots(NUMERATOR, "level=page") == {0: 1}
    assert count.total(NUMERATOR) == 1


def test_every_metric_has_a_golden_test() -> None:
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_what_*.py"))

    assert all(f'Count("{metric.name}")' in here for metric in CATALOGUE.metrics)
