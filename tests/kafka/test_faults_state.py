"""A catalogue that changes between two starts, and snapshots that hold garbage."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from streams.catalogue.load import SHIPPED, load
from tests.kafka.crash.crash_direct import DirectCount
from tests.kafka.crash.feed import Feed
from tests.kafka.crash.fleet import FAULTY_WORKER, PROJECT
from tests.kafka.support.faults_bench import CELLS_PARTITIONS, LOAD, Bench
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka.crash.comparison import Truth

pytestmark = pytest.mark.kafka
HALF = LOAD.events // 2
LOAD_S = 8.0
END_LIMIT_S = 60.0
HIDDEN_LIMIT_S = 90.0
CHANGED, ADDED, REMOVED = "parcel_movements", "collections_again", "refund_requests"


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    return Bench(faults_kafka.address, tmp_path)


def test_a_changed_catalogue_begins_what_changed_anew_and_goes_on_with_the_rest(
    bench: Bench, tmp_path: Path, truth: Truth
) -> None:
    feed = Feed(bench.address, LOAD, LOAD_S, allowed=HALF)
    fleet = bench.fleet(2)
    try:
        bench.wait_for(fleet, HALF)
    finally:
        fleet.stop()
    fleet = bench.fleet(2, catalogue=str(another_catalogue(tmp_path)))
    try:
        feed.allow(LOAD.events)
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    before, after = load(), load(another_catalogue(tmp_path))
    direct = DirectCount(before, bench.settings.dedup_records)
    direct.add_all(itertools.islice(LOAD.records(), HALF))
    direct.use(after)
    direct.add_all(itertools.islice(LOAD.records(), HALF, None))
    cells = direct.total()
    keys = {key for key, *_ in cells}
    assert {before.by_name[CHANGED].key(), after.by_name[CHANGED].key(), after.by_name[ADDED].key()} <= keys
    assert fleet.ends == []
    bench.compare(truth._replace(cells=cells)).assert_equal()


def test_a_snapshot_of_garbage_ends_the_worker_until_it_is_given_up(bench: Bench, truth: Truth) -> None:
    feed = Feed(bench.address, LOAD, LOAD_S, allowed=HALF)
    count_and_save(bench, HALF)
    for partition, suffix in enumerate(("manifest", "/0")):
        held = saved(bench, partition, suffix)
        replace(bench, partition, dict.fromkeys(held, b"\x93garbage"))

        said = said_by_one_that_ends(bench)

        assert f"pharos: the snapshot of pharos-cells-{partition} cannot be restored: " in said
        assert "stop the workers, delete the topic pharos-snapshots and start them" in said
        replace(bench, partition, held)
    replace(bench, 0, dict.fromkeys(saved(bench, 0, "manifest"), b"\x93garbage"))
    admin = AdminClient({"bootstrap.servers": bench.address, "log_level": 0})
    admin.delete_topics(["pharos-snapshots"])["pharos-snapshots"].result(20.0)
    fleet = bench.fleet(1)
    feed.allow(LOAD.events)
    try:
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    bench.compare(truth).assert_equal(
        told_again=True
    )  # the desk began anew, and tells what it finds under the same ids


def count_and_save(bench: Bench, events: int) -> None:
    """A worker counts so many records, and is killed when each partition has a snapshot."""
    fleet = bench.fleet(1)
    try:
        bench.wait_for(fleet, events)
        deadline = time.monotonic() + 60.0
        while not all(saved(bench, partition, "manifest") for partition in range(CELLS_PARTITIONS)):
            assert time.monotonic() < deadline, "no snapshot is made"
            time.sleep(0.5)
    finally:
        fleet.kill_all()


def another_catalogue(folder: Path) -> Path:
    """The one shipped with one metric changed, one added and one removed."""
    catalogue = yaml.safe_load(SHIPPED.read_text())
    metrics = {metric["name"]: metric for metric in catalogue["metrics"]}
    del metrics[REMOVED]
    metrics[CHANGED]["scopes"] = [[], ["warehouse"]]
    del metrics[CHANGED]["action"], metrics[CHANGED]["action_zh"]  # they name the carrier
    metrics[ADDED] = {**metrics["collections"], "name": ADDED}
    for metric in metrics.values():
        metric["symptom_of"] = [cause for cause in metric.get("symptom_of", ()) if cause != REMOVED]
    catalogue["metrics"] = list(metrics.values())
    path = folder / "another.yaml"
    path.write_text(yaml.safe_dump(catalogue))
    return path


def saved(bench: Bench, partition: int, suffix: str) -> dict[bytes, bytes]:
    """What is kept of a partition of pharos-cells, by key, where the name ends so."""
    newest: dict[bytes, bytes | None] = {}
    if "pharos-snapshots" in AdminClient({"bootstrap.servers": bench.address}).list_topics(timeout=10.0).topics:
        newest = newest_of(bench, partition)
    start, end = f"pharos-cells/{partition}/".encode(), suffix.encode()
    return {key: value for key, value in newest.items() if value and key.startswith(start) and key.endswith(end)}


def newest_of(bench: Bench, partition: int) -> dict[bytes, bytes | None]:
    """The last committed value of every key."""
    return {message.key(): message.value() for message in visible(bench.address, "pharos-snapshots", partition)}


def replace(bench: Bench, partition: int, values: dict[bytes, bytes]) -> None:
    """These instead, and readers of what is committed see them.

    A worker that was killed may have left a transaction open; until the broker ends it, it hides what comes after.
    """
    producer = Producer({"bootstrap.servers": bench.address})
    for key, value in values.items():
        producer.produce("pharos-snapshots", value, key=key, partition=partition)
    assert producer.flush(20.0) == 0
    deadline = time.monotonic() + HIDDEN_LIMIT_S
    while not values.items() <= newest_of(bench, partition).items():
        assert time.monotonic() < deadline, "a transaction stays open"
        time.sleep(0.5)


def said_by_one_that_ends(bench: Bench) -> str:
    """What a worker says that ends within the minute."""
    done = subprocess.run(
        [sys.executable, *FAULTY_WORKER, bench.config()],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
        timeout=END_LIMIT_S,
    )
    assert done.returncode == 1, done.stderr
    return done.stderr
