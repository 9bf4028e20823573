"""From the start of a worker to caught up, with 100,000 series and ten minutes of backlog: `make bench-restart`.

A worker builds the series, saves them, and is killed; the backlog arrives; it is started again. Of each kind of event
every store gets one in turn, so that the series are there after a minute and none is quiet for long.
"""

from __future__ import annotations

import argparse
import itertools
import time
import uuid
from typing import NamedTuple

from benchmarks.cluster import PARTITIONS, cluster
from benchmarks.load import dense_sale, kept, many_stores, send
from benchmarks.progress import Progress, is_merged
from benchmarks.table import goal, publish, table
from benchmarks.worker_process import WorkerProcess, wait_for, worker

BUILD = 600_000  # events, with which the series appear
BACKLOG_S = 600
_SNAPSHOT_S = 10.0
_LIMIT_S = 240.0
_GOAL_S = 60.0


class Measured(NamedTuple):
    """A restart with `rate` events a second of event time; seconds since the process began."""

    rate: int
    series: int
    backlog: int
    page_s: float
    counted_s: float
    merged_s: float
    cpu_s: float
    peak_mib: float


def measure(stores: int, rate: int) -> Measured:
    total, built = BUILD + BACKLOG_S * rate, BUILD
    sale = kept(f"stores-{stores}-{total}-{rate}", lambda: dense_sale(total, rate, spoil=many_stores(stores)))
    app = f"bench-{uuid.uuid4().hex[:8]}"
    settings = {"snapshot_interval_s": _SNAPSHOT_S}
    with cluster() as broker:
        progress = Progress(broker, app)
        send(itertools.islice(sale, built), broker, PARTITIONS)
        with worker(broker, app, settings) as running:
            wait_for(lambda: progress.counted() >= built, "counting what makes the series", _LIMIT_S)
            _wait_until_merged(running)
            time.sleep(3 * _SNAPSHOT_S)  # a snapshot with all series
            running.kill()
        backlog = send(sale, broker, PARTITIONS)
        begun = time.perf_counter()
        with worker(broker, app, settings) as running:
            page_s = time.perf_counter() - begun
            wait_for(lambda: progress.counted() >= total, "counting the backlog", _LIMIT_S)
            counted_s = time.perf_counter() - begun
            _wait_until_merged(running)
            merged_s, cpu_s = time.perf_counter() - begun, running.cpu_s()
            series = int(sum(running.sums("pharos_series", "partition").values()))
            return Measured(rate, series, backlog, page_s, counted_s, merged_s, cpu_s, running.peak_mib())


def _wait_until_merged(running: WorkerProcess) -> None:
    """With so many series /metrics is long: it is asked for once a second."""
    wait_for(lambda: not running.unmet() and is_merged(running), "merging everything", _LIMIT_S, every_s=1.0)


def report(restarts: list[Measured]) -> list[str]:
    head = (
        "events/s",
        "series",
        "backlog",
        "up and in the group",
        "everything counted",
        "everything merged, ready",
        "CPU until then",
        "largest resident size",
    )
    rows = [
        (
            f"{each.rate:,}",
            f"{each.series:,}",
            f"{each.backlog:,}",
            f"{each.page_s:.1f} s",
            f"{each.counted_s:.1f} s",
            f"{each.merged_s:.1f} s",
            f"{each.cpu_s:.1f} s",
            f"{each.peak_mib:,.0f} MiB",
        )
        for each in restarts
    ]
    goals = [
        goal(
            f"caught up within {_GOAL_S:.0f} s at {each.rate:,} events/s: {each.merged_s:.0f} s",
            each.merged_s < _GOAL_S,
        )
        for each in restarts
    ]
    return [*table(head, rows), "", *goals]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=int, default=10_500, help="each makes ten series or so")
    parser.add_argument("--rates", type=int, nargs="+", default=[2_000, 5_000], help="events a second, of event time")
    options = parser.parse_args()
    about = f"A backlog of {BACKLOG_S // 60} minutes, a worker that was killed with SIGKILL, one process."
    publish("restart", [about, "", *report([measure(options.stores, rate) for rate in options.rates])])


if __name__ == "__main__":
    main()
