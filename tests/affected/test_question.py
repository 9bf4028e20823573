"""Which events an anomaly is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from streams.affected.question import Question, parts_of, question_about
from streams.catalogue.load import load
from streams.catalogue.term import Term
from streams.events.long_text import shortened
from streams.events.vocabulary import SHIPPED
from tests.support.sample_anomaly import sample_anomaly

BY_NAME = load().by_name
START = 1_794_326_400_000
MINUTE = 60_000


def parts(question: Question, kind: str, time: int = START, topic: str = "orders", **data: Any) -> tuple[str, ...]:
    return parts_of(question, topic, kind, time, msgspec.convert({"order_id": "TB1"} | data, SHIPPED.data[kind]))


def asked(metric: str, **scope: str) -> Question:
    return Question(BY_NAME[metric], scope, START, START + 5 * MINUTE)


def test_a_failed_payment_belongs_to_the_denominator_and_one_that_succeeds_to_both() -> None:
    question = asked("payment_success", payment_method="alipay")

    assert parts(question, "order.paid", payment_method="alipay") == ("numerator", "denominator")
    assert parts(question, "order.payment_failed", payment_method="alipay") == ("denominator",)
    assert parts(question, "order.payment_failed", payment_method="wechat") == ()
    assert parts(question, "order.payment_failed") == ()
    assert parts(question, "order.created", payment_method="alipay") == ()


@pytest.mark.parametrize(("offset", "inside"), [(-1, False), (0, True), (5 * MINUTE - 1, True), (5 * MINUTE, False)])
def test_the_time_is_half_open(offset: int, inside: bool) -> None:
    assert bool(parts(asked("orders_created"), "order.created", START + offset)) is inside


def test_an_order_whose_collection_is_overdue_counts_for_its_deadline() -> None:
    metric = next(metric for metric in BY_NAME.values() if metric.name == "collection_24h")
    question = Question(metric, {}, START, START + MINUTE)
    day = 86_400_000

    assert "denominator" in parts(question, "order.paid", START - day)
    assert parts(question, "order.paid", START) == ()
    assert question.records_from <= START - day - 5 * MINUTE


@pytest.mark.parametrize(("hours", "found"), [(25, ("numerator", "denominator")), (24, ("denominator",)), (None, ())])
def test_a_date_that_slipped_by_more_than_a_day_belongs_to_the_numerator(
    hours: int | None, found: tuple[str, ...]
) -> None:
    eta = None if hours is None else datetime.fromtimestamp(START / 1000 + hours * 3_600, UTC).isoformat()
    first = datetime.fromtimestamp(START / 1000, UTC).isoformat()
    told = {"parcel_id": "P1", "first_eta": first, "eta": eta}

    assert parts(asked("eta_slip_24h"), "parcel.eta_changed", topic="logistics", **told) == found


def test_an_order_paid_belongs_to_the_revenue_by_what_the_catalogue_has_written() -> None:
    assert parts(asked("revenue_paid"), "order.paid", amount=10) == ("numerator",)


@pytest.mark.parametrize(
    ("kind", "scope", "name"),
    [
        ("payment.started", "payment_method", "order_id"),
        ("message.received", "intent", "consultation_id"),
        ("promise.made", "role", "promise_id"),
        ("notice.sent", "status", "parcel_id"),
        ("case.closed", "state", "case_id"),
        ("complaint.opened", "role", "feedback_id"),
        ("feedback.closed", "kind", "feedback_id"),
        ("refund.completed", "return_channel", "refund_id"),
        ("survey.answered", "touchpoint", "feedback_id"),
    ],
)
def test_what_happens_around_an_order_names_it(kind: str, scope: str, name: str) -> None:
    counted = msgspec.structs.replace(
        BY_NAME["orders_created"], numerator=(Term(events=(kind,)),), scopes=((), (scope,))
    )
    data = msgspec.convert({name: "TB1", "order_id": "TB1", scope: "this"}, SHIPPED.data[kind])
    topic = SHIPPED.topic_of[kind]

    assert parts_of(Question(counted, {scope: "this"}, START, START + 1), topic, kind, START, data) == ("numerator",)
    assert parts_of(Question(counted, {scope: "that"}, START, START + 1), topic, kind, START, data) == ()
    assert Question(counted, {}, START, START + 1).topics == (topic,)
    assert data.order_id == "TB1"  # type: ignore[attr-defined] - the struct is made at run time


def test_a_missing_dimension_counts_as_empty() -> None:
    assert parts(asked("orders_created", region=""), "order.created") == ("numerator",)


def test_an_event_with_a_name_that_is_too_long_belongs_to_the_anomaly_of_its_cut_name() -> None:
    question = asked("orders_created", region=shortened("x" * 10_000))

    assert parts(question, "order.created", region="x" * 10_000) == ("numerator",)
    assert parts(question, "order.created", region="x" * 10_001) == ()


def test_the_topic_is_a_dimension_too() -> None:
    question = asked("events_received", topic="orders")

    assert question.topics == ("orders",)
    assert parts(question, "order.created") == ("numerator",)
    assert parts(question, "order.created", topic="visits") == ()


def test_a_forecast_is_about_the_deadlines_of_the_next_two_hours_too() -> None:
    open_one = sample_anomaly("2026-11-11T00:00:00+08:00", "2026-11-11T00:01:00+08:00", window_s=300)
    question = question_about(open_one, BY_NAME["collection_due_soon"], START + 7 * MINUTE)

    assert question.ends == START + 7 * MINUTE + 120 * MINUTE
    assert parts(question, "order.paid", time=question.ends - 86_400_000 - 1) == ("denominator",)
    assert parts(question, "order.paid", time=question.ends - 86_400_000) == ()


def test_deadlines_in_service_hours_go_by_the_service() -> None:
    term = msgspec.structs.replace(BY_NAME["collection_24h"].denominator[0], plus_s=0, plus_service_s=3_600)
    metric = msgspec.structs.replace(BY_NAME["collection_24h"], denominator=(term,), scopes=((),))
    question = Question(metric, {}, START, START + MINUTE, service=lambda ms, seconds: ms + 2 * seconds * 1000)

    assert parts(question, "order.paid", time=START - 7_200_000) == ("denominator",)
    assert parts(question, "order.paid", time=START - 3_600_000) == ()


def test_it_is_asked_from_a_window_before_the_beginning_until_the_end_or_now() -> None:
    still_open = sample_anomaly("2026-11-11T00:00:00+08:00", "2026-11-11T00:01:00+08:00", window_s=300)
    ended = msgspec.structs.replace(still_open, ended_at="2026-11-11T00:10:00+08:00")
    metric = BY_NAME["payment_success"]
    begins = 1_794_326_400_000 - 5 * MINUTE

    assert question_about(still_open, metric, START + 7 * MINUTE) == Question(metric, {}, begins, START + 7 * MINUTE)
    assert question_about(ended, metric, START + 70 * MINUTE).ends == START + 10 * MINUTE
