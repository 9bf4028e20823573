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

BUILD_S = 120  # of event time, in which the series appear
BACKLOG_S = 600
_SNAPSHOT_S = 10.0
_LIMIT_S = 240.0
_GOAL_S = 60.0


class Measured(NamedTuple):
    """A restart; seconds since the process began."""

    series: int
    backlog: int
    page_s: float
    counted_s: float
    merged_s: float
    cpu_s: float
    peak_mib: float


def measure(stores: int, rate: int) -> Measured:
    total, built = (BUILD_S + BACKLOG_S) * rate, BUILD_S * rate
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
            return Measured(series, backlog, page_s, counted_s, merged_s, cpu_s, running.peak_mib())


def _wait_until_merged(running: WorkerProcess) -> None:
    """With so many series /metrics is long: it is asked for once a second."""
    wait_for(lambda: not running.unmet() and is_merged(running), "merging everything", _LIMIT_S, every_s=1.0)


def report(measured: Measured) -> list[str]:
    rows = [
        ("up and in the group", f"{measured.page_s:.1f} s"),
        ("everything counted", f"{measured.counted_s:.1f} s"),
        ("everything merged, ready", f"{measured.merged_s:.1f} s"),
        ("CPU until then", f"{measured.cpu_s:.1f} s"),
        ("largest resident size", f"{measured.peak_mib:,.0f} MiB"),
    ]
    lines = table((f"{measured.series:,} series, {measured.backlog:,} events of backlog", "since the start"), rows)
    text = f"caught up within {_GOAL_S:.0f} s: {measured.merged_s:.0f} s"
    return [*lines, "", goal(text, measured.merged_s < _GOAL_S)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=int, default=17_000, help="each makes six series or more")
    parser.add_argument("--rate", type=int, default=5_000, help="events a second, of event time")
    options = parser.parse_args()
    about = f"{BACKLOG_S // 60} minutes at {options.rate:,} events/s, killed with SIGKILL, one worker."
    publish("restart", [about, "", *report(measure(options.stores, options.rate))])


if __name__ == "__main__":
    main()
