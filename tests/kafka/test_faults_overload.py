"""Three times as many events as a worker can count, and a receiver that never answers: late, and otherwise as ever."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from faults_bench import LOAD, Bench
from feed import Feed, committed
from fleet import FAULT

from streams.settings import ReceiverSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comparison import Truth

pytestmark = pytest.mark.kafka
CAPACITY = 2_000  # events a second, by a wait in the counting
FACTOR = 3
MOST_GROWTH_MIB = 200


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a receiver that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_at_three_times_its_capacity_a_worker_lags_catches_up_and_finds_the_same(
    faults_kafka: Any, tmp_path: Path, truth: Truth, deaf: str
) -> None:
    receivers = (
        ReceiverSettings(name="console", kind="console"),
        ReceiverSettings(name="deaf", kind="webhook", url_env="DEAF_RECEIVER"),
    )
    bench = Bench(faults_kafka.address, tmp_path, receivers=receivers)
    fleet = bench.fleet(1, {FAULT: json.dumps({"slow_s": 1000 / CAPACITY}), "DEAF_RECEIVER": deaf})
    feed = Feed(bench.address, LOAD, LOAD.events / (CAPACITY * FACTOR), allowed=100)
    try:
        bench.wait_for(fleet, 100)
        begun_mib = resident_mib(fleet.workers[0].pid)
        began = time.monotonic()
        feed.allow(LOAD.events)
        feed.join()
        lag = LOAD.events - committed(bench.address, bench.group, LOAD.partitions)
        bench.finish(fleet)
        seconds = time.monotonic() - began
        peak_mib = resident_mib(fleet.workers[0].pid, "VmHWM")
    finally:
        fleet.stop()

    print(
        f"lag when all was sent: {lag}; caught up after {seconds:.0f} s; {begun_mib:.0f} -> at most {peak_mib:.0f} MiB"
    )
    assert lag > LOAD.events // 4
    assert fleet.ends == []
    assert peak_mib < begun_mib + MOST_GROWTH_MIB
    bench.compare(truth).assert_equal()
    told = bench.told()
    assert "anomalies are open that nobody was told of" in told  # one digest of what is old, not a page for each


def resident_mib(pid: int, what: str = "VmRSS") -> float:
    """Memory of a process now, or (VmHWM) at most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} tells no {what}")
