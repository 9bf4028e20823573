"""Golden values of orders, payments and contacts beyond the first metrics."""

from __future__ import annotations

from streams.cells.gauge import MOMENT_BITS
from streams.cells.histogram import edges
from tests.catalogue.support.counting import DENOMINATOR, EXPOSURE, NUMERATOR, T0, Count, moment


def bins_of(count: Count, *durations: float) -> list[int]:
    """The bins that durations fall into, by the borders themselves."""
    borders = edges(*count.metric.bins)
    return [sum(border <= duration for border in borders) for duration in durations]


def test_o3_sorts_the_time_from_order_to_payment() -> None:
    count = Count("pay_latency")
    count.event("order.paid", 10, payment_method="alipay", created_at=moment(0))
    count.event("order.paid", 100, payment_method="alipay", created_at=moment(40))
    # Who does not say when it was ordered has no duration; who paid before ordering has the shortest.
    count.event("order.paid", 100, payment_method="alipay").event("order.paid", 5, created_at=moment(6))
    count.event("order.payment_failed", 10, created_at=moment(0))
    ten, minute = bins_of(count, 10, 60)

    assert {of for of, _, _ in count.cells()} == {0, ten, minute}
    assert count.slots(ten, "payment_method=alipay") == {10: 1}
    assert count.slots(minute, "payment_method=alipay") == {100: 1}
    assert count.slots(0) == {0: 1}


def test_o4_is_what_is_cancelled_unshipped_within_the_hour_of_its_payment() -> None:
    count = Count("cancelled_unshipped")
    for at in range(4):
        count.event("order.paid", at, region="zhejiang")
    count.event("order.cancelled", 60, region="zhejiang", paid_at=moment(0), reason="changed_mind")
    count.event("order.cancelled", 3_601, region="zhejiang", paid_at=moment(1), shipped=False)
    count.event("order.cancelled", 3_703, region="zhejiang", paid_at=moment(2))
    count.event("order.cancelled", 60, region="zhejiang", paid_at=moment(3), shipped=True)
    count.event("order.cancelled", 60, region="zhejiang")  # never paid

    assert (count.slots(NUMERATOR), count.slots(DENOMINATOR)) == ({3_600: 2}, {3_600: 4})
    assert count.slots(EXPOSURE, "region=zhejiang") == {3_700: 1}


def test_c5_keeps_the_last_snapshot_of_a_slot_with_its_moment() -> None:
    waiting, oldest = Count("queue_waiting"), Count("queue_oldest_wait")
    for count in (waiting, oldest):
        count.event("queue.snapshot", 1, queue="presale", waiting=9, oldest_wait=30.5)
        count.event("queue.snapshot", 4.5, queue="presale", waiting=4, oldest_wait=2)
        count.event("queue.snapshot", 11, queue="presale", waiting=7, oldest_wait=8)
        count.event("queue.snapshot", 4, queue="logistics", waiting=0)

    assert waiting.slots(NUMERATOR, "queue=presale") == {0: 4_501 << MOMENT_BITS | 4, 10: 1_001 << MOMENT_BITS | 7}
    assert waiting.slots(NUMERATOR, "queue=logistics") == {0: 4_001 << MOMENT_BITS}
    assert oldest.slots(NUMERATOR, "queue=presale")[0] == 4_501 << MOMENT_BITS | 2_000
    assert oldest.slots(NUMERATOR, "queue=logistics") == {}
    assert T0 % 10 == 0


def test_c6_sorts_first_replies_and_no_automatic_greeting() -> None:
    count = Count("first_response")
    count.event("consultation.replied", 5, queue="presale", first=3.0, automatic=False)
    count.event("consultation.replied", 6, queue="presale", first=3.0)
    count.event("consultation.replied", 6, queue="presale", first=0.6, automatic=True)
    count.event("consultation.replied", 7, queue="presale")
    (three,) = bins_of(count, 3.0)

    assert {of for of, _, _ in count.cells()} == {three}
    assert count.total(three, "queue=presale") == 2


def test_c10_is_contacts_passed_on_over_contacts_ended() -> None:
    count = Count("transferred")
    for transfers in (0, 1, 3, None):
        count.event("consultation.closed", 1, queue="presale", transfers=transfers)
    count.event("consultation.transferred", 1, queue="presale", transfers=1)

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (2, 4)
    assert count.total(NUMERATOR, "queue=presale") == 2


def test_p1_is_failed_pages_over_all_pages() -> None:
    count = Count("page_errors").event("page.failed", 0, page="cart", device="ios")
    for _ in range(3):
        count.event("page.viewed", 0, page="cart", device="ios", load_time=1.0)
    count.event("page.back", 0, page="cart", device="ios")

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (1, 4)
    assert count.total(DENOMINATOR, "page=cart+device=ios") == 4


def test_p2_sorts_load_times_of_pages_that_were_shown() -> None:
    count = Count("page_load")
    count.event("page.viewed", 0, device="ios", load_time=0.8).event("page.viewed", 0, device="ios", load_time=120)
    count.event("page.viewed", 0, device="ios").event("page.failed", 0, device="ios", load_time=9)
    fast, slow = bins_of(count, 0.8, 120)

    assert slow == 31
    assert {of for of, _, _ in count.cells()} == {fast, slow}
    assert (count.total(fast, "device=ios"), count.total(slow, "device=ios")) == (1, 1)


def test_p3_is_checkouts_completed_over_checkouts_started() -> None:
    count = Count("checkout_completion")
    for kind in ("started", "started", "completed", "failed", "step"):
        count.event(f"checkout.{kind}", 0, device="ios")

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (1, 2)
    assert count.total(DENOMINATOR, "device=ios") == 2


def test_c15_counts_contacts_whose_order_was_asked_about_within_a_day() -> None:
    count = Count("repeat_contacts")
    for at, order in (
        (0, "TB1"),
        (5, "TB2"),
        (12, "TB1"),
        (14, ""),
        (15, None),
        (86_400 + 12, "TB1"),
        (172_830, "TB1"),
    ):
        count.event("consultation.opened", at, intent="refund", region="hunan", order_id=order)
    count.event("consultation.answered", 16, intent="refund", region="hunan", order_id="TB1")

    assert count.slots(DENOMINATOR, "intent=refund") == {0: 2, 10: 1, 86_410: 1, 172_830: 1}
    assert count.slots(NUMERATOR) == {10: 1, 86_410: 1}  # a day later to the second; a day and 18 s later not
    assert count.slots(NUMERATOR, "intent=refund+region=hunan") == {10: 1, 86_410: 1}


def test_hand_offs_are_the_transfers_of_contacts_that_are_over() -> None:
    count = Count("hand_offs")
    for transfers in (1, 0, 0, 0, 0, None):
        count.event("consultation.closed", 0, queue="presale", transfers=transfers)
    count.event("consultation.transferred", 0, queue="presale", transfers=3)

    assert (count.total(NUMERATOR, "queue=presale"), count.total(DENOMINATOR)) == (1_000, 5)
