"""A marketplace of 300,000 merchants: `make bench-merchants`.

Twelve indicators by store, lean, a day of events by Zipf in which every store has one, through the ingest, the records
of cells, the merge and the judges of a worker, in one process. Beside it the same day with 300 stores. Each size runs
in a process of its own. Ticks are judged for half an hour before midnight; before, quarters are added up.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import msgspec
import numpy as np
from prometheus_client import CollectorRegistry

from benchmarks.merge import resident_mib
from benchmarks.table import PROJECT, goal, publish, table
from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Condition, Term
from streams.cells.record import decode, encode
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.records.batch import RecordBatch
from streams.settings.settings import Settings
from streams.web.exposition import Exposition
from streams.web.merge_readings import judged

BEGIN_MS = 1_767_225_600_000
DAY_S = 86_400
MANY, FEW = 300_000, 300
EVENTS = 900_000
FLUSH_S = 10  # a flush of a source partition holds a hundred events
JUDGED_S = 1_800
GOAL_MIB, GOAL_TICK_S, GOAL_PAGE_MB, GOAL_EVENT = 2_048, 0.5, 20, 1.5
_CHANNELS = ("app", "web", "mini", "call")
_EVENT = (
    '{{"specversion":"1.0","id":"e{0}","source":"/shop","type":"order.{1}","time":"{2}",'
    '"data":{{"order_id":"T{0}","store":"store-{3}","channel":"{4}","region":"zhejiang","amount":100}}}}'
)
_LIMIT_S = 3_600


class Measured(msgspec.Struct):
    """One size; times are CPU."""

    stores: int
    known: int
    event_us: float
    resident_mib: float
    mean_tick_s: float
    longest_tick_s: float
    page_mb: float
    lines_of_stores: int
    sorted_alike: bool


def _metrics() -> tuple[Metric, ...]:
    """A count and two ratios of each channel: twelve indicators."""
    fixed = {"touchpoint": "order", "scopes": ((), ("store",)), "lean": (("store",),), "export": "top 50"}
    fixed |= {"direction": Direction.DOWN, "windows": (300, 900)}
    found = []
    for channel in _CHANNELS:
        where = {"channel": Condition(any_of=tuple(other for other in _CHANNELS if other != channel))}
        created, paid, gone = (Term((f"order.{kind}",), where) for kind in ("created", "paid", "cancelled"))
        count = {"signal": "count", "unit": "per_minute", "minimum_effect": 0.4, "minimum_exposure": 30}
        ratio = {"signal": "ratio", "unit": "ratio", "minimum_effect": 0.1, "minimum_exposure": 20}
        name = f"without_{channel}"
        found += [
            Metric(id="M", name=f"orders_{name}", title="Orders", numerator=(created,), **fixed, **count),
            Metric(
                id="M", name=f"paid_{name}", title="Paid", numerator=(paid,), denominator=(created,), **fixed, **ratio
            ),
            Metric(
                id="M", name=f"kept_{name}", title="Kept", numerator=(gone,), denominator=(created,), **fixed, **ratio
            ),
        ]
    return tuple(found)


def _stores(count: int, events: int, rng: np.random.Generator) -> list[int]:
    """Of each event: every store once, and by Zipf for the rest."""
    shares = 1 / np.arange(1, count + 1)
    rest = rng.choice(count, size=events - min(count, events), p=shares / shares.sum())
    found = np.concatenate([np.arange(count), rest])[:events]
    rng.shuffle(found)
    return [int(store) for store in found]


def _values(stores: list[int], rng: np.random.Generator) -> list[list[bytes]]:
    """Events of the day by flush, in the order of their times."""
    flushes: list[list[bytes]] = [[] for _ in range(DAY_S // FLUSH_S)]
    kinds = rng.choice(["created", "created", "paid", "paid", "cancelled"], size=len(stores))
    channels = rng.integers(0, len(_CHANNELS), len(stores))
    for number, store in enumerate(stores):
        second = number * DAY_S // len(stores)
        at = datetime.fromtimestamp(BEGIN_MS // 1000 + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        event = _EVENT.format(number, kinds[number], at, store, _CHANNELS[channels[number]])
        flushes[second // FLUSH_S].append(event.encode())
    return flushes


def _right(merge: MergePartition, stores: list[int], flushes: list[list[bytes]]) -> bool:
    """Whether the stores of largest volume that are shown are those of a sort of all events that were added up."""
    reading = next(reading for reading in merge.readings() if reading.metric.name == "orders_without_app")
    (lean,) = reading.lean
    until = (lean.series.end_ms - BEGIN_MS) // 1000 // FLUSH_S
    counted: Counter[str] = Counter()
    place = 0
    for number, values in enumerate(flushes):
        for value in values:
            store, place = stores[place], place + 1
            if number < until and b"order.created" in value and b'"channel":"app"' not in value:
                counted[f"store-{store}"] += 1
    by_sort = sorted(counted, key=lambda store: (-counted[store], store))[: lean.top]
    shown = {lean.series.names.values(number)[0] for number in lean.shown()}
    return set(by_sort) <= shown and len(shown) <= 2 * lean.top


def run(count: int, events: int) -> Measured:
    """One day with so many stores."""
    rng = np.random.default_rng(7)
    catalogue = Catalogue.of(_metrics())
    at = datetime.fromtimestamp(BEGIN_MS // 1000 + DAY_S - JUDGED_S, UTC).isoformat()
    settings = Settings(timezone="UTC", cells_partitions=1, evaluate_from=at)
    stores = _stores(count, events, rng)
    flushes = _values(stores, rng)
    before = resident_mib()
    ingest = IngestPartition(
        catalogue,
        "orders",
        0,
        dedup_records=20_000,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
    )
    merge = MergePartition(
        catalogue, 0, {"orders": 1}, settings, lambda of: MetricEvaluator(of, settings, metrics=len(catalogue.metrics))
    )
    spent, ticks, offset = 0.0, [], 0
    for number, values in enumerate(flushes):
        stamp = BEGIN_MS + (number + 1) * FLUSH_S * 1000
        begun = time.process_time()
        offsets, stamps = range(offset, offset + len(values)), [stamp] * len(values)
        ingest.feed(RecordBatch("orders", 0, offsets, stamps, values, offset + len(values)))
        merge.apply(decode(encode(ingest.take_flush(1).records[0])))
        spent += time.process_time() - begun
        offset += len(values)
        while merge.behind:
            begun = time.process_time()
            verdicts = merge.step()
            if verdicts is not None:
                ticks.append(time.process_time() - begun)
    resident = resident_mib() - before
    exposition = Exposition(CollectorRegistry(), lambda: judged(merge.readings()), lambda: (), catalogue.metrics)
    page = b"".join(exposition.render()[1])
    return Measured(
        stores=count,
        known=len(merge.names.of(("store",))),
        event_us=1e6 * spent / events,
        resident_mib=resident,
        mean_tick_s=float(np.mean(ticks)),
        longest_tick_s=max(ticks),
        page_mb=len(page) / 1e6,
        lines_of_stores=page.count(b'scope="store"'),
        sorted_alike=_right(merge, stores, flushes),
    )


def _measured(count: int, events: int) -> Measured:
    command = [sys.executable, "-m", "benchmarks.merchants", "--one", str(count), "--events", str(events)]
    done = subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.PIPE, timeout=_LIMIT_S)
    return msgspec.json.decode(done.stdout, type=Measured)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(msgspec.json.encode(run(asked.one, asked.events)).decode())
        return
    few, many = _measured(FEW, asked.events), _measured(MANY, asked.events)
    head = ("stores", "events", "CPU an event", "memory", "mean tick", "longest tick", "/metrics", "lines of stores")
    rows = [
        (
            f"{of.known:,}",
            f"{asked.events:,}",
            f"{of.event_us:.1f} us",
            f"{of.resident_mib:,.0f} MiB",
            f"{1000 * of.mean_tick_s:.1f} ms",
            f"{1000 * of.longest_tick_s:,.0f} ms",
            f"{of.page_mb:.2f} MB",
            f"{of.lines_of_stores:,}",
        )
        for of in (few, many)
    ]
    times = many.event_us / few.event_us
    goals = [
        goal(f"under 2 GiB: {many.resident_mib:,.0f} MiB", many.resident_mib < GOAL_MIB),
        goal(
            f"a tick under {GOAL_TICK_S} s: the longest took {many.longest_tick_s:.2f} s",
            many.longest_tick_s < GOAL_TICK_S,
        ),
        goal(f"/metrics under {GOAL_PAGE_MB} MB: {many.page_mb:.2f} MB", many.page_mb < GOAL_PAGE_MB),
        goal(f"an event at most {GOAL_EVENT} times as dear: {times:.2f} times", times <= GOAL_EVENT),
        goal("the 50 of largest volume that are shown are those of a sort", few.sorted_alike and many.sorted_alike),
    ]
    publish("merchants", [*table(head, rows), "", *goals])


if __name__ == "__main__":
    main()
