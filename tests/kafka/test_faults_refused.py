"""Brokers that do not take what a worker writes: it lags or ends, counts nothing wrong, and all of it afterwards."""

from __future__ import annotations

import contextlib
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from streams.topics.wanted import LARGEST_RECORD
from streams.transport.flush.flush import FailureReason
from tests.kafka.crash.feed import Feed
from tests.kafka.support.faults_bench import LOAD, Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kafka.crash.comparison import Truth

pytestmark = pytest.mark.kafka
HALF = LOAD.events // 2
LOAD_S = 8.0
DISK = "256m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, which a test can fill."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here ({mounted.stderr.strip()}); refused writes are tested above")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_writes_that_are_refused_for_a_while_cost_time_and_nothing_else(
    faults_kafka: Any, tmp_path: Path, truth: Truth
) -> None:
    bench = Bench(faults_kafka.address, tmp_path)
    fleet = bench.fleet(1)
    feed = Feed(bench.address, LOAD, LOAD_S, allowed=HALF)
    try:
        bench.wait_for(fleet, HALF)
        limit_records(bench, 200)
        feed.allow(LOAD.events)
        wait_for_words(bench, FailureReason.BROKER.value, times=12)
        refused_at = bench.wait_for(fleet, HALF)
        limit_records(bench, LARGEST_RECORD)
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    print(f"committed while writes were refused: {refused_at}; ended by themselves: {fleet.ends}")
    assert refused_at < LOAD.events
    assert "MessageSizeTooLargeError" in bench.told()
    bench.compare(truth).assert_equal()


def test_a_full_disk_stops_the_broker_and_costs_nothing_once_there_is_room(
    kafka_run: Any, small_disk: Path, tmp_path: Path, truth: Truth
) -> None:
    kafka = kafka_run.KafkaBroker(0, small_disk / "kafka")
    kafka.start()
    fleet = None
    try:
        bench = Bench(kafka.address, tmp_path)
        fleet = bench.fleet(1)
        feed = Feed(bench.address, LOAD, LOAD_S, allowed=HALF)
        bench.wait_for(fleet, HALF)
        ballast = fill(small_disk)
        feed.allow(LOAD.events)
        until_it_ends(kafka)
        ballast.unlink()
        kafka.restart()
        bench.finish(fleet)
        feed.join()
        comparison = bench.compare(truth)
    finally:
        if fleet is not None:
            fleet.stop()
        kafka.kill()

    print(f"workers that ended by themselves: {fleet.ends}")
    comparison.assert_equal()


def limit_records(bench: Bench, limit: int) -> None:
    """No larger batch is taken into pharos-cells and pharos-snapshots."""
    admin = AdminClient({"bootstrap.servers": bench.address})
    entry = ConfigEntry("max.message.bytes", str(limit), incremental_operation=AlterConfigOpType.SET)
    wanted = [
        ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
        for topic in ("pharos-cells", "pharos-snapshots")
    ]
    for done in admin.incremental_alter_configs(wanted).values():
        done.result(20.0)


def wait_for_words(bench: Bench, words: str, times: int, limit_s: float = 60.0) -> None:
    """Until the workers have said it so often."""
    deadline = time.monotonic() + limit_s
    while bench.told().count(words) < times:
        assert time.monotonic() < deadline, f"{bench.told().count(words)} times: {words}\n{bench.told()}"
        time.sleep(0.5)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    return ballast


def until_it_ends(kafka: Any, limit_s: float = 60.0) -> None:
    """A broker whose only disk is full ends."""
    deadline = time.monotonic() + limit_s
    while kafka.alive():
        assert time.monotonic() < deadline, "the broker goes on with a full disk"
        time.sleep(0.2)
