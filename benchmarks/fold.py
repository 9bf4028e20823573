"""What an event costs ingest by itself, without a broker: CPU us of reading it and of its share of a flush, by topic.

`python -m benchmarks.fold 200000 2500` tells 200,000 events of the dense sale, flushed every 2,500 of a partition;
`--stores 10000` gives them so many stores.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from benchmarks.load import Placed, dense_sale, kept, many_stores, placed_sale
from benchmarks.table import table
from streams.app.process import settle_garbage_collector
from streams.catalogue.load import load
from streams.cells.record import encode
from streams.ingest.partition import IngestPartition
from streams.records.batch import RecordBatch
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PARTITIONS = 4
_RATE = 10_000.0


def costs(sale: Iterable[Placed], flush: int) -> dict[str, tuple[int, list[float], int]]:
    """By topic: events, CPU seconds of reading, of flushing and of encoding, and cells."""
    by_partition: dict[tuple[str, int], list[Placed]] = defaultdict(list)
    for placed in sale:
        by_partition[placed.topic, placed.hash % _PARTITIONS].append(placed)
    catalogue, settings = load(), Settings()
    found: dict[str, tuple[int, list[float], int]] = {}
    settle_garbage_collector()
    for (topic, partition), records in by_partition.items():
        ingest = IngestPartition(
            catalogue,
            topic,
            partition,
            dedup_records=settings.dedup_records,
            lateness_ms=settings.lateness_s * 1000,
            late_limit_ms=settings.late_limit_s * 1000,
            future_limit_ms=settings.future_limit_s * 1000,
        )
        events, spent, cells = found.get(topic, (0, [0.0, 0.0, 0.0], 0))
        for batch in _batches(topic, partition, records, flush):
            times = [time.process_time()]
            ingest.feed(batch)
            times.append(time.process_time())
            flushed = ingest.take_flush(_PARTITIONS)
            times.append(time.process_time())
            for record in flushed.records.values():
                encode(record)
            times.append(time.process_time())
            spent = [before + end - begin for before, begin, end in zip(spent, times, times[1:], strict=False)]
            cells += sum(len(of.value) for record in flushed.records.values() for of in record.metrics)
        found[topic] = (events + len(records), spent, cells)
    return found


def _batches(topic: str, partition: int, records: list[Placed], flush: int) -> Iterator[RecordBatch]:
    for begin in range(0, len(records), flush):
        part = records[begin : begin + flush]
        end = begin + len(part)
        times, values = [placed.at_ms for placed in part], [placed.event for placed in part]
        yield RecordBatch(topic, partition, range(begin, end), times, values, end)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=int)
    parser.add_argument("flush", type=int)
    parser.add_argument("--stores", type=int, default=0)
    told = parser.parse_args()
    sale = placed_sale(told.events)
    if told.stores:
        name = f"stores{told.stores}-{told.events}-{_RATE:.0f}"
        sale = kept(name, lambda: dense_sale(told.events, _RATE, spoil=many_stores(told.stores)))
    found = costs(sale, told.flush)
    spent = [sum(column) for column in zip(*(spent for _, spent, _ in found.values()), strict=True)]
    found["all"] = (sum(of[0] for of in found.values()), spent, sum(of[2] for of in found.values()))
    rows = [
        [
            topic,
            f"{events:,}",
            *(f"{seconds / events * 1e6:.2f}" for seconds in (*spent, sum(spent))),
            f"{cells / events:.2f}",
        ]
        for topic, (events, spent, cells) in found.items()
    ]
    print("\n".join(table(["topic", "events", "read", "flush", "encode", "CPU us/event", "cells/event"], rows)))


if __name__ == "__main__":
    main()
