"""Decoding only what is read gives the events that decoding everything gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.mapping.failure import MappingError
from streams.mapping.place import Place
from streams.mapping.shape import narrow_decoder
from tests.mapping.support.expressions import expressions, json_values
from tests.mapping.support.shop import mapper, order, rule

if TYPE_CHECKING:
    from streams.mapping.mapper import RecordMapper


def outcome(one: RecordMapper, record: bytes) -> Any:
    try:
        return [msgspec.json.encode(event) for event in one.events(record)]
    except MappingError as error:
        return error.rejection


def widely(one: RecordMapper, record: bytes) -> Any:
    narrow, one._narrow = one._narrow, None
    try:
        return outcome(one, record)
    finally:
        one._narrow = narrow


@settings(max_examples=300)
@given(st.lists(expressions(), min_size=3, max_size=3), json_values(), st.booleans())
def test_the_same_events_and_the_same_reasons(texts: list[str], value: object, with_each: bool) -> None:
    subject, field, each = texts
    data = {"order_id": "'1'", "region": field}
    changes = {"when": "", "each": each} if with_each else {"when": each}
    try:
        one = mapper(rule(**changes, subject=subject, time="'2026-11-11T00:00:01Z'", id="'x'", data=data))
    except ValueError:  # a text of the generator that is none
        return
    record = json.dumps(value).encode()

    assert outcome(one, record) == widely(one, record)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": None},
        {"address": {}},
        {"address": {"code": None, "city": [1, {"x": 2}]}},
        {"address": []},
        {"address": "NY"},
        {"address": [{"code": "NY"}]},
        {"unread": [[[{}]]], "id": 2**70},
    ],
)
def test_a_record_of_another_shape_is_decoded_as_a_whole(changes: dict[str, object]) -> None:
    one = mapper()

    assert one._narrow is not None
    assert outcome(one, order(**changes)) == widely(one, order(**changes))


def test_what_is_not_read_is_not_decoded() -> None:
    place = Place()
    place.field("a").field("b").whole = True
    place.field("lines").element().field("sku").whole = True

    decode = narrow_decoder(place)

    assert decode is not None
    record = decode(b'{"a": {"b": [1], "c": 2}, "lines": [{"sku": "A", "note": "x"}, null], "z": "secret"}')
    assert msgspec.to_builtins(record) == {"a": {"b": [1]}, "lines": [{"sku": "A"}, None]}


@pytest.mark.parametrize("name", ['"', "\\", "\n", "\ud800"])
def test_a_name_that_cannot_be_looked_for_leaves_the_whole_record(name: str) -> None:
    place = Place()
    place.field(name).whole = True

    assert narrow_decoder(place) is None


def test_a_path_without_end_leaves_the_whole_record() -> None:
    place = inner = Place()
    for _ in range(3_000):
        inner = inner.field("a")
    inner.whole = True

    assert narrow_decoder(place) is None
