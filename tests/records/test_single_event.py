"""What stands on pharos-single-events."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.single_event import SingleEvent, encode, read_single_event

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_EVENTS = st.builds(
    SingleEvent,
    rule=_TEXT,
    event_type=_TEXT,
    event_source=_TEXT,
    event_id=_TEXT,
    time=st.integers(0, 4_000_000_000_000),
    scope=st.dictionaries(_TEXT, _TEXT, max_size=3),
    ids=st.dictionaries(_TEXT, _TEXT, max_size=3),
)


@given(_EVENTS)
def test_what_is_written_is_read_again(event: SingleEvent) -> None:
    assert read_single_event(encode(event)) == event


@given(_EVENTS, _EVENTS)
def test_a_request_is_named_after_rule_and_identity_alone(one: SingleEvent, other: SingleEvent) -> None:
    same = (one.rule, one.event_source, one.event_id) == (other.rule, other.event_source, other.event_id)

    assert (one.request == other.request) == same
    assert orjson.loads(encode(one))["id"] == one.request


@pytest.mark.parametrize("value", [None, b"", b"{", b"[]", b'{"type":"pharos.event.matched"}', b'{"a":"\xff"}'])
def test_what_is_no_single_event_is_none(value: bytes | None) -> None:
    assert read_single_event(value) is None


def test_another_type_or_a_time_that_is_none_is_no_single_event() -> None:
    value = encode(SingleEvent(rule="r", event_type="t", event_source="/s", event_id="1", time=0))

    assert read_single_event(value.replace(b"pharos.event.matched", b"pharos.event.other")) is None
    assert read_single_event(value.replace(b"1970-01-01T00:00:00.000Z", b"yesterday")) is None
