"""Whatever a payload is, a mapper gives events or says why there are none: never another error, never half a record."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events.dead_letter import Reason
from streams.events.event_time import event_time_ms
from streams.mapping.failure import MappingError
from streams.mapping.unread import UnreadFields
from tests.mapping.support.expressions import expressions, json_values
from tests.mapping.support.shop import DATA, ignored, mapper, order, rule

if TYPE_CHECKING:
    from streams.mapping.mapper import RecordMapper

PLAIN = mapper(rule(when="id"), timezone="Asia/Shanghai")
EACH = mapper(
    rule(
        when="scans",
        each="scans",
        type="lookup('tags', item.tag)",
        id="join('-', [record.id, item.at])",
        time="item.at",
        subject="record.id",
        data={
            "parcel_id": "record.id",
            "order_id": "text(record.order)",
            "eta": "end_of_day(item.eta)",
            "part": "item.part",
        },
    ),
    ignored("test"),
    tables={"tags": {"a": "parcel.scanned", "b": "parcel.lost"}},
    timezone="Asia/Shanghai",
)
HARD = mapper(
    rule(
        when="length(keys(@)) > `1`",
        id="to_string(@)",
        time="first(paid_at, max_by(scans, &at).at)",
        data={**DATA, "amount": "sum(lines[*].price)", "created_at": "sort(times)[0]", "payment_method": "max(ways)"},
    ),
    timezone="Asia/Shanghai",
)
MAPPERS = [PLAIN, EACH, HARD]
NAMES = (
    "id",
    "status",
    "paid_at",
    "total",
    "source",
    "address",
    "code",
    "scans",
    "tag",
    "at",
    "eta",
    "lines",
    "price",
    "ways",
)


def assert_sound(one: RecordMapper, record: bytes) -> Reason | None:
    try:
        events = one.events(record)
    except MappingError as error:
        return error.rejection.reason
    for event in events:
        assert event_time_ms(event.time) is not None
        assert event.id
        msgspec.json.encode(event)
    return None


@settings(max_examples=300)
@given(json_values(NAMES))
def test_any_json(value: object) -> None:
    for one in MAPPERS:
        assert assert_sound(one, json.dumps(value).encode()) is not Reason.NOT_JSON


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(record: bytes) -> None:
    for one in MAPPERS:
        assert_sound(one, record)


@settings(max_examples=200)
@given(st.data())
def test_a_body_that_is_cut_short_or_damaged(data: st.DataObject) -> None:
    whole = bytearray(order(scans=[{"tag": "a", "at": "2026-11-11 00:00:01", "eta": "2026-11-11"}], name="ü", test=[]))
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = bytes(whole[:place]) if data.draw(st.booleans()) else bytes(whole)
    if data.draw(st.booleans()) and damaged:
        where = data.draw(st.integers(0, len(damaged) - 1))
        damaged = damaged[:where] + bytes([data.draw(st.integers(0, 255))]) + damaged[where + 1 :]

    for one in MAPPERS:
        assert_sound(one, damaged)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "latin-1", "utf-7", "gb18030", "shift-jis"])
def test_other_encodings_are_not_json_or_have_the_same_letters(encoding: str) -> None:
    record = json.dumps({"id": 1, "name": "é"}, ensure_ascii=False).encode(encoding, "replace")

    assert assert_sound(PLAIN, record) in (Reason.NOT_JSON, Reason.MAPPING_FAILED)


@pytest.mark.parametrize(
    "filler",
    [
        b'"x": "' + b"a" * 1_000_000 + b'"',
        b'"x": [' + b"{}," * 300_000 + b"{}]",
        b'"lines": [' + b'{"price": 1},' * 70_000 + b'{"price": 1}]',
        b'"scans": [' + b'{"tag":"a"},' * 80_000 + b"{}]",
        b'"id": ' + b"9" * 4_000,
        b'"id": ' + b"9" * 1_000_000,
        b'"source": "' + b"s" * 1_000_000 + b'"',
        b'"x": ' + b"[" * 1_000 + b"]" * 1_000,
        b'"x": ' + b"[" * 400_000 + b"]" * 400_000,
        b'"\\ud800": "\\ud800", "source": "\\ud83d\\ude00"',
        b'"x": 1e400, "total": -0',
        b",".join(b'"f%d": %d' % (number, number) for number in range(50_000)),
    ],
)
def test_bodies_of_a_mebibyte(filler: bytes) -> None:
    record = b'{"id": 1, "paid_at": "2026-11-11T00:00:01Z", ' + filler + b"}"

    for one in MAPPERS:
        assert_sound(one, record)


def test_ten_thousand_shapes_leave_nothing_behind() -> None:
    """What a record is like must not be remembered: a sender that is out of order would fill the memory."""
    dice = random.Random(16)
    unread = UnreadFields(PLAIN.reads)
    outcomes = set()
    for number in range(10_000):
        shape: dict[str, Any] = {f"{dice.choice(NAMES)}{dice.choice(['', number])}": shaped(dice, 0) for _ in range(4)}
        outcomes.add(assert_sound(dice.choice(MAPPERS), json.dumps(shape).encode()))
        unread.add(shape)

    assert outcomes >= {Reason.UNMAPPED, Reason.MAPPING_FAILED}
    assert len(unread.payloads) <= 10_000


def shaped(dice: random.Random, depth: int) -> object:
    kind = dice.randrange(8 if depth < 3 else 5)
    if kind == 5:
        return [shaped(dice, depth + 1) for _ in range(dice.randrange(3))]
    if kind > 5:
        return {dice.choice(NAMES): shaped(dice, depth + 1) for _ in range(dice.randrange(4))}
    return dice.choice([None, True, dice.random() * 1e9, dice.randrange(10**18), "2026-11-11 00:00:00", "a", ""])


@settings(max_examples=150)
@given(expressions(), json_values())
def test_any_expression_in_any_field(text: str, value: object) -> None:
    try:
        one = mapper(
            rule(when=text, id=text, time=text, source=text, subject=text, data={"order_id": text, "amount": text})
        )
    except ValueError:  # a text of the generator that is none
        return

    assert_sound(one, json.dumps(value).encode())
