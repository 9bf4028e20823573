"""Events on one time line, as data, as JSON and as text."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import orjson

from streams.events.customer import CustomerKey
from streams.journey.journey import journey_of, orders_of
from streams.journey.reading import JourneyReading, Stopped
from streams.journey.subject import Subject, SubjectFault, SubjectKind, mark_of, read_subject
from streams.journey.text import journey_lines
from streams.journey.view import journey_view
from tests.journey.support.told import at, told

ORDER = Subject(SubjectKind.ORDER, "O1")
CREATED = told("order.created", "1 09:50", order_id="O1", store="flagship", amount=129.9)
PAID = told("order.paid", "1 10:00", order_id="O1", payment_method="alipay")
COLLECTED = told("parcel.collected", "3 12:00", parcel_id="L1", order_id="O1", paid_at="1 10:00", promised_at="5 18:00")
DELIVERED = told("parcel.delivered", "5 20:00", parcel_id="L1", promised_at="5 18:00")
CLOSED = told("consultation.closed", "4 10:00", consultation_id="K1", order_id="O1", eta="5 18:00", handled_by="bot")
ALL = (DELIVERED, CLOSED, PAID, COLLECTED, CREATED)


def text(*events: object, now: str = "6 00:00") -> list[str]:
    return list(journey_lines(journey_of(events, at(now)), ZoneInfo("Asia/Shanghai")))  # type: ignore[arg-type]


def test_events_stand_in_the_order_of_their_time_with_the_time_since_the_one_before_of_their_case() -> None:
    steps = journey_of(ALL, at("6 00:00")).steps

    assert [(step.event.type, step.after_s) for step in steps] == [
        ("order.created", None),
        ("order.paid", 600),
        ("parcel.collected", None),
        ("consultation.closed", None),
        ("parcel.delivered", 56 * 3_600),
    ]


def test_events_of_one_moment_stand_in_their_usual_order() -> None:
    paid = told("order.paid", "1 09:50", order_id="O1")

    assert [step.event.type for step in journey_of([paid, CREATED], at("6 00:00")).steps] == [
        "order.created",
        "order.paid",
    ]


def test_an_event_that_names_no_order_has_that_of_its_parcel_unless_there_are_two() -> None:
    of_two = told("parcel.collected", "3 12:00", parcel_id="L1", order_id="O2")

    assert orders_of([COLLECTED, DELIVERED]) == ["O1", "O1"]
    assert orders_of([COLLECTED, of_two, DELIVERED]) == ["O1", "O2", ""]


def test_json_has_the_fields_of_events_with_their_kinds_and_times_in_utc() -> None:
    reading = JourneyReading(ALL, Stopped.COMPLETE, at("1 00:00"), at("6 00:00"), 17, left_out=True)
    view = orjson.loads(orjson.dumps(journey_view(ORDER, journey_of(ALL, at("6 00:00")), reading)))

    assert view["events"][0] == {
        "type": "order.created",
        "topic": "orders",
        "time": "2026-11-01T01:50:00.000Z",
        "case": "order_id",
        "after_s": None,
        "fields": [
            {"name": "order_id", "kind": "id", "value": "O1"},
            {"name": "store", "kind": "dimension", "value": "flagship"},
            {"name": "amount", "kind": "money", "value": 129.9},
        ],
    }
    assert {"name": "paid_at", "kind": "time", "value": "2026-11-01T02:00:00.000Z"} in view["events"][2]["fields"]
    assert (view["subject"], view["stopped"], view["cut_short"], view["left_out"]) == ("order", "complete", False, True)
    assert view["deadlines"][0]["due_at"] == "2026-11-02T02:00:00.000Z"
    assert [row["accountable"] for row in view["late"]] == ["shop"]
    assert view["told"][0]["eta"] == "2026-11-05T10:00:00.000Z"


def test_a_text_that_could_hold_anything_is_not_shown() -> None:
    assert "handled_by" in CLOSED.fields
    assert not {"customer", "subject"} & {name for event in ALL for name in event.fields}


def test_text_tells_the_time_line_and_then_what_became_of_what_was_due() -> None:
    lines = text(*ALL)

    assert lines[0] == "2026-11-01 09:50:00 +08:00  order.created  order_id=O1 store=flagship amount=129.9"
    assert lines[1] == "2026-11-01 10:00:00 +08:00  order.paid  (+10 min)  order_id=O1 payment_method=alipay"
    assert lines[5:7] == ["", "Deadlines and promises at 2026-11-06 00:00:00 +08:00"]
    assert lines[7] == (
        "  collection within 24 h O1: late, 1 d 2 h after it was due, due 2026-11-02 10:00:00 +08:00, "
        "parcel.collected 2026-11-03 12:00:00 +08:00"
    )
    assert "  promised delivery L1: late, 2 h after it was due, due 2026-11-05 18:00:00 +08:00, " in lines[9]
    assert lines[-1] == (
        "  parcel L1 came 2 h late; accountable: the shop (the shop's leg took 1 d 2 h too long, the carrier's leg "
        "took 1 d less than it had)"
    )
    assert "the courier's date is unknown" in lines[-2]


def test_text_says_what_is_missing() -> None:
    assert any(
        "missing: parcel.collected, promised_at" in line
        for line in text(told("parcel.delivered", "5 20:00", parcel_id="L1"))
    )
    assert any("whose leg is unknown, missing: order.paid, parcel.collected" in line for line in text(DELIVERED))


def test_a_terminal_gets_no_control_characters_of_an_event() -> None:
    (line,) = text(told("page.viewed", "1 10:00", session_id="S\x1b[2J", page="a\nb"))

    assert line.endswith("session_id=S\ufffd[2J page=a\ufffdb")


def test_a_subject_is_an_id_that_can_be_printed_or_a_hash() -> None:
    assert read_subject(SubjectKind.ORDER, "TB-1 号") == Subject(SubjectKind.ORDER, "TB-1 号")
    assert {read_subject(SubjectKind.ORDER, text) for text in ("", "x" * 201, "a\nb")} == {SubjectFault.ORDER}
    assert read_subject(SubjectKind.CUSTOMER, "0f" * 16).id == "0f" * 16  # type: ignore[union-attr]
    assert {read_subject(SubjectKind.CUSTOMER, text) for text in ("ana", "0F" * 16, "0f" * 17)} == {
        SubjectFault.CUSTOMER
    }


def test_the_mark_of_a_subject_does_not_reveal_it_and_tells_an_order_from_a_customer() -> None:
    key = CustomerKey(b"a secret of this shop")
    customer = Subject(SubjectKind.CUSTOMER, str(key.hashed("O1")))

    assert mark_of(ORDER, key) == mark_of(ORDER, key) != mark_of(customer, key)
    assert "O1" not in mark_of(ORDER, key)
    assert customer.id != mark_of(customer, key)
    assert mark_of(ORDER, CustomerKey()) == ""
