"""Customers are known by their hash only."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events.customer import Customer, CustomerKey
from streams.events.dead_letter import Reason, Rejection
from streams.events.decoder import TopicDecoder
from streams.events.vocabulary import SHIPPED
from tests.ingest.records import make_event

KEY = CustomerKey(b"a key of this installation")


def paid(customer: object) -> bytes:
    return json.dumps(make_event("order.paid", data={"order_id": "TB1", "customer": customer})).encode()


@pytest.mark.parametrize("kind", SHIPPED.types)
def test_every_type_of_event_may_name_its_customer(kind: str) -> None:
    assert "customer" in SHIPPED.fields[kind]
    assert "customer" not in SHIPPED.dimensions[kind]


def test_a_decoded_event_holds_the_hash_and_never_the_text() -> None:
    event = TopicDecoder("orders", customers=KEY).decode(paid("wang.li@example.com"))

    assert event.data.customer == KEY.hashed("wang.li@example.com")  # type: ignore[attr-defined]
    assert "wang" not in repr(event)


def test_without_a_key_nobody_is_known() -> None:
    event = TopicDecoder("orders").decode(paid("C-1029"))

    assert event.data.customer == ""  # type: ignore[attr-defined]


def test_a_customer_that_is_no_text_is_a_wrong_field() -> None:
    found = TopicDecoder("orders", customers=KEY).explain(paid(1029))

    assert isinstance(found, Rejection)
    assert (found.reason, found.detail) == (Reason.WRONG_FIELD, "$.data.customer has the wrong type or range")


@given(st.text(), st.text())
def test_equal_customers_have_equal_hashes_and_others_do_not(one: str, other: str) -> None:
    assert (KEY.hashed(one) == KEY.hashed(other)) is (one == other)
    assert isinstance(KEY.hashed(one), Customer)


def test_another_key_gives_other_hashes_and_another_fingerprint() -> None:
    other = CustomerKey(b"a key of another installation")

    assert KEY.hashed("C-1029") != other.hashed("C-1029")
    assert KEY.fingerprint != other.fingerprint
    assert CustomerKey().fingerprint == ""


@pytest.mark.parametrize("length", [1, 15, 65])
def test_a_key_that_is_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        CustomerKey(b"k" * length)
