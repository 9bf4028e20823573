"""Whatever a mapped topic holds, each record has one outcome, and its neighbours are counted."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.load import load
from streams.events.vocabulary import SHIPPED
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.mapping.book import Mappings
from streams.mapping.shipped import shipped_names
from streams.records.batch import RecordBatch
from streams.settings.mapping import MappingRule, MappingSettings
from tests.ingest.records import NOON, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES = 10_000
TILL = MappingRule(
    when="nr",
    type="order.paid",
    id="text(nr)",
    source="'/till'",
    time="at",
    data={"order_id": "text(nr)", "amount": "number(total)"},
)
NAMES = (
    "nr",
    "at",
    "total",
    "id",
    "type",
    "financial_status",
    "order_id",
    "data",
    "checkpoints",
    "status",
    "event",
    "x",
)
LEAVES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**70, 1.5, 1e300, "", "paid", "?", "2026-11-11", "2026-11-11T00:00:00Z", "\u0000",
    "\ud800", "订单", "9" * 400,
)  # fmt: skip


def shape(dice: random.Random, depth: int = 0) -> Any:
    """A JSON value: objects and arrays of the names that mappings read, with leaves that do not fit."""
    kind = dice.random()
    if depth > 4 or kind < 0.3:
        return dice.choice(LEAVES)
    if kind < 0.45:
        return [shape(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(NAMES): shape(dice, depth + 1) for _ in range(dice.randrange(1, 7))}


def hostile(dice: random.Random) -> bytes | None:
    """A record: a shape, or a body that was cut, garbled, emptied or written in another encoding."""
    text = json.dumps(shape(dice))
    body = text.encode()
    damage: list[Callable[[], bytes | None]] = [
        lambda: body,
        lambda: body,
        lambda: body,
        lambda: body[: dice.randrange(len(body) + 1)],
        lambda: text.encode("utf-16"),
        lambda: b"\xff" + body,
        lambda: bytes(dice.randrange(256) for _ in range(dice.randrange(40))),
        lambda: b"[" * dice.randrange(2_000),
        lambda: None,
    ]
    return dice.choice(damage)()


def good(number: int) -> bytes:
    return json.dumps({"nr": number, "at": text_of(NOON), "total": "12.50"}).encode()


def ingest(mapping: MappingSettings, name: str) -> IngestPartition:
    mapper = Mappings.of({name: mapping}, SHIPPED, timezone="Asia/Shanghai").by_name[name].mapper
    return IngestPartition(
        load(),
        "mapped",
        0,
        dedup_records=50_000,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
        mapper=mapper,
    )


def feed(part: IngestPartition, values: list[bytes | None]) -> None:
    first = part.next_offset
    part.feed(
        RecordBatch("mapped", 0, range(first, first + len(values)), [NOON] * len(values), values, first + len(values))
    )


def test_among_ten_thousand_shapes_every_good_record_is_counted() -> None:
    dice = random.Random(16)
    part = ingest(MappingSettings(events=(TILL,)), "till")
    for begin in range(0, SHAPES, 500):
        mixed = [value for number in range(begin, begin + 500) for value in (hostile(dice), good(number))]
        feed(part, mixed)

    assert sum(part.outcomes.values()) == 2 * SHAPES
    assert part.outcomes[Outcome.COUNTED] >= SHAPES
    assert part.outcomes[Outcome.DEAD_LETTER] > SHAPES / 2
    letters = part.take_flush(1).dead_letters
    assert len(letters) == part.outcomes[Outcome.DEAD_LETTER]
    assert all("9999" not in letter.detail and "订单" not in letter.detail for letter in letters)


@pytest.mark.parametrize("name", shipped_names())
def test_no_shipped_mapping_lets_a_record_escape(name: str) -> None:
    dice = random.Random(name)
    part = ingest(MappingSettings(), name)
    feed(part, [hostile(dice) for _ in range(400)])

    assert sum(part.outcomes.values()) == 400


def test_a_body_of_a_mebibyte_is_one_record_like_any_other() -> None:
    part = ingest(MappingSettings(events=(TILL,)), "till")
    padding = "x" * (1 << 20)
    large = json.dumps({"notes": padding, "nr": 2, "at": text_of(NOON)}).encode()
    feed(part, [good(1), large, json.dumps({"notes": padding}).encode(), good(3)])

    assert part.outcomes[Outcome.COUNTED] == 3
    assert part.outcomes[Outcome.DEAD_LETTER] == 1
