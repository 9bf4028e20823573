"""Three times as many events as a worker can count, and a receiver that never answers: late, and otherwise as ever."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import Producer

from streams.records.anomaly import Change
from streams.records.anomaly_event import decode
from streams.settings.settings import ReceiverSettings
from tests.kafka.crash.crash_load import START_MS, rfc3339
from tests.kafka.crash.feed import Feed, committed
from tests.kafka.crash.fleet import FAULT
from tests.kafka.support.faults_bench import LOAD, Bench
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kafka.crash.comparison import Truth

pytestmark = pytest.mark.kafka
CAPACITY = 2_000  # events a second, by a wait in the counting
FACTOR = 3
MOST_GROWTH_MIB = 200
DIGEST = "open that nobody was told of"
DIGEST_LIMIT_S = 40.0


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
        while DIGEST not in bench.told() and time.monotonic() < began + seconds + DIGEST_LIMIT_S:
            time.sleep(0.5)  # it waits until nothing old has come for some seconds
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
    assert DIGEST in told  # one digest of what is old, not a page for each


def test_what_was_over_before_a_worker_had_caught_up_pages_nobody(faults_kafka: Any, tmp_path: Path) -> None:
    bench = Bench(faults_kafka.address, tmp_path)
    an_hour_with_ten_bad_minutes(bench)
    fleet = bench.fleet(1, {FAULT: json.dumps({"slow_s": 12.0})})  # it reads the hour in several fetches
    try:
        wait_until_resolved(bench)
        time.sleep(3.0)  # the notifier looks twice a second
    finally:
        fleet.stop()

    assert "Pick-up rate" not in bench.told()


def an_hour_with_ten_bad_minutes(bench: Bench) -> None:
    """A contact every three seconds, answered soon, but for the minutes from 20 to 30; in records of 8 KiB."""
    events = []
    for second in range(0, 3600, 3):
        waited = 95 if 1200 <= second < 1800 else 5
        data = {"consultation_id": f"c{second}", "queue": "q", "padding": "x" * 8_000}
        opened_at = START_MS + second * 1000
        answer = {"opened_at": rfc3339(opened_at), "waited": waited, "transfers": 0}
        events.append((opened_at, "consultation.opened", data))
        events.append((opened_at + waited * 1000, "consultation.answered", {**data, **answer}))
    producer = Producer({"bootstrap.servers": bench.address, "linger.ms": 20})
    for number, (at, kind, data) in enumerate(sorted(events, key=lambda event: event[0])):
        envelope = {"specversion": "1.0", "id": f"e{number}", "source": "/backlog", "type": kind, "time": rfc3339(at)}
        producer.produce("consultations", json.dumps({**envelope, "data": data}), partition=0, timestamp=at)
    assert producer.flush(20.0) == 0


def wait_until_resolved(bench: Bench, limit_s: float = 120.0) -> None:
    """Until the bad minutes have been found, and are over."""
    deadline = time.monotonic() + limit_s
    while True:
        changes = [decode(message.value()).change for message in visible(bench.address, "pharos-anomalies")]
        if Change.OPENED in changes and changes.count(Change.OPENED) == changes.count(Change.RESOLVED):
            return
        assert time.monotonic() < deadline, f"no end of the bad minutes: {changes}"
        time.sleep(0.5)


def resident_mib(pid: int, what: str = "VmRSS") -> float:
    """Memory of a process now, or (VmHWM) at most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} tells no {what}")
