"""The record that a body becomes: its topic, its key, and what is kept of the headers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.intake.raw_record import cloud_event_attributes, raw_record
from streams.intake.room import Room

EVENT = (("ce_source", b"/shop"), ("ce_id", b"1"))


def test_a_body_goes_unchanged_to_the_topic_of_its_mapping() -> None:
    record = raw_record("shopify", b'{"a": 1}\n', (), 1_234)

    assert record.topic == "pharos-raw-shopify"
    assert (record.value, record.headers, record.time_ms) == (b'{"a": 1}\n', (), 1_234)


@given(one=st.binary(), other=st.binary())
def test_the_key_is_the_same_for_the_same_body_whenever_it_comes(one: bytes, other: bytes) -> None:
    keys = [raw_record("shop", body, (), now).key for body, now in ((one, 1), (one, 2), (other, 1))]

    assert keys[0] == keys[1]
    assert (keys[0] == keys[2]) is (one == other)
    assert keys[0].isalnum()


def test_the_key_of_a_binary_event_follows_from_source_and_id() -> None:
    first, again = raw_record("shop", b"{}", EVENT, 1), raw_record("shop", b"{ }", EVENT, 2)
    next_one = raw_record("shop", b"{}", (("ce_source", b"/shop"), ("ce_id", b"2")), 1)
    shifted = raw_record("shop", b"{}", (("ce_source", b"/shop1"), ("ce_id", b"")), 1)

    assert first.key == again.key
    assert len({first.key, next_one.key, shifted.key}) == 3


def test_attributes_of_a_binary_event_are_kept_and_other_headers_are_not() -> None:
    headers = [
        ("Authorization", "Bearer secret"),
        ("CE-ID", "a%20b"),
        ("ce-source", '"/shop \\"1\\""'),
        ("ce-subject", "%E8%AE%A2%E5%8D%95"),
        ("ce-id", "second"),
        ("ce-not_an_attribute", "x"),
        ("Content-Type", "application/json"),
    ]

    assert dict(cloud_event_attributes(headers)) == {
        "ce_id": b"a b",
        "ce_source": b'/shop "1"',
        "ce_subject": "订单".encode(),
        "content-type": b"application/json",
    }
    assert cloud_event_attributes([("Content-Type", "application/json"), ("Cookie", "a=b")]) == ()


@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_value_of_an_attribute_is_kept_without_a_fault(value: str) -> None:
    (found,) = cloud_event_attributes([("ce-id", value)])

    assert "%" in value or '"' in value or found == ("ce_id", value.encode())


@given(sizes=st.lists(st.integers(0, 40), max_size=20))
def test_room_is_never_exceeded_and_is_free_again_when_all_have_left(sizes: list[int]) -> None:
    room = Room(most_bodies=10, most_bytes=100)
    places = []
    for size in sizes:
        place = room.place()
        assert (place is None) is (len(places) == 10)
        if place is not None:
            before = room.bytes
            assert place.add(size) is (before + size <= 100)
            places.append(place)
        assert room.bytes <= 100
    for place in places:
        place.leave()

    assert (room.bodies, room.bytes) == (0, 0)


def test_what_is_said_of_one_case_in_several_bodies_lands_in_one_partition() -> None:
    created, paid = (raw_record("shop", body, (), 1, "1001") for body in (b'{"a": 1}', b'{"a": 2}'))

    assert created.key == paid.key == b"1001"
