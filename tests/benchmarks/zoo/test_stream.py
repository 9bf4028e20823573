"""The lines of an events file that a shop of the zoo makes."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import orjson
import pytest

from benchmarks.zoo.drawing import draw
from benchmarks.zoo.named import named_shop
from benchmarks.zoo.stream import Transport
from benchmarks.zoo.telling import Told, told
from benchmarks.zoo.troubles import with_troubles
from streams.catalogue.load import load
from streams.offline.events_file import Line, record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.batch import Batch


@pytest.fixture(scope="module")
def small() -> Told:
    shop = named_shop("tested", 5, date(2026, 3, 10), 30, a_minute=1.0)
    return told(replace(shop, transport=Transport(3.0, 0.01, 300.0, 0.02)), [])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_makes_the_same_lines_and_the_same_truth_again(seed: int) -> None:
    one, other = (with_troubles(draw(seed, quick=True)) for _ in range(2))

    assert list(itertools.islice(one.stream, 3_000)) == list(itertools.islice(other.stream, 3_000))
    assert len(one.stream) == len(other.stream)
    assert (one.truth, one.scenario) == (other.truth, other.scenario)


def test_lines_come_in_the_order_of_ingest_and_an_iteration_repeats_them(small: Told) -> None:
    lines = list(small.stream)

    assert [line.at_ms for line in lines] == sorted(line.at_ms for line in lines)
    assert lines[-1].at_ms < small.shop.end_ms
    assert lines == list(small.stream)
    assert len(lines) == len(small.stream)


def test_a_line_is_what_an_events_file_would_say(small: Told) -> None:
    for line in itertools.islice(small.stream, 200):
        assert line.event is not None
        text = b'{"topic":"%s","event":%s}' % (line.topic.encode(), line.event)
        read = record(text, 0, "zoo.jsonl")
        assert (read.topic, read.event, read.key, read.name) == (line.topic, line.event, line.key, line.name)
        assert line.at_ms >= read.at_ms


def test_events_are_out_of_order_and_some_come_twice_with_the_same_id(small: Told) -> None:
    seen = Counter(_id(line) for line in small.stream)
    times = [orjson.loads(line.event or b"")["time"] for line in small.stream if line.topic == "orders"]

    assert 0.01 < sum(count == 2 for count in seen.values()) / len(seen) < 0.03
    assert max(seen.values()) == 2
    assert times != sorted(times)


def test_fields_are_those_that_the_vocabulary_knows(small: Told) -> None:
    vocabulary = load("").vocabulary
    said: dict[str, set[str]] = {}
    for line in small.stream:
        event = orjson.loads(line.event or b"")
        said.setdefault(event["type"], set()).update(event["data"])
        assert vocabulary.topic_of[event["type"]] == line.topic

    for kind, fields in said.items():
        assert fields <= vocabulary.fields[kind], kind


def test_nothing_is_told_of_before_the_file_begins_though_orders_were_placed(small: Told) -> None:
    shop = replace(small.shop, opening=False)

    batches = [batch for batch in told(shop, []).stream.batches if batch.time_ms.size]

    assert all(batch.time_ms.min() >= shop.begin_ms for batch in batches)
    assert min(_paid(batches)) < shop.begin_ms
    assert min(_paid(small.stream.batches)) >= shop.begin_ms


def _paid(batches: Sequence[Batch]) -> list[int]:
    return [int(one.table["paid_at"].min()) for one in batches if one.type == "parcel.delivered" and one.time_ms.size]


def _id(line: Line) -> tuple[str, str]:
    event = orjson.loads(line.event or b"")
    return event["source"], event["id"]
