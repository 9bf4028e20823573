"""All that the shipped metrics count of cases, from records with copies and late ones, against a direct computation."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from streams.cases.partition import CasesPartition
from streams.catalogue.load import load as load_catalogue
from streams.events.customer import CustomerKey
from streams.ingest.partition import IngestPartition
from streams.mapping.book import Mappings
from streams.records.batch import RecordBatch
from tests.kafka.crash.crash_cases import terms_of
from tests.kafka.crash.crash_direct import DirectCount
from tests.kafka.crash.crash_load import TOPICS, load
from tests.kafka.crash.crash_sales import MAPPINGS

if TYPE_CHECKING:
    from streams.cells.record import CellsRecord
    from tests.kafka.crash.crash_cases import Cell
    from tests.kafka.crash.crash_load import Sent

EVENTS, SOURCE_PARTITIONS, PARTITIONS, DEDUP = 25_000, 2, 2, 500
CATALOGUE = load_catalogue()
UNTOLD = {"payments_finished"}  # nobody begins to pay in this load
NAMES = {metric.key(): metric.name for metric in CATALOGUE.metrics}


@pytest.fixture(scope="module")
def records() -> dict[tuple[str, int], list[Sent]]:
    by_source: dict[tuple[str, int], list[Sent]] = defaultdict(list)
    for record in load(20261130, EVENTS, SOURCE_PARTITIONS):
        by_source[record.topic, record.partition].append(record)
    return by_source


@pytest.fixture(scope="module")
def expected() -> Counter[Cell]:
    direct = DirectCount(CATALOGUE, DEDUP)
    direct.add_all(load(20261130, EVENTS, SOURCE_PARTITIONS))
    return direct.total()


@pytest.mark.parametrize("seed", [1, 2])
def test_cells_of_all_metrics_are_those_of_a_direct_computation(
    records: dict[tuple[str, int], list[Sent]], expected: Counter[Cell], seed: int
) -> None:
    draw = random.Random(seed)
    found: Counter[Cell] = Counter()
    ingests = {source: ingest_of(*source) for source in records}
    cases = [CasesPartition(CATALOGUE, n, dict.fromkeys(TOPICS, SOURCE_PARTITIONS)) for n in range(PARTITIONS)]
    left = dict.fromkeys(records, 0)
    while left:
        source = draw.choice(list(left))
        first, some = left[source], draw.randint(1, 400)
        sent = records[source][first : first + some]
        ingests[source].feed(batch_of(source, first, sent))
        flush = ingests[source].take_flush(PARTITIONS)
        add(found, flush.records)
        for partition, marks in flush.cases.items():
            cases[partition].apply(marks)
        if draw.random() < 0.2:
            for partition in cases:
                add(found, partition.take_cells(PARTITIONS, 0))
        left[source] += some
        if left[source] >= len(records[source]):
            del left[source]
    for partition in cases:
        add(found, partition.take_cells(PARTITIONS, 0))

    differing = sorted(
        (NAMES[cell[0]], *cell[1:]) for cell in found.keys() | expected.keys() if found[cell] != expected[cell]
    )
    assert differing == []
    counted = {NAMES[metric] for metric, *_ in expected}
    # Something of each is compared, but of what the load does not tell.
    assert {metric.name for metric, _, _ in terms_of(CATALOGUE)} - UNTOLD <= counted


def ingest_of(topic: str, partition: int) -> IngestPartition:
    return IngestPartition(
        CATALOGUE,
        topic,
        partition,
        dedup_records=DEDUP,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
        mapper=Mappings.of(MAPPINGS, CATALOGUE.vocabulary).by_topic.get(topic),
        customers=CustomerKey(b"a secret of this shop"),
    )


def batch_of(source: tuple[str, int], first: int, sent: list[Sent]) -> RecordBatch:
    offsets, timestamps = range(first, first + len(sent)), [record.timestamp_ms for record in sent]
    return RecordBatch(*source, offsets, timestamps, [record.value for record in sent], first + len(sent))


def add(found: Counter[Cell], records: dict[int, CellsRecord]) -> None:
    for record in records.values():
        for cells in record.metrics:
            columns = zip(cells.scope, cells.component, cells.slot, cells.value, strict=True)
            for scope, component, slot, value in columns:
                number, values = cells.scopes[scope]
                found[cells.metric, component, number, values, slot // 6] += value
