"""Golden values of parcels on their way, refunds, disputes and opinions."""

from __future__ import annotations

import pytest

from streams.cells.histogram import edges
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

HOUR = 3_600


def test_l4_opens_at_collection_and_closes_by_the_promised_time() -> None:
    count = Count("on_time_delivery")
    for at in range(4):
        count.event("parcel.collected", at, carrier="zto", promised_at=moment(DAY))
    count.event("parcel.delivered", HOUR, carrier="zto", promised_at=moment(DAY))
    count.event("parcel.delivered", DAY + HOUR, carrier="zto", promised_at=moment(DAY))
    count.event("parcel.lost", DAY + 2 * HOUR, carrier="zto", promised_at=moment(DAY))
    count.event("parcel.collected", 9, carrier="zto").event("parcel.delivered", 9, carrier="zto")  # nothing promised

    assert count.slots(DENOMINATOR, "carrier=zto") == {DAY: 4}
    assert count.slots(NUMERATOR, "carrier=zto") == {DAY: 1}
    assert count.slots(EXPOSURE, "carrier=zto") == {DAY + HOUR: 1, DAY + 2 * HOUR: 1}
    assert count.slots(LATE_BY_DEADLINE, "carrier=zto") == {DAY: 2}


@pytest.mark.parametrize("name", ["delivery_time", "delivery_spread"])
def test_l5_and_l8_sort_the_time_from_payment_to_delivery(name: str) -> None:
    counts = {"delivery_time": Count("delivery_time"), "delivery_spread": Count("delivery_spread")}
    count = counts[name]
    count.event("parcel.delivered", 2 * DAY, carrier="zto", region="zhejiang", paid_at=moment(0))
    count.event("parcel.delivered", 2 * DAY, carrier="zto").event("parcel.lost", 2 * DAY, paid_at=moment(0))
    bin_of = sum(border <= 2 * DAY for border in edges(*count.metric.bins))

    assert {of for of, _, _ in count.cells()} == {bin_of}
    assert count.slots(bin_of, "carrier=zto+region=zhejiang") == {2 * DAY: 1}


def test_l7_opens_at_every_movement_and_closes_at_the_next() -> None:
    count = Count("next_scan_24h").event("parcel.collected", 0, carrier="zto")
    count.event("parcel.scanned", HOUR, carrier="zto", previous_scan_at=moment(0))
    count.event("parcel.out_for_delivery", 30 * HOUR, carrier="zto", previous_scan_at=moment(HOUR))
    count.event("parcel.delivered", 31 * HOUR, carrier="zto", previous_scan_at=moment(30 * HOUR))
    count.event("parcel.damaged", 32 * HOUR, carrier="zto", previous_scan_at=moment(31 * HOUR))

    assert count.slots(DENOMINATOR) == {DAY: 1, DAY + HOUR: 1, DAY + 30 * HOUR: 1}
    assert count.slots(NUMERATOR) == {DAY: 1, DAY + 30 * HOUR: 1}
    assert (count.slots(EXPOSURE), count.slots(LATE_BY_DEADLINE)) == ({30 * HOUR: 1}, {DAY + HOUR: 1})


def test_l9_is_attempts_in_vain_over_parcels_out_for_delivery() -> None:
    count = Count("delivery_failed").event("parcel.attempt_failed", 0, carrier="zto", reason="nobody_home")
    for _ in range(3):
        count.event("parcel.out_for_delivery", 0, carrier="zto")

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (1, 3)
    assert (count.total(NUMERATOR, "reason=nobody_home"), count.total(DENOMINATOR, "carrier=zto")) == (1, 3)
    assert count.total(DENOMINATOR, "reason=nobody_home") == 0


def test_l10_is_parcels_whose_buyer_was_told() -> None:
    count = Count("notice_coverage")
    for kind, told in (("collected", True), ("collected", False), ("out_for_delivery", True), ("scanned", True)):
        count.event(f"parcel.{kind}", 0, carrier="zto", notified=told)
    count.event("parcel.collected", 0, carrier="zto")

    assert (count.total(NUMERATOR, "carrier=zto"), count.total(DENOMINATOR, "carrier=zto")) == (2, 4)


def test_r6_is_refunds_without_a_person_over_refunds_completed() -> None:
    count = Count("auto_refunds")
    for automatic in (True, False, None):
        count.event("refund.completed", 0, kind="return", automatic=automatic)
    count.event("refund.approved", 0, kind="return", automatic=True)

    assert (count.total(NUMERATOR, "kind=return"), count.total(DENOMINATOR, "kind=return")) == (1, 3)


@pytest.mark.parametrize("hours", [24, 48, 72])
def test_r7_opens_at_the_request_and_closes_at_its_end_whatever_that_is(hours: int) -> None:
    counts = {24: Count("refund_closed_24h"), 48: Count("refund_closed_48h"), 72: Count("refund_closed_72h")}
    count, due = counts[hours], hours * HOUR
    for at in range(5):
        count.event("refund.requested", at, kind="return")
    for at, kind in enumerate(("completed", "rejected", "retained")):
        count.event(f"refund.{kind}", HOUR, kind="return", requested_at=moment(at))
    count.event("refund.completed", due + HOUR, kind="return", requested_at=moment(3))
    count.event("refund.approved", HOUR, kind="return", requested_at=moment(4))

    assert (count.slots(DENOMINATOR), count.slots(NUMERATOR)) == ({due: 5}, {due: 3})
    assert (count.slots(EXPOSURE), count.slots(LATE_BY_DEADLINE)) == ({due + HOUR: 1}, {due: 1})


def test_r8_is_requests_withdrawn_within_a_day() -> None:
    count = Count("refunds_retained")
    for at in range(3):
        count.event("refund.requested", at, reason="late")
    count.event("refund.retained", HOUR, reason="late", requested_at=moment(0))
    count.event("refund.retained", DAY + 60, reason="late", requested_at=moment(1))

    assert (count.slots(NUMERATOR), count.slots(DENOMINATOR)) == ({DAY: 1}, {DAY: 3})
    assert count.slots(EXPOSURE, "reason=late") == {DAY + 60: 1}
    assert not CATALOGUE.by_name["refunds_retained"].stock


def test_d1_compares_disputes_decided_for_the_buyer_with_orders_paid() -> None:
    count = Count("disputes_upheld").event("order.paid", 0, category="food")
    for upheld in (True, False, None):
        count.event("dispute.closed", 0, category="food", reason="damaged", upheld=upheld)
    count.event("dispute.opened", 0, category="food", upheld=True)

    assert (count.total(NUMERATOR, "category=food"), count.total(DENOMINATOR, "category=food")) == (1, 1)
    assert (count.total(NUMERATOR, "reason=damaged"), count.total(DENOMINATOR)) == (1, 1)


def test_f1_counts_promoters_detractors_and_all_who_answered() -> None:
    count = Count("nps")
    for score in range(11):
        count.event("survey.answered", 0, kind="nps", channel="app", score=score)
    count.event("survey.answered", 0, kind="csat", channel="app", score=5).event("survey.answered", 0, kind="nps")
    for_, against, asked = (count.total(of, "channel=app") for of in (NUMERATOR, EXPOSURE, DENOMINATOR))

    assert (for_, against, asked) == (2, 7, 11)
    assert round(100 * (for_ - against) / asked, 2) == -45.45  # docs/semantics.md


def test_f2_is_four_and_five_of_five() -> None:
    count = Count("csat")
    for score in (1, 2, 3, 4, 5):
        count.event("survey.answered", 0, kind="csat", store="s1", score=score)
    count.event("survey.answered", 0, kind="ces", store="s1", score=5)

    assert (count.total(NUMERATOR, "store=s1"), count.total(DENOMINATOR, "store=s1")) == (2, 5)


def test_f3_is_easy_less_hard_of_seven() -> None:
    count = Count("ces")
    for score in range(1, 8):
        count.event("survey.answered", 0, kind="ces", score=score)

    assert (count.total(NUMERATOR), count.total(EXPOSURE), count.total(DENOMINATOR)) == (3, 3, 7)


def test_f5_is_one_and_two_stars_over_all_reviews() -> None:
    count = Count("bad_reviews")
    for score in (1, 2, 3, 5):
        count.event("review.posted", 0, store="s1", cause="logistics" if score < 3 else None, score=score)
    count.event("review.posted", 0, store="s1")

    assert (count.total(NUMERATOR, "store=s1"), count.total(DENOMINATOR, "store=s1")) == (2, 4)
    assert (count.total(NUMERATOR, "cause=logistics"), count.total(DENOMINATOR, "cause=logistics")) == (2, 0)


def test_f8_counts_negative_mentions_and_the_orders_they_grow_with() -> None:
    count = Count("negative_mentions").event("order.created", 0)
    for sentiment in ("negative", "neutral", "positive", None):
        count.event("mention.posted", 0, platform="weibo", sentiment=sentiment)

    assert (count.total(NUMERATOR, "platform=weibo"), count.total(EXPOSURE)) == (1, 1)


def test_l6_is_the_seconds_from_the_first_date_told_to_the_present_one() -> None:
    count = Count("eta_slip")
    count.event("parcel.eta_changed", 0, carrier="zto", first_eta=moment(DAY), eta=moment(3 * DAY))
    count.event("parcel.eta_changed", 1, carrier="zto", first_eta=moment(2 * DAY), eta=moment(DAY))
    count.event("parcel.eta_changed", 2, eta=moment(DAY)).event("parcel.delivered", 3, first_eta=moment(0))
    slipped = Count("eta_slip_24h")
    for hours in (24, 25, -30):
        slipped.event("parcel.eta_changed", 0, first_eta=moment(0), eta=moment(hours * HOUR))
    slipped.event("parcel.eta_changed", 0, eta=moment(0))

    assert (count.total(NUMERATOR, "carrier=zto"), count.total(DENOMINATOR)) == (DAY * 1000, 2)
    assert (slipped.total(NUMERATOR), slipped.total(DENOMINATOR)) == (1, 3)


def test_l8_varies_as_the_times_from_payment_to_delivery_do() -> None:
    count = Count("delivery_variation")
    for days in (1, 2, 3):
        count.event("parcel.delivered", days * DAY, carrier="zto", region="zhejiang", paid_at=moment(0))
    count.event("parcel.delivered", DAY, carrier="zto")
    scope = "carrier=zto+region=zhejiang"

    assert (count.total(NUMERATOR, scope), count.total(DENOMINATOR, scope)) == (6 * DAY * 1000, 3)
    squares = count.total(SQUARES, scope) * 2**30 + count.total(SQUARES_LOW, scope)
    assert squares == sum((days * DAY * 1000) ** 2 for days in (1, 2, 3))


def test_r8_is_the_money_of_requests_withdrawn_by_their_own_time() -> None:
    count = Count("retained_amount")
    count.event("refund.retained", 5, reason="late", amount=129.9, requested_at=moment(0))
    count.event("refund.retained", 12, reason="late", amount=2e9).event("refund.retained", 12, reason="late")
    count.event("refund.requested", 0, reason="late", amount=10)

    assert count.slots(NUMERATOR, "reason=late") == {0: 12_990, 10: 1_000_000_000}
    assert (count.total(DENOMINATOR), count.total(CUT), count.total(EXPOSURE, "reason=late")) == (2, 1, 1)


@pytest.mark.parametrize(("name", "kind"), [("damage", "parcel.damaged"), ("loss", "parcel.lost")])
def test_l11_counts_parcels_damaged_or_lost_beside_those_delivered(name: str, kind: str) -> None:
    counts = {"damage": Count("damage"), "loss": Count("loss")}
    count = counts[name].event(kind, 0, carrier="zto", warehouse="hangzhou-1")
    for at in range(3):
        count.event("parcel.delivered", at, carrier="zto", warehouse="wuhan-1")

    assert (count.total(NUMERATOR), count.total(EXPOSURE)) == (1, 3)
    assert (count.total(NUMERATOR, "carrier=zto"), count.total(EXPOSURE, "carrier=zto")) == (1, 3)
    assert (count.total(NUMERATOR, "warehouse=hangzhou-1"), count.total(EXPOSURE, "warehouse=hangzhou-1")) == (1, 0)


def test_l11_counts_refunds_asked_for_because_of_a_damage_by_article_and_batch_as_well() -> None:
    count = Count("damage_claims").event(
        "refund.requested", 0, reason="damaged", sku="home-00", batch="B9", carrier="zto"
    )
    count.event("refund.requested", 0, reason="late", sku="home-00", batch="B9", carrier="zto")
    count.event("parcel.delivered", 0, carrier="zto")

    assert (count.total(NUMERATOR), count.total(NUMERATOR, "sku=home-00+batch=B9")) == (1, 1)
    assert (count.total(NUMERATOR, "batch=B9"), count.total(EXPOSURE), count.total(EXPOSURE, "carrier=zto")) == (
        1,
        1,
        1,
    )


def test_d5_counts_disputes_in_which_a_bank_takes_the_money_back_beside_orders_paid() -> None:
    count = Count("chargebacks").event("dispute.opened", 0, kind="chargeback", store="flagship", reason="fraudulent")
    count.event("dispute.opened", 0, kind="inquiry", store="flagship").event("order.paid", 0, store="flagship")

    assert (count.total(NUMERATOR), count.total(NUMERATOR, "reason=fraudulent")) == (1, 1)
    assert (count.total(EXPOSURE), count.total(EXPOSURE, "store=flagship")) == (1, 1)
