"""Whatever a record holds, it has exactly one outcome, and its neighbours are counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.cells.record import encode
from streams.events.dead_letter import Reason
from streams.events.vocabulary import SHIPPED
from streams.ingest.outcome import Outcome
from tests.ingest.records import NOON, make_batch, make_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.ingest.partition import IngestPartition

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
hostile_values = json_values | st.sampled_from(
    [1e308, -1e308, 10**400, float("nan"), float("inf"), "", "\ud800", "\udc00x", "0000-00-00T00:00:00Z", True, [], {}]
)
event_types = st.sampled_from(sorted(SHIPPED.types))


def to_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def good_data(event_type: str) -> dict[str, Any]:
    return {next(iter(SHIPPED.data[event_type].__struct_fields__)): "x"}


@st.composite
def twisted_events(draw: st.DrawFn) -> bytes:
    """An event of a listed type with one place overwritten, then perhaps cut or given a wrong byte."""
    kind = draw(event_types)
    event = make_event(kind, NOON, draw(st.text(max_size=3)), good_data(kind))
    target = draw(st.sampled_from([event, event["data"]]))
    names = sorted(
        {*target, *(SHIPPED.data[kind].__struct_fields__ if target is event["data"] else ["subject", "new"])}
    )
    target[draw(st.sampled_from(names))] = draw(hostile_values)
    value = to_bytes(event)
    cut = draw(st.integers(-len(value), len(value)))
    value = value[:cut] if draw(st.booleans()) else value
    if draw(st.booleans()):
        at = draw(st.integers(0, len(value)))
        value = value[:at] + draw(st.sampled_from([b"\xff", b"\x00", b"\xed\xa0\x80", b'"', b"{"])) + value[at:]
    return value


def feed_between_neighbours(make: Callable[..., IngestPartition], topic: str, value: bytes | None) -> IngestPartition:
    ingest = make(topic)
    kind = next(name for name in SHIPPED.types if SHIPPED.topic_of[name] == topic)
    neighbours = [make_event(kind, NOON, f"neighbour {n}", good_data(kind)) for n in range(2)]
    ingest.feed(make_batch([neighbours[0], value, neighbours[1]], topic))
    return ingest


def assert_one_outcome_and_good_neighbours(ingest: IngestPartition) -> None:
    counted = ingest.outcomes[Outcome.COUNTED]
    flush = ingest.take_flush(2)

    assert sum(ingest.outcomes.values()) == 3
    assert 2 <= counted <= 3
    assert ingest.outcomes[Outcome.DEAD_LETTER] == len(flush.dead_letters)
    assert all(encode(record) for record in flush.records.values())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.binary(max_size=60) | json_values.map(to_bytes), topic=st.sampled_from(["orders", "visits"]))
def test_any_json_and_any_bytes_have_one_outcome(
    partition: Callable[..., IngestPartition], value: bytes, topic: str
) -> None:
    assert_one_outcome_and_good_neighbours(feed_between_neighbours(partition, topic, value))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=twisted_events(), topic=st.sampled_from(sorted(set(SHIPPED.topic_of.values()))))
def test_an_event_with_a_wrong_place_has_one_outcome(
    partition: Callable[..., IngestPartition], value: bytes, topic: str
) -> None:
    assert_one_outcome_and_good_neighbours(feed_between_neighbours(partition, topic, value))


PAID = make_event("order.paid")
NESTED = b"[" * 200_000 + b"]" * 200_000


def with_data(**fields: Any) -> dict[str, Any]:
    return {**PAID, "data": {**PAID["data"], **fields}}


def raw(old: str, new: bytes, event: dict[str, Any] | None = None) -> bytes:
    return to_bytes(event or PAID).replace(to_bytes(old), new)


DEAD = {
    "empty": (b"", Reason.NOT_JSON),
    "truncated": (to_bytes(PAID)[:-1], Reason.NOT_JSON),
    "trailing": (to_bytes(PAID) + b"x", Reason.NOT_JSON),
    "two documents": (to_bytes(PAID) * 2, Reason.NOT_JSON),
    "byte order mark": (b"\xef\xbb\xbf" + to_bytes(PAID), Reason.NOT_JSON),
    "utf-16": (json.dumps(PAID).encode("utf-16"), Reason.NOT_JSON),
    "bad utf-8 in a field that is read": (raw("/test", b'"/\xff"'), Reason.NOT_JSON),
    "bad utf-8 in a field that is not": (raw("?", b'"\xff"', with_data(new="?")), Reason.NOT_JSON),
    "surrogate in utf-8": (raw("?", b'"\xed\xa0\x80"', with_data(region="?")), Reason.NOT_JSON),
    "lone surrogate": (raw("?", b'"\\ud800"', with_data(region="?")), Reason.NOT_JSON),
    "lone low surrogate": (raw("?", b'"\\udc00"', with_data(region="?")), Reason.NOT_JSON),
    "NaN": (raw("?", b"NaN", with_data(amount="?")), Reason.NOT_JSON),
    "nested in an unknown field": (raw("?", NESTED, with_data(new="?")), Reason.NOT_JSON),
    "nested": (NESTED, Reason.NOT_JSON),
    "nested and open": (b"[" * 100_000, Reason.NOT_JSON),
    "nested objects": (b'{"a":' * 100_000, Reason.NOT_JSON),
    "a list": (b"[1]", Reason.NOT_CLOUDEVENT),
    "a number": (b"1", Reason.NOT_CLOUDEVENT),
    "an empty object": (b"{}", Reason.NOT_CLOUDEVENT),
    "no id": (to_bytes({k: v for k, v in PAID.items() if k != "id"}), Reason.NOT_CLOUDEVENT),
    "no type": (to_bytes({k: v for k, v in PAID.items() if k != "type"}), Reason.NOT_CLOUDEVENT),
    "empty id": (to_bytes({**PAID, "id": ""}), Reason.NOT_CLOUDEVENT),
    "empty source": (to_bytes({**PAID, "source": ""}), Reason.NOT_CLOUDEVENT),
    "id is a number": (to_bytes({**PAID, "id": 5}), Reason.NOT_CLOUDEVENT),
    "type is a list": (to_bytes({**PAID, "type": []}), Reason.NOT_CLOUDEVENT),
    "specversion 0.3": (to_bytes({**PAID, "specversion": "0.3"}), Reason.NOT_CLOUDEVENT),
    "specversion is a number": (to_bytes({**PAID, "specversion": 1.0}), Reason.NOT_CLOUDEVENT),
    "subject is a number": (to_bytes({**PAID, "subject": 1}), Reason.NOT_CLOUDEVENT),
    "unlisted type, wrong time": (to_bytes({**PAID, "type": "x", "time": "soon"}), Reason.NOT_CLOUDEVENT),
    "no time": (to_bytes({k: v for k, v in PAID.items() if k != "time"}), Reason.MISSING_ATTRIBUTE),
    "no data": (to_bytes({k: v for k, v in PAID.items() if k != "data"}), Reason.MISSING_ATTRIBUTE),
    "no order_id": (to_bytes({**PAID, "data": {"region": "zhejiang"}}), Reason.MISSING_ATTRIBUTE),
    "time is not a time": (to_bytes({**PAID, "time": "yesterday"}), Reason.WRONG_FIELD),
    "time without an offset": (to_bytes({**PAID, "time": "2025-11-10T12:00:00"}), Reason.WRONG_FIELD),
    "time is a number": (to_bytes({**PAID, "time": NOON}), Reason.WRONG_FIELD),
    "data is a list": (to_bytes({**PAID, "data": []}), Reason.WRONG_FIELD),
    "order_id is null": (to_bytes(with_data(order_id=None)), Reason.WRONG_FIELD),
    "region is a number": (to_bytes(with_data(region=33)), Reason.WRONG_FIELD),
    "amount is text": (to_bytes(with_data(amount="129.90")), Reason.WRONG_FIELD),
    "amount is beyond the shop": (to_bytes(with_data(amount=1e300)), Reason.WRONG_FIELD),
    "amount is beyond a double": (raw("?", b"1e999", with_data(amount="?")), Reason.WRONG_FIELD),
    "amount has 500 digits": (raw("?", b"9" * 500, with_data(amount="?")), Reason.WRONG_FIELD),
    "shipped is a number": (to_bytes(with_data(shipped=1)), Reason.WRONG_FIELD),
    "created_at is not a time": (to_bytes(with_data(created_at="2025-02-29T00:00:00Z")), Reason.WRONG_FIELD),
    "more than 5 minutes ahead": (to_bytes(make_event("order.paid", NOON + 300_001)), Reason.FROM_THE_FUTURE),
    "unlisted and ahead": (to_bytes(make_event("x", NOON + 300_001)), Reason.FROM_THE_FUTURE),
}


@pytest.mark.parametrize("name", DEAD)
def test_a_dead_letter_has_its_reason_and_goes_on_unchanged(
    partition: Callable[..., IngestPartition], name: str
) -> None:
    value, reason = DEAD[name]

    ingest = feed_between_neighbours(partition, "orders", value)

    (letter,) = ingest.take_flush(2).dead_letters
    assert (reason, "orders", 0, 1) == (letter.reason, letter.topic, letter.partition, letter.offset)
    assert value == letter.value
    assert ingest.outcomes[Outcome.COUNTED] == 2


IGNORED = {
    "tombstone": None,
    "unlisted type": {**PAID, "type": "order.archived"},
    "type of another topic": make_event("parcel.scanned", data={"parcel_id": "1"}),
    "unlisted type with any data": {**PAID, "type": "x", "data": [1, {"order_id": 5}]},
    "unlisted type without time or data": {"specversion": "1.0", "id": "1", "source": "/a", "type": "x"},
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_not_for_us_is_ignored(partition: Callable[..., IngestPartition], name: str) -> None:
    ingest = partition()

    assert ingest.feed(make_batch([IGNORED[name]])) == []
    assert ingest.outcomes[Outcome.IGNORED] == 1


COUNTED = {
    "a megabyte of an unknown field": with_data(new="x" * 1_000_000),
    "a megabyte of an order_id": with_data(order_id="x" * 1_000_000),
    "null for what may be absent": {**with_data(region=None, amount=None, created_at=None), "subject": None},
    "unknown fields and attributes": {**with_data(new=[1, {"a": None}]), "traceparent": "00-1", "partitionkey": 5},
    "an emoji": with_data(region="😀"),
    "exactly 5 minutes ahead": make_event("order.paid", NOON + 300_000),
    "lower case t and z": {**PAID, "time": "2025-11-10t04:00:00z"},
}


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_right_is_counted(partition: Callable[..., IngestPartition], name: str) -> None:
    ingest = feed_between_neighbours(partition, "orders", to_bytes(COUNTED[name]))

    assert ingest.outcomes[Outcome.COUNTED] == 3
    assert_one_outcome_and_good_neighbours(ingest)


def test_the_detail_of_a_dead_letter_names_the_place_and_no_value(partition: Callable[..., IngestPartition]) -> None:
    secrets = [
        {**PAID, "specversion": "Zhang San"},
        with_data(amount="Zhang San"),
        with_data(created_at="Zhang San"),
        {**PAID, "time": "Zhang San"},
        {**PAID, "data": {"Zhang San": 1}},
    ]

    letters = partition().feed(make_batch(secrets))

    assert [letter.detail.split(" ")[0] for letter in letters] == [
        "$.specversion",
        "$.data.amount",
        "$.data.created_at",
        "$.time",
        "$.data.order_id",
    ]
    assert not any("Zhang" in letter.detail for letter in letters)


def test_a_record_without_a_timestamp_is_never_from_the_future(partition: Callable[..., IngestPartition]) -> None:
    ingest = partition()

    ingest.feed(make_batch([PAID], timestamp=-1))

    assert ingest.outcomes[Outcome.COUNTED] == 1
