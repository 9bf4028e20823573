"""CPU per event with one, two and four workers: `make bench-scale`.

The workers join an empty cluster first; then each gets the same load, told in real time: twice the workers, twice the
events a second, twice the partitions. What must not grow is the cost of an event. Sent as fast as it goes, four workers
on two cores would each get a quarter of the load, and flush every second for a quarter of the events. The last row has
the partitions of four workers for one: more flushes, fewer events in each.
"""

from __future__ import annotations

import argparse
import statistics
import time
import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.cluster import PARTITIONS, cluster
from benchmarks.load import placed_sale, send
from benchmarks.progress import Progress, is_merged, records_of
from benchmarks.table import goal, publish, table
from benchmarks.worker_process import wait_for, worker
from streams.topics.names import CELLS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.load import Placed

_ORDERS_PER_S = 583_000  # the peak of Double 11 in 2020
_EVENTS_PER_ORDER = 5
_BUSY = 0.7  # of a core that is to follow a peak
_IDLE_S = 5.0
_LIMIT_S = 240.0
_STEP = 100  # events between two looks at the clock
_LATEST_S = 5.0


class Case(NamedTuple):
    """How many workers share how many partitions of each source topic."""

    workers: int
    partitions: int


COMPARED = (Case(1, PARTITIONS), Case(2, 2 * PARTITIONS), Case(4, 4 * PARTITIONS))
CASES = (*COMPARED, Case(1, 4 * PARTITIONS))


class Measured(NamedTuple):
    """One run. CPU is that of all workers together, idle CPU per second; `share` is the busiest worker's part."""

    cost_us: float
    rate: float
    share: float
    idle: float
    cells_records: int


def run(case: Case, rate: int, seconds: int) -> Measured:
    events = case.workers * rate * seconds
    app = f"bench-{uuid.uuid4().hex[:8]}"
    with cluster(case.partitions) as broker, ExitStack() as stack:
        running = [stack.enter_context(worker(broker, app)) for _ in range(case.workers)]
        wait_for(lambda: not any(one.unmet() for one in running), "all workers ready", _LIMIT_S)
        before = sum(one.cpu_s() for one in running)
        time.sleep(_IDLE_S)
        begun_at, begun = [one.cpu_s() for one in running], time.perf_counter()
        send(paced(placed_sale(events, case.workers * rate), case.workers * rate), broker, case.partitions)
        progress = Progress(broker, app)
        wait_for(lambda: progress.counted() >= events, "counting everything", _LIMIT_S)
        wait_for(lambda: is_merged(*running), "merging everything", _LIMIT_S)
        wall_s = time.perf_counter() - begun
        spent = [one.cpu_s() - earlier for one, earlier in zip(running, begun_at, strict=True)]
        idle = (sum(begun_at) - before) / _IDLE_S
        cost_us = 1e6 * sum(spent) / events
        return Measured(cost_us, events / wall_s, max(spent) / sum(spent), idle, records_of(broker, CELLS_TOPIC))


def paced(records: Iterable[Placed], rate: int) -> Iterator[Placed]:
    """The records, `rate` of them a second. Raises SystemExit where the sending cannot follow."""
    begun = time.perf_counter()
    for number, record in enumerate(records):
        if number % _STEP == 0:
            ahead_s = number / rate - (time.perf_counter() - begun)
            if ahead_s < -_LATEST_S:
                raise SystemExit(f"the sender fell {-ahead_s:.0f} s behind: leave the machine alone, or lower --rate")
            time.sleep(max(ahead_s, 0.0))
        yield record


def report(runs: dict[Case, list[Measured]]) -> list[str]:
    costs = {case: [run.cost_us for run in of] for case, of in runs.items()}
    middle = {case: statistics.median(of) for case, of in costs.items()}
    alone = middle[CASES[0]]
    rows = [
        (
            str(case.workers),
            str(case.partitions),
            f"{middle[case]:.2f} ({min(costs[case]):.2f}-{max(costs[case]):.2f})",
            f"{middle[case] / alone:.2f}",
            f"{statistics.median(run.share for run in of):.0%}",
            f"{statistics.median(run.idle for run in of):.0%}",
            f"{statistics.median(run.rate for run in of):,.0f}",
            f"{statistics.median(run.cells_records for run in of):,.0f}",
        )
        for case, of in runs.items()
    ]
    head = (
        "workers",
        "partitions a topic",
        "CPU us/event, median (range)",
        "against one",
        "busiest worker",
        "idle CPU of all",
        "events/s wall",
        "cells records",
    )
    growth = max(middle[case] for case in COMPARED) / alone - 1
    met = goal(f"CPU per event within 10 % from one worker to four: {growth:+.0%}", growth <= 0.1)
    return [*table(head, rows), "", met, "", *extrapolation(max(middle.values()))]


def extrapolation(cost_us: float) -> list[str]:
    """What the largest sale so far would take, at the dearest cost measured."""
    rate = _ORDERS_PER_S * _EVENTS_PER_ORDER
    cores = rate * cost_us / 1e6
    return [
        f"{_ORDERS_PER_S:,} orders/s of {_EVENTS_PER_ORDER} events each are {rate:,} events/s. At the dearest row's",
        f"{cost_us:.2f} us they take {cores:.1f} cores, {cores / _BUSY:.0f} at {_BUSY:.0%} load: as many workers.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=3_000, help="events a second and worker: four must fit")
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    for workers in sorted({case.workers for case in CASES}):
        next(placed_sale(workers * options.rate * options.seconds, workers * options.rate))  # made before it is timed
    runs: dict[Case, list[Measured]] = {case: [] for case in CASES}
    for number in range(options.rounds):
        for case in CASES:
            measured = run(case, options.rate, options.seconds)
            runs[case].append(measured)
            print(f"round {number + 1}: {case}: {measured.cost_us:.2f} us/event", flush=True)
    about = f"{options.rate:,} events/s and worker for {options.seconds} s, {options.rounds} rounds in turn."
    publish("scale", [about, "", *report(runs)])


if __name__ == "__main__":
    main()
