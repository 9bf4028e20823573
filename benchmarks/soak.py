"""A worker under a steady load for an hour: `python -m benchmarks.soak --minutes 60`. Its memory must be flat.

It begins with a backlog that it cannot have in memory, prints the resident size every minute, and fails where the
second half of the minutes grows: by more than 3 % from its beginning to its end, along the line that fits it best
(least squares). What the size moves up and down by itself is less.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.cluster import PARTITIONS, PROJECT, cluster
from benchmarks.load import dense_sale, placed, send
from benchmarks.worker_process import worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.worker_process import WorkerProcess

_MOST_GROWTH = 0.03
_FEWEST_MINUTES = 4  # a line through less says nothing
_BACKLOG_RATE = 2_000.0  # events a second of event time
_SETTINGS = {"snapshot_interval_s": 20.0, "full_snapshot_interval_s": 300.0}


class Minute(NamedTuple):
    """What was seen at the end of one."""

    minute: int
    resident_mib: int
    peak_mib: int
    events_counted: int
    cpu_s: int
    ready: str


class Growth(NamedTuple):
    """Of the resident size, from the beginning to the end of the second half."""

    mib: float
    share: float

    @property
    def flat(self) -> bool:
        return self.share <= _MOST_GROWTH


def growth(resident_mib: Sequence[float]) -> Growth:
    """Along the least-squares line through the second half of sizes taken once a minute. At least two in that half.

    >>> growth([100.0, 180.0, 200.0, 200.0, 200.0, 200.0])
    Growth(mib=0.0, share=0.0)
    >>> growth([100.0, 100.0, 100.0, 110.0, 120.0, 130.0])
    Growth(mib=20.0, share=0.1667)
    """
    half = np.asarray(resident_mib[len(resident_mib) // 2 :])
    slope = float(np.polyfit(np.arange(len(half)), half, 1)[0])
    grown = round(slope * (len(half) - 1), 1) + 0.0
    return Growth(grown, round(grown / float(half.mean()), 4) + 0.0)


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rate", type=int, default=2_000, help="events a second")
    parser.add_argument("--backlog", type=int, default=1_000_000, help="events that wait when it starts")
    options = parser.parse_args()
    if options.minutes < _FEWEST_MINUTES:
        parser.error(f"--minutes {options.minutes}: at least {_FEWEST_MINUTES}, or no line can be laid through them")
    minutes = _soak(options.minutes, options.rate, options.backlog)
    found = growth([minute.resident_mib for minute in minutes])
    verdict = "flat" if found.flat else "growing"
    print(f"\nSecond half: {found.mib:+.1f} MiB ({found.share:+.2%}), {verdict}; at most {minutes[-1].peak_mib} MiB")
    return 0 if found.flat else 1


def _soak(minutes: int, rate: int, backlog: int) -> list[Minute]:
    with cluster() as broker:
        if backlog:
            begin = datetime.fromtimestamp(time.time() - backlog / _BACKLOG_RATE, UTC)
            send(map(placed, dense_sale(backlog, _BACKLOG_RATE, begin, even=True)), broker, PARTITIONS)
        command = [sys.executable, "-m", "benchmarks.live", "--broker", broker, "--rate", str(rate)]
        producer = subprocess.Popen(
            [*command, "--seconds", str((minutes + 1) * 60)], cwd=PROJECT, stdout=subprocess.DEVNULL
        )
        try:
            with worker(broker, "soak", _SETTINGS) as running:
                return _watch(running, producer, minutes)
        finally:
            producer.terminate()
            producer.wait(20)


def _watch(running: WorkerProcess, producer: subprocess.Popen[bytes], minutes: int) -> list[Minute]:
    """One row each minute, printed as it comes. Raises RuntimeError where worker or producer ends before."""
    seen: list[Minute] = []
    print("| " + " | ".join(Minute._fields).replace("_", " ") + " |\n|" + "---|" * len(Minute._fields))
    began = time.monotonic()
    for number in range(1, minutes + 1):
        time.sleep(max(0.0, began + number * 60.0 - time.monotonic()))
        if producer.poll() is not None:
            raise RuntimeError(f"the producer ended with {producer.returncode} before the soak did")
        counted = round(sum(running.sums("pharos_records_total", "topic").values()))
        memory = (round(running.resident_mib()), round(running.peak_mib()))
        seen.append(Minute(number, *memory, counted, round(running.cpu_s()), "no" if running.unmet() else "yes"))
        print("| " + " | ".join(str(value) for value in seen[-1]) + " |", flush=True)
    return seen


if __name__ == "__main__":
    sys.exit(main())
