"""Which events belong to a journey."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson
import pytest

from streams.events.customer import CustomerKey
from streams.events.decoder import TopicDecoder
from streams.events.vocabulary import SHIPPED
from streams.journey.membership import MOST_CASES, Membership
from streams.journey.subject import Subject, SubjectKind

ORDER = Subject(SubjectKind.ORDER, "O1")
KEY = CustomerKey(b"a secret of this shop")
ANA = Subject(SubjectKind.CUSTOMER, str(KEY.hashed("ana")))


def members(subject: Subject = ORDER, sees: Any = lambda _: True) -> Membership:
    return Membership(subject, SHIPPED, sees)


def record(kind: str, name: str = "1", **data: Any) -> bytes:
    return orjson.dumps(
        {
            "type": kind,
            "id": name,
            "source": "/test",
            "specversion": "1.0",
            "time": "2026-11-01T10:00:00Z",
            "data": data,
        }
    )


def take(found: Membership, kind: str, name: str = "1", **data: Any) -> bool:
    topic = SHIPPED.topic_of[kind]
    return found.take(TopicDecoder(topic, SHIPPED, KEY).decode(record(kind, f"{kind}-{name}", **data)), topic)


def test_an_event_that_names_the_order_belongs_to_it_and_one_that_names_another_does_not() -> None:
    found = members()

    assert take(found, "order.paid", order_id="O1")
    assert not take(found, "order.paid", "2", order_id="O2")
    assert not take(found, "order.paid", "3", order_id="O11")
    assert [event.fields["order_id"] for event in found.events] == ["O1"]


def test_a_scan_that_names_no_order_belongs_to_that_of_its_parcel() -> None:
    found = members()

    assert not take(found, "parcel.scanned", parcel_id="L1")
    assert take(found, "parcel.collected", parcel_id="L1", order_id="O1")
    assert take(found, "parcel.scanned", parcel_id="L1")
    assert not take(found, "parcel.scanned", "2", parcel_id="L2")
    assert not take(found, "parcel.scanned", "3", parcel_id="L1", order_id="O2")


def test_the_name_of_a_parcel_is_not_that_of_a_consultation() -> None:
    found = members()
    take(found, "parcel.collected", parcel_id="7", order_id="O1")

    assert not take(found, "consultation.opened", consultation_id="7")


def test_a_promise_that_was_made_in_a_consultation_leads_to_its_keeping() -> None:
    found = members()
    take(found, "consultation.opened", consultation_id="K1", order_id="O1")

    assert take(found, "promise.made", promise_id="P1", consultation_id="K1")
    assert take(found, "promise.kept", promise_id="P1")


def test_a_copy_counts_once() -> None:
    found = members()
    take(found, "order.paid", order_id="O1")

    assert not take(found, "order.paid", order_id="O1")
    assert len(found.events) == 1


def test_a_customer_is_found_by_the_hash_and_leads_to_orders_and_their_parcels() -> None:
    found = members(ANA)

    assert take(found, "order.created", order_id="O1", customer="ana")
    assert not take(found, "order.created", "2", order_id="O2", customer="bob")
    assert take(found, "order.paid", order_id="O1")
    assert take(found, "parcel.collected", order_id="O1", parcel_id="L1")
    assert take(found, "parcel.scanned", parcel_id="L1")
    assert not take(found, "order.cancelled", order_id="O1", customer="bob")


def test_no_hash_of_a_customer_is_kept_with_an_event() -> None:
    found = members(ANA)
    take(found, "order.created", order_id="O1", customer="ana")

    assert ANA.id not in repr(found.events)


def test_without_a_key_nobody_is_a_customer() -> None:
    found = members(ANA)
    event = TopicDecoder("orders", SHIPPED).decode(record("order.created", order_id="O1", customer="ana"))

    assert not found.take(event, "orders")


def test_a_quick_look_passes_over_records_of_others_only() -> None:
    found = members()
    take(found, "parcel.collected", parcel_id="L1", order_id="O1")

    assert found.may_hold(record("order.paid", order_id="O1"))
    assert found.may_hold(record("parcel.scanned", parcel_id="L1"))
    assert found.may_hold(rb'{"order_id":"\u004f1"}')  # JSON may write any sign so
    assert not found.may_hold(record("order.paid", order_id="O2"))
    assert members(ANA).may_hold(record("order.paid", order_id="O2"))


@pytest.mark.parametrize(
    ("value", "nobodys"),
    [(b'{"order_id" : "O2"}', False), (b'{"order_id":null}', True), (b'{"order_id":""}', True), (b"{}", True)],
)
def test_a_record_without_an_order_must_be_looked_at_again_for_its_case(value: bytes, nobodys: bool) -> None:
    assert members().names_nobody(value) is nobodys


def test_cases_that_became_known_are_unsettled_until_all_is_looked_at_again() -> None:
    found = members()
    assert not found.unsettled

    take(found, "parcel.collected", parcel_id="L1", order_id="O1")
    assert found.unsettled

    found.settle()
    assert not found.unsettled


def test_what_is_not_seen_tells_nothing_but_that_it_is_there() -> None:
    found = members(sees=lambda scope: scope.get("store") == "a")

    assert not take(found, "parcel.collected", parcel_id="L1", order_id="O1", store="b")
    assert not take(found, "parcel.scanned", parcel_id="L1", store="a")
    assert (found.events, found.left_out) == ([], True)
    assert take(found, "order.paid", order_id="O1", store="a")


def test_only_so_many_cases_are_followed() -> None:
    found = members()
    for number in range(MOST_CASES + 1):
        take(found, "parcel.collected", str(number), parcel_id=f"L{number}", order_id="O1")

    assert found.crowded
    assert not take(found, "parcel.scanned", parcel_id=f"L{MOST_CASES}")
    assert take(found, "parcel.scanned", parcel_id="L1")


def test_an_order_asks_all_types_that_may_name_it_or_its_cases_and_a_customer_all_that_name_one() -> None:
    topics = {SHIPPED.topic_of[kind] for kind in members().types if kind in SHIPPED.topic_of}

    assert {"orders", "logistics", "consultations", "aftersales", "feedback"} <= topics
    assert {"page.viewed", "order.paid"} <= members(ANA).types


def test_a_time_that_is_none_leaves_an_event_out() -> None:
    found = members()
    event = TopicDecoder("orders", SHIPPED).decode(record("order.paid", order_id="O1"))

    assert not found.take(msgspec.structs.replace(event, time="yesterday"), "orders")
