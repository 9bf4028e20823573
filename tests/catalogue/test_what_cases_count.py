"""Golden values of metrics in which one event says something of another: the vectors of the design."""

from __future__ import annotations

import itertools

import pytest

from streams.cases.readings import reading
from streams.cells.histogram import edges
from tests.catalogue.support.counting import (
    CATALOGUE,
    DAY,
    DENOMINATOR,
    EXPOSURE,
    NUMERATOR,
    SQUARES_LOW,
    Count,
    moment,
)

HOUR = 3_600


def test_a_customer_who_asks_and_pays_is_one_of_two_who_asked() -> None:
    count = Count("presale_conversion")
    count.event("consultation.opened", 0, consultation_id="a", customer="c1", stage="presale", store="s1", queue="q")
    count.event("order.paid", HOUR, order_id="o1", customer="c1", store="other")
    count.event("consultation.opened", 0, consultation_id="b", customer="c2", stage="presale", store="s1", queue="q")
    count.event("order.paid", 0, order_id="o2", customer="c3", store="s1")

    assert count.slots(DENOMINATOR) == {DAY: 2}
    assert count.slots(NUMERATOR) == {DAY: 1}
    assert count.slots(NUMERATOR, "store=s1") == {DAY: 1}  # where the question was asked


@pytest.mark.parametrize(("paid_at", "counts"), [(DAY, 1), (DAY + 1, 0)])
def test_a_payment_counts_up_to_the_second_a_day_after_the_question(paid_at: int, counts: int) -> None:
    count = Count("presale_conversion")
    count.event("consultation.opened", 0, customer="c1", stage="presale")
    count.event("order.paid", paid_at, customer="c1", read_at=paid_at)

    assert count.total(NUMERATOR) == counts


def test_two_questions_and_two_payments_are_one_conversion() -> None:
    count = Count("presale_conversion")
    for at in (0, 40, HOUR):
        count.event("consultation.opened", at, consultation_id=f"a{at}", customer="c1", stage="presale")
    count.event("order.paid", 2 * HOUR, order_id="o1", customer="c1")
    count.event("order.paid", 3 * HOUR, order_id="o2", customer="c1")

    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (1, 1)


def test_a_contact_of_the_same_order_and_intent_says_that_the_bot_did_not_solve_it() -> None:
    count = Count("self_service_resolved")
    count.event("consultation.closed", 0, consultation_id="a", order_id="o1", intent="logistics", handled_by="bot")
    count.event("consultation.opened", 10 * HOUR, consultation_id="b", order_id="o1", intent="logistics")
    count.event("consultation.closed", 0, consultation_id="c", order_id="o2", intent="logistics", handled_by="bot")
    count.event("consultation.opened", 10 * HOUR, consultation_id="d", order_id="o2", intent="refund")
    passed_on = {"order_id": "o3", "intent": "logistics", "handled_by": "bot", "transfers": 1}
    count.event("consultation.closed", 0, consultation_id="e", **passed_on)

    assert count.slots(DENOMINATOR, "intent=logistics") == {DAY: 3}
    assert count.slots(NUMERATOR, "intent=logistics") == {DAY: 1}


def test_sessions_with_two_three_and_seven_ways_back_count_once_from_the_third_on() -> None:
    count = Count("back_and_forth")
    for session, backs in (("s2", 2), ("s3", 3), ("s7", 7)):
        for view in range(4):
            count.event("page.viewed", view, session_id=session, device="phone")
        for back in range(backs):
            count.event("page.back", 10 + back, session_id=session, device="phone")

    assert count.total(NUMERATOR, "device=phone") == 2
    assert count.total(DENOMINATOR, "device=phone") == 3


def test_a_bad_review_of_a_late_parcel_comes_from_the_delivery_and_that_of_an_unknown_order_is_neither() -> None:
    count = Count("reviews_from_delivery")
    count.event("parcel.delivered", DAY, order_id="o1", carrier="zto", promised_at=moment(HOUR))
    count.event("parcel.delivered", DAY, order_id="o2", carrier="zto", promised_at=moment(2 * DAY))
    count.event("parcel.damaged", DAY, order_id="o3", carrier="sf")
    for order in ("o1", "o2", "o3", "unknown"):
        count.event("review.posted", DAY + HOUR, feedback_id=order, order_id=order, score=1)
    count.event("review.posted", DAY + HOUR, feedback_id="good", order_id="o1", score=5)

    assert count.total(DENOMINATOR) == 3
    assert (count.total(NUMERATOR, "carrier=zto"), count.total(DENOMINATOR, "carrier=zto")) == (1, 2)
    assert (count.total(NUMERATOR, "carrier=sf"), count.total(DENOMINATOR, "carrier=sf")) == (1, 1)
    assert reading(count.cases, CATALOGUE.metrics).unknown["reviews_from_delivery"] == 1


@pytest.mark.parametrize("said_first", ["courier", "shop"])
def test_a_date_told_two_days_before_the_couriers_is_a_contradiction(said_first: str) -> None:
    told, courier = (2 * HOUR, HOUR) if said_first == "courier" else (HOUR, 2 * HOUR)
    count = Count("eta_contradicted")
    count.event("promise.made", told, order_id="o1", kind="delivery", queue="q", eta=moment(12 * DAY))
    count.event("parcel.scanned", courier, order_id="o1", carrier="zto", eta=moment(14 * DAY))

    for scope in ("", "carrier=zto", "queue=q"):
        assert (count.total(NUMERATOR, scope), count.total(DENOMINATOR, scope)) == (1, 1)


def test_a_date_that_the_courier_moves_after_the_call_is_no_contradiction() -> None:
    count = Count("eta_contradicted")
    count.event("parcel.scanned", 0, order_id="o1", carrier="zto", eta=moment(12 * DAY))
    count.event("consultation.closed", HOUR, order_id="o1", queue="q", eta=moment(12 * DAY))
    count.event("parcel.eta_changed", 2 * HOUR, order_id="o1", carrier="zto", eta=moment(14 * DAY))

    assert (count.total(NUMERATOR), count.total(DENOMINATOR, "carrier=zto")) == (0, 1)


@pytest.mark.parametrize("tells", [True, False])
def test_a_promise_is_kept_in_time_to_the_second(tells: bool) -> None:
    count = Count("promises_kept")
    due = {"due_at": moment(12 * HOUR)}
    for promise in ("in time", "late", "never", "withdrawn"):
        count.event("promise.made", HOUR, promise_id=promise, kind="callback", **due)
    later = due if tells else {}
    count.event("promise.kept", 12 * HOUR - 1, promise_id="in time", kind="callback", **later)
    count.event("promise.kept", 12 * HOUR + 1, promise_id="late", kind="callback", **later)
    count.event("promise.withdrawn", 2 * HOUR, promise_id="withdrawn", kind="callback", **later)

    assert count.slots(DENOMINATOR, "kind=callback") == {12 * HOUR: 4}
    assert count.slots(NUMERATOR, "kind=callback") == {12 * HOUR: 2}
    if tells:
        assert count.slots(EXPOSURE, "kind=callback") == {12 * HOUR: 1}


def test_a_return_is_counted_where_it_was_bought_and_where_it_was_brought_back() -> None:
    count = Count("returns_by_channel")
    count.event("order.paid", 0, order_id="o1", channel="app")
    count.event("refund.requested", DAY, order_id="o1", refund_id="r1", channel="store", return_channel="store")

    assert count.total(NUMERATOR, "channel=app+return_channel=store") == 1
    assert count.total(NUMERATOR, "channel=store+return_channel=store") == 0
    assert count.total(DENOMINATOR, "channel=app") == 1


@pytest.mark.parametrize(("collected", "leg"), [(2 * DAY + 2 * HOUR, "shop"), (DAY - HOUR, "carrier")])
def test_who_had_a_late_parcel_too_long_is_accountable(collected: int, leg: str) -> None:
    count = Count("late_by_leg")
    promised = {"promised_at": moment(5 * DAY)}
    count.event("parcel.collected", collected, parcel_id="p1", carrier="zto", paid_at=moment(0), **promised)
    count.event("parcel.delivered", 5 * DAY + 2 * HOUR, parcel_id="p1", carrier="zto", **promised)

    assert count.total(NUMERATOR, f"leg={leg}+carrier=zto") == 1
    assert count.total(NUMERATOR) == 1
    assert count.total(DENOMINATOR, "carrier=zto") == 1


def test_what_names_no_case_is_not_counted_and_said() -> None:
    count = Count("returns_by_channel")
    count.event("refund.requested", 0, refund_id="r1", order_id="", return_channel="store")

    assert count.total(NUMERATOR) == 0
    assert count.without_case["refund.requested", "order_id"] == 1


def test_customers_who_buy_again_within_thirty_days_are_not_lost() -> None:
    count = Count("lost_after_delivery")
    for customer, promised in (("c1", HOUR), ("c2", HOUR), ("c3", 3 * DAY)):
        count.event("parcel.delivered", DAY, customer=customer, carrier="zto", promised_at=moment(promised))
    count.event("order.paid", 20 * DAY, customer="c2")

    assert (count.total(NUMERATOR, "delivery=late"), count.total(DENOMINATOR, "delivery=late")) == (1, 2)
    assert (count.total(NUMERATOR, "delivery=in_time"), count.total(DENOMINATOR, "delivery=in_time")) == (1, 1)
    assert count.slots(NUMERATOR, "carrier=zto") == {31 * DAY: 2}


def test_a_detractor_who_is_answered_within_two_days_is_closed() -> None:
    count = Count("detractors_closed")
    count.event("survey.answered", 0, feedback_id="a", kind="nps", score=3, store="s1")
    count.event("review.posted", 0, feedback_id="b", score=1, store="s1")
    count.event("review.posted", 0, feedback_id="c", score=5, store="s1")
    count.event("feedback.closed", HOUR, feedback_id="a").event("feedback.closed", HOUR, feedback_id="c")
    count.event("feedback.closed", 2 * DAY + 1, feedback_id="b")

    assert (count.total(NUMERATOR, "store=s1"), count.total(DENOMINATOR, "store=s1")) == (1, 2)


def test_the_way_through_the_checkout_is_counted_step_by_step() -> None:
    count = Count("checkout_step")
    for at, kind, step in ((0, "checkout.started", "address"), (60, "checkout.step", "payment")):
        count.event(kind, at, session_id="s1", step=step)
    count.event("checkout.completed", 700, session_id="s1", step="done")

    assert (count.total(NUMERATOR, "step=address"), count.total(DENOMINATOR, "step=address")) == (1, 1)
    assert (count.total(NUMERATOR, "step=payment"), count.total(DENOMINATOR, "step=payment")) == (0, 1)


def test_touchpoints_before_an_order_are_counted() -> None:
    count = Count("touchpoints_before_order")
    for number in range(3):
        count.event("page.viewed", number, session_id=f"v{number}", customer="c1")
    count.event("consultation.opened", 60, customer="c1")
    count.event("order.paid", HOUR, order_id="o1", customer="c1", channel="app")
    count.event("order.paid", HOUR, order_id="o2", customer="c2", channel="app")

    assert count.total(NUMERATOR, "channel=app") == 4 * 1000  # thousandths
    assert count.total(DENOMINATOR, "channel=app") == 2
    assert count.total(SQUARES_LOW, "channel=app") == 4_000**2


def test_an_order_with_a_claim_and_a_bad_review_is_one_defect() -> None:
    count = Count("order_defect_rate")
    for order in ("o1", "o2", "o3"):
        count.event("order.paid", 0, order_id=order, store="s1")
    count.event("dispute.opened", DAY, dispute_id="d1", order_id="o1", store="s1")
    count.event("review.posted", 2 * DAY, feedback_id="f1", order_id="o1", score=1, store="s1")
    count.event("review.posted", 2 * DAY, feedback_id="f2", order_id="o2", score=2, store="s1")

    assert (count.total(NUMERATOR, "store=s1"), count.total(DENOMINATOR, "store=s1")) == (2, 3)


def test_the_order_in_which_the_topics_are_read_changes_nothing() -> None:
    found = []
    for topics in itertools.permutations(["consultations", "logistics", "orders", "aftersales"]):
        count = Count("eta_contradicted")
        count.event("promise.made", HOUR, order_id="o1", kind="delivery", queue="q", eta=moment(12 * DAY))
        count.event("parcel.scanned", 2 * HOUR, order_id="o1", carrier="zto", eta=moment(14 * DAY))
        count.event("order.paid", 0, order_id="o1").event("refund.requested", DAY, order_id="o1")
        count.topics = topics
        found.append(count.cells())

    assert all(cells == found[0] for cells in found)
    assert found[0]


def test_a_case_is_closed_in_time_by_its_own_deadline() -> None:
    count = Count("cases_closed_in_time")
    due = moment(DAY)
    for case in ("a", "b", "c"):
        count.event("case.opened", 0, case_id=case, kind="ticket", due_at=due)
    count.event("case.closed", HOUR, case_id="a", kind="ticket", due_at=due)
    count.event("case.closed", HOUR, case_id="b", kind="ticket")
    count.event("case.closed", 2 * DAY, case_id="c", kind="ticket", due_at=due)

    assert count.slots(DENOMINATOR, "kind=ticket") == {DAY: 3}
    assert count.slots(NUMERATOR, "kind=ticket") == {DAY: 2}
    assert count.slots(EXPOSURE, "kind=ticket") == {2 * DAY: 1}


def test_a_case_that_is_handed_on_twice_or_opened_again_twice_counts_once() -> None:
    handed, reopened = Count("case_handed_over"), Count("case_reopened")
    for at in (HOUR, 2 * HOUR):
        handed.event("case.handed_over", at, case_id="a", queue="q")
        reopened.event("case.reopened", at, case_id="a", queue="q")
    handed.event("case.opened", 0, case_id="a", queue="q")
    reopened.event("case.closed", 0, case_id="a", queue="q")

    assert (handed.total(NUMERATOR, "queue=q"), handed.total(DENOMINATOR, "queue=q")) == (1, 1)
    assert (reopened.total(NUMERATOR, "queue=q"), reopened.total(DENOMINATOR, "queue=q")) == (1, 1)


def test_the_time_of_a_case_in_a_state_is_that_since_the_state_before() -> None:
    count = Count("case_state_time")
    count.event("case.opened", 0, case_id="a", queue="q")
    count.event("case.state_changed", HOUR, case_id="a", queue="q")
    count.event("case.closed", HOUR + 120, case_id="a", queue="q")
    borders = edges(*count.metric.bins)

    for seconds in (HOUR, 120):
        bin_of = sum(border <= seconds for border in borders)
        assert count.total(bin_of, "queue=q") == 1


def test_a_return_takes_from_its_request_to_the_refund() -> None:
    count = Count("return_time")
    count.event("refund.requested", 0, refund_id="r1", return_channel="store")
    count.event("refund.completed", 2 * DAY, refund_id="r1", return_channel="store")
    count.event("refund.completed", 2 * DAY, refund_id="r2")  # nothing was brought back
    bin_of = sum(border <= 2 * DAY for border in edges(*count.metric.bins))

    assert count.slots(bin_of, "return_channel=store") == {2 * DAY: 1}
    assert sum(count.cells().values()) == 2  # in all, and by its channel


def test_complaints_about_people_are_told_apart_by_role_and_never_by_person() -> None:
    count = Count("complaints_of_people")
    count.event("complaint.opened", 0, feedback_id="a", role="courier")
    count.event("complaint.opened", 0, feedback_id="b", role="agent")
    count.event("complaint.opened", 0, feedback_id="c", role="warehouse")
    count.event("consultation.closed", 0, handled_by="human").event("consultation.closed", 0, handled_by="bot")
    count.event("parcel.delivered", 0)

    assert count.total(NUMERATOR, "role=courier") == 1
    assert (count.total(NUMERATOR), count.total(DENOMINATOR)) == (2, 2)


def test_who_asks_again_without_an_order_is_known_by_the_customer() -> None:
    count = Count("reached_again")
    for at in (0, HOUR, 30 * HOUR):
        count.event("consultation.opened", at, consultation_id=f"{at}", customer="c1", queue="q")
    count.event("consultation.opened", HOUR, consultation_id="o", customer="c1", order_id="o1", queue="q")
    count.event("consultation.opened", HOUR, consultation_id="x", queue="q")

    assert (count.total(NUMERATOR, "queue=q"), count.total(DENOMINATOR, "queue=q")) == (1, 3)


def test_an_unclear_answer_is_one_that_its_customer_calls_so() -> None:
    count = Count("unclear_answers")
    count.event("consultation.rated", 0, unclear=True, queue="q").event(
        "consultation.rated", 1, unclear=False, queue="q"
    )
    count.event("consultation.rated", 2, queue="q")

    assert (count.total(NUMERATOR, "queue=q"), count.total(DENOMINATOR, "queue=q")) == (1, 2)


@pytest.mark.parametrize(("answered", "counts"), [(HOUR, 1), (HOUR + 1, 0)])
def test_a_mention_is_answered_within_an_hour(answered: int, counts: int) -> None:
    count = Count("mentions_answered")
    count.event("mention.posted", 0, feedback_id="m", platform="weibo")
    count.event("mention.answered", answered, feedback_id="m", platform="weibo")

    assert count.slots(DENOMINATOR, "platform=weibo") == {HOUR: 1}
    assert count.total(NUMERATOR, "platform=weibo") == counts


def test_mentions_are_negative_by_their_sentiment() -> None:
    count = Count("negative_share")
    count.event("mention.posted", 0, sentiment="negative", platform="weibo")
    count.event("mention.posted", 1, sentiment="neutral", platform="weibo")

    assert (count.total(NUMERATOR, "platform=weibo"), count.total(DENOMINATOR, "platform=weibo")) == (1, 2)


def test_promoters_and_detractors_are_told_apart_by_touchpoint_and_stage() -> None:
    count = Count("nps_by_touchpoint")
    for number, score in enumerate((10, 3, 8)):
        about = {"touchpoint": "delivery", "stage": "after"}
        count.event("survey.answered", number, feedback_id=f"{number}", kind="nps", score=score, **about)
    count.event("survey.answered", 9, feedback_id="x", kind="nps", score=10)  # nobody says what about

    scope = "touchpoint=delivery+stage=after"
    assert [count.total(of, scope) for of in (NUMERATOR, EXPOSURE, DENOMINATOR)] == [1, 1, 3]
    assert count.total(DENOMINATOR) == 3
