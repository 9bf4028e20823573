"""What repeat contacts cost: at ingest for each contact opened, at the merge for each mark: `make bench-marks`.

Every contact names another order, which is the worst case: no two share a key, and all are remembered for a day.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.merge import NullEvaluator
from benchmarks.table import publish, table
from streams.catalogue.load import Catalogue, load
from streams.cells.activity import Activity
from streams.cells.mark import LEAST_MARK
from streams.cells.record import MetricCells
from streams.ingest.partition import IngestPartition
from streams.merge.metric_state import MetricState
from streams.merge.seen_marks import HOUR_SLOTS
from streams.merge.series_table import SeriesBudget
from streams.records.batch import RecordBatch

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

METRIC = "repeat_contacts"
NOON_MS = 1_794_312_000_000
CONTACTS = 20_000
AT_ONCE = 2_000
ROUNDS = 6
HELD = 30_000_000
MARKS_A_TICK = 3_500  # 30 million a day
TICKS = 30
SLOT_MS = 10_000
_EVENT = (
    '{{"specversion":"1.0","id":"c{0}","source":"/crm","type":"consultation.opened","time":"2026-11-10T12:00:{1:02d}Z",'
    '"data":{{"consultation_id":"c{0}","queue":"q1","intent":"refund","region":"hunan","order_id":"TB{0}"}}}}'
)


def ingest_us(catalogue: Catalogue) -> float:
    """CPU in us of a contact opened, flushes included."""
    ingest = IngestPartition(
        catalogue,
        "consultations",
        0,
        dedup_records=20_000,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
    )
    events = [_EVENT.format(number, number * 60 // CONTACTS).encode() for number in range(CONTACTS)]
    begun = time.process_time()
    for first in range(0, CONTACTS, AT_ONCE):
        values = events[first : first + AT_ONCE]
        offsets, stamps = range(first, first + len(values)), [NOON_MS] * len(values)
        ingest.feed(RecordBatch("consultations", 0, offsets, stamps, values, first + len(values)))
        ingest.take_flush(8)
    return (time.process_time() - begun) / CONTACTS * 1e6


def merge_us(metric: Metric) -> tuple[float, float, float]:
    """CPU in us of applying a mark and of deciding it, with a day of marks in memory; the longest tick in ms."""
    rng = np.random.default_rng(1)
    state = MetricState(metric, SeriesBudget(100_000), NullEvaluator(metric))
    assert state.recurrence is not None
    now = NOON_MS // SLOT_MS
    busy = Activity([(now - 24 * HOUR_SLOTS, now + TICKS)])
    for hour in range(24):
        marks = np.sort(rng.integers(LEAST_MARK, 2 * LEAST_MARK, HELD // 24))
        state.recurrence.seen.add(marks, np.full(marks.size, now - (hour + 1) * HOUR_SLOTS))
    finest = max(range(len(metric.scopes)), key=lambda index: len(metric.scopes[index]))
    applied, decided = [], []
    for slot in range(now, now + TICKS):
        marks = rng.integers(LEAST_MARK, 2 * LEAST_MARK, MARKS_A_TICK).tolist()
        ones = [1] * MARKS_A_TICK
        zeros = [0] * MARKS_A_TICK
        scopes = [(finest, ("refund", "hunan"))]
        cells = MetricCells(metric.key(), scopes, zeros, marks, [slot] * MARKS_A_TICK, zeros, ones)
        begun = time.process_time()
        state.apply(cells, slot * SLOT_MS, slot * SLOT_MS)
        between = time.process_time()
        for _ in state.step((slot + 1) * SLOT_MS, coarse=False, activity=busy):
            pass
        applied.append(between - begun)
        decided.append(time.process_time() - between)
    apply_us, decide_us = (statistics.median(times) / MARKS_A_TICK * 1e6 for times in (applied, decided))
    return apply_us, decide_us, max(decided) * 1000


def main() -> None:
    shipped = load()
    without = Catalogue.of(tuple(metric for metric in shipped.metrics if metric.name != METRIC))
    rounds = [(ingest_us(without), ingest_us(shipped)) for _ in range(ROUNDS)]
    apply_us, decide_us, longest_ms = merge_us(shipped.by_name[METRIC])
    rows = [
        ["a contact opened, all metrics but this one", *_spread([bare for bare, _ in rounds])],
        ["a contact opened, all metrics", *_spread([full for _, full in rounds])],
        ["a mark applied at the merge", f"{apply_us:.1f}", ""],
        [f"a mark decided, {MARKS_A_TICK:,} a tick, {HELD / 1e6:.0f} million held", f"{decide_us:.1f}", ""],
    ]
    lines = table(["CPU us", "median", "range"], rows)
    publish("marks", [*lines, "", f"The longest of {TICKS} ticks took {longest_ms:.0f} ms."])


def _spread(times: list[float]) -> list[str]:
    return [f"{statistics.median(times):.1f}", f"{min(times):.1f}-{max(times):.1f}"]


if __name__ == "__main__":
    main()
