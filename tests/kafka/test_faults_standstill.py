"""Workers of which one part stands still: each ends within a minute, with a code of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from streams.transport.life.watchdog import LIMIT_S, Station
from tests.kafka.crash.feed import Feed
from tests.kafka.crash.fleet import FAULT, FAULTY_WORKER, PROJECT, STUCK
from tests.kafka.support.faults_bench import LOAD, Bench

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka
INTERPRETER = "interpreter"  # holds whatever else would notice, so its end is Python's own, and its code 1
STATIONS = ("fetch", "flush", "loop", "snapshot", INTERPRETER)
AFTER_S = 8.0
START_LIMIT_S = 90.0
CLAIM_S = 60.0


@pytest.mark.parametrize(
    "limit_s", [pytest.param(15.0, id="less patient"), pytest.param(LIMIT_S, id="as shipped", marks=pytest.mark.long)]
)
def test_each_part_that_stands_still_ends_its_worker_with_its_code(
    faults_kafka: Any, tmp_path: Path, limit_s: float
) -> None:
    bench = Bench(faults_kafka.address, tmp_path)
    feed = Feed(bench.address, LOAD, START_LIMIT_S + AFTER_S + 2 * CLAIM_S)
    stuck = [Stuck(bench, tmp_path, name, limit_s) for name in STATIONS]  # side by side, each in its own group
    try:
        deadline = time.monotonic() + START_LIMIT_S + AFTER_S + CLAIM_S
        while any(worker.process.poll() is None for worker in stuck) and time.monotonic() < deadline:
            for worker in stuck:
                worker.look()
            time.sleep(0.1)
    finally:
        feed.stop()
        for worker in stuck:
            worker.end()

    for worker in stuck:
        print(f"{worker.name}: ended with {worker.process.returncode} after {worker.seconds:.1f} s")
        held = worker.name == INTERPRETER
        assert worker.process.returncode == (1 if held else Station[worker.name.upper()]), worker.told()
        assert ("Timeout (0:00:" if held else f"{worker.name} of") in worker.told()
        assert worker.seconds < CLAIM_S


class Stuck:
    """A worker of which a part stands still some time after it has joined its group."""

    def __init__(self, bench: Bench, folder: Path, name: str, limit_s: float) -> None:
        self.name = name
        self.seconds = float("inf")
        self._log = folder / f"{name}.log"
        fault = {"stuck": name, "after_s": AFTER_S, "limit_s": limit_s}
        config = bench.config(name, app=f"{bench.group}-{name}", state_dir=str(folder / name))
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *FAULTY_WORKER, config], cwd=PROJECT, stdout=log, stderr=log,
                env={**os.environ, FAULT: json.dumps(fault)},
            )  # fmt: skip

    def look(self) -> None:
        """Note how long it took, when it has ended."""
        if self.seconds == float("inf") and self.process.poll() is not None and STUCK in self.told():
            self.seconds = time.time() - float(self.told().partition(STUCK)[2].split()[0])

    def told(self) -> str:
        return self._log.read_text(errors="replace")

    def end(self) -> None:
        """Whatever it does."""
        self.look()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5.0)
