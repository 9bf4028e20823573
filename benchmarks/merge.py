"""Memory of a merge partition, and what a tick costs by series: `make bench-series`.

The mix is that of the goal: 70 % counts, 27 % ratios, 2 % histograms of 32 bins, 1 % cohorts. Every size runs in a
process of its own, so that its peak is its own.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.table import PROJECT, goal, publish, table
from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Term
from streams.cells.histogram import BINS
from streams.cells.record import CellsRecord, MetricCells
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.partition import MergePartition
from streams.records.verdicts import Pulse
from streams.settings.settings import Settings

START_MS = 1_767_225_600_000
SHARES = {"counted": 0.70, "rated": 0.27, "spread": 0.02, "promised": 0.01}
TICKS = 90
QUARTERS = 750  # ticks of two hours and a bit, so that quarters close
LARGE = 500_000  # series from which on there is time for a few ticks only, and none for quarters
SETTINGS = Settings(cells_partitions=1, max_series=2_000_000)
_LIMIT_S = 900


class Measured(msgspec.Struct):
    """One size. Times are CPU, medians of the ticks and of applying the cells of a tick."""

    resident_mib: float
    peak_mib: float
    tick_ms: float
    apply_ms: float
    full_s: float
    full_mib: float
    delta_s: float
    delta_mib: float


class NullEvaluator:
    """Looks at nothing."""

    latest = None

    def __init__(self, metric: Metric) -> None:
        self._pulse = Pulse(metric.name, 0, 0, 0, 0, 0)

    def tick(self, now_ms: int, windows: Any) -> tuple[list[Any], Pulse]:  # noqa: ARG002 (as the merge calls it)
        return [], self._pulse

    def silent_before(self, quarter_start_ms: int) -> range:  # noqa: ARG002 (as the merge calls it)
        return range(0)

    def close_quarter(self, quarter_start_ms: int, counts: Any, windows: Any) -> None:
        pass

    def to_bytes(self) -> bytes:
        return b"-"

    def from_bytes(self, state: bytes) -> None:
        pass


def metric(name: str, signal: str, **more: Any) -> Metric:
    fixed: dict[str, Any] = {"touchpoint": "order", "unit": "ratio", "direction": Direction.UP, "minimum_effect": 0.1}
    fixed |= {"minimum_exposure": 20, "scopes": ((), ("region",)), "windows": (60, 300, 3600)}
    paid = (Term(("order.paid",)),)
    return Metric(id=name, name=name, title=name, signal=signal, numerator=paid, **(fixed | more))


PAID = (Term(("order.paid",)),)
METRICS = (
    metric("counted", "count", windows=(60, 300, 900, 3600, 86_400), unit="per_minute"),
    metric("rated", "ratio", denominator=PAID),
    metric("spread", "spread", unit="seconds", bins=(1, 3600)),
    metric("promised", "cohort", denominator=PAID, exposure=PAID),
)


def cells(of: Metric, series: int, slots: list[int], share: float, rng: np.random.Generator) -> MetricCells:
    """In each slot, a share of the series gets a cell in each component."""
    components = range(BINS) if of.name == "spread" else range(2 if of.signal in {"ratio", "cohort"} else 1)
    columns = []
    for slot in slots:
        for component in components:
            hit = np.flatnonzero(rng.random(series) < share)
            columns.append((hit, np.full(hit.size, component), np.full(hit.size, slot), rng.integers(1, 50, hit.size)))
    place, component, slot, value = (np.concatenate(part) for part in zip(*columns, strict=True))
    places, scope = np.unique(place, return_inverse=True)
    scopes = [(1, (f"place {number}",)) for number in places.tolist()]
    late = [0] * len(place)
    return MetricCells(of.key(), scopes, scope.tolist(), component.tolist(), slot.tolist(), late, value.tolist())


def resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20


def run(total: int, null: bool) -> None:
    rng = np.random.default_rng(7)
    counts = {name: max(1, int(total * share)) for name, share in SHARES.items()}

    def evaluator(of: Metric) -> Any:
        return NullEvaluator(of) if null or of.name == "spread" else MetricEvaluator(of, SETTINGS)

    merge = MergePartition(Catalogue.of(METRICS), 0, {"orders": 1}, SETTINGS, evaluator)
    first = START_MS // 10_000
    quiet, ticks = (0, 20) if total >= LARGE else (QUARTERS, TICKS)

    def feed(slot: int, share: float, ahead: list[int] | None = None) -> float:
        filled = [
            cells(of, counts[of.name], ahead if ahead and of.signal == "cohort" else [slot], share, rng)
            for of in METRICS
        ]
        record = CellsRecord("orders", 0, slot, (slot + 1) * 10_000, merge._catalogue.hash, filled)  # noqa: SLF001 (the one it was made with)
        begun = time.process_time()
        merge.apply(record)
        return time.process_time() - begun

    feed(first, 1.0, [first + 8_640 + minute * 6 for minute in range(1_440)] if total >= 1_000 else None)
    for slot in range(first + 1, first + 30):  # let every ring and every window have something in it
        feed(slot, 0.05)
        list(merge.advance())
    for place in range(quiet):
        feed(first + 30 + place, 0.002)
        list(merge.advance())
    stepping, applying = [], []
    begin = first + 30 + quiet
    for place in range(ticks):
        applying.append(feed(begin + place, 0.05))
        begun = time.process_time()
        list(merge.advance())
        stepping.append(time.process_time() - begun)
    gc.collect()
    before = resident_mib()
    begun = time.process_time()
    size = sum(len(chunk) for _, chunk in merge.snapshot(0))
    full_s = time.process_time() - begun
    feed(begin + ticks, 0.05)
    list(merge.advance())
    begun = time.process_time()
    small = sum(len(chunk) for _, chunk in merge.snapshot(0))
    delta_s = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tick_ms = 1000 * float(np.median(stepping))
    measured = Measured(
        before, peak, tick_ms, 1000 * float(np.median(applying)), full_s, size / 2**20, delta_s, small / 2**20
    )
    print(msgspec.json.encode(measured).decode(), flush=True)


def row(series: int, evaluated: str, of: Measured) -> tuple[str, ...]:
    return (
        f"{series:,}",
        evaluated,
        f"{of.resident_mib:,.0f} MiB",
        f"{of.peak_mib:,.0f} MiB",
        f"{of.tick_ms:,.1f} ms",
        f"{1000 * of.tick_ms / series:.2f} us",
        f"{of.apply_ms:,.1f} ms",
        f"{of.full_s:.2f} s, {of.full_mib:,.1f} MiB",
        f"{of.delta_s:.2f} s, {of.delta_mib:,.1f} MiB",
    )


HEAD = ("series", "evaluators", "resident", "peak", "tick", "per series", "apply 5 %", "full snapshot", "next snapshot")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--null", action="store_true", help="only without evaluators")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        run(asked.series[0], asked.null)
        return
    rows, measured = [], {}
    for series in asked.series:
        for null in (True,) if asked.null else (True, False):
            command = [sys.executable, "-m", "benchmarks.merge", str(series), "--one", *(["--null"] if null else [])]
            done = subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.PIPE, timeout=_LIMIT_S)
            of = msgspec.json.decode(done.stdout, type=Measured)
            rows.append(row(series, "none" if null else "real", of))
            measured[series, null] = of
            print(rows[-1], flush=True)
    lines = table(HEAD, rows)
    goals = []
    if (goal_of := measured.get((100_000, False))) is not None:
        goals.append(goal(f"under 1 GiB with 100,000 series: {goal_of.peak_mib:,.0f} MiB", goal_of.peak_mib < 1024))
    real = [of.tick_ms / series for (series, null), of in measured.items() if not null and series < LARGE]
    if len(real) > 1:
        goals.append(goal("cost of a tick per series flat or falling", real[-1] <= 1.1 * real[0]))
    note = (
        f"From {LARGE:,} series on there are 50 ticks in all, before the first quarter closes: the memory is whole,\n"
        "a tick cheaper than later. The peak is that of the benchmark's own cells, a day of deadlines at once."
    )
    publish("series", [*lines, "", note, "", *goals])


if __name__ == "__main__":
    main()
