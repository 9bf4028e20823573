"""A source topic that gets more partitions: workers take them in, while they run and at their next start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from confluent_kafka.admin import AdminClient, NewPartitions

from streams.records.verdicts import TickVerdicts
from tests.kafka.crash.crash_load import START_MS
from tests.kafka.support.counted_orders import Running, send, until, until_counted
from tests.kafka.support.faults_bench import Bench
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    return Bench(faults_kafka.address, tmp_path)


def test_partitions_that_are_added_are_counted_by_workers_that_run_and_by_those_that_start(bench: Bench) -> None:
    workers = [Running(bench), Running(bench)]
    send(bench, 0, 200)
    send(bench, 200, 400, partition=1)
    until_counted(bench, 400)

    have(bench, 4)
    until("both say that they know", lambda: bench.told().count("orders has 4 partitions now, 2 before") == 2)
    send(bench, 400, 500, partition=3)
    until_counted(bench, 500)
    for partition in range(4):
        send(bench, 500 + 20 * partition, 520 + 20 * partition, partition)
    until_counted(bench, 580)
    until("ticks go on", lambda: newest_tick(bench) > START_MS + 500_000)
    assert [worker.process.poll() for worker in workers] == [None, None], bench.told()
    for worker in workers:
        worker.stop()

    have(bench, 5)
    send(bench, 580, 600, partition=4)
    worker = Running(bench)
    until_counted(bench, 600)
    for partition in range(5):
        send(bench, 600 + 20 * partition, 620 + 20 * partition, partition)
    until_counted(bench, 700)
    until("ticks go on after the start", lambda: newest_tick(bench) > START_MS + 600_000)
    worker.stop()
    assert "Traceback" not in bench.told()


def have(bench: Bench, partitions: int) -> None:
    """The topic gets more partitions, as by kafka-topics.sh --alter."""
    admin = AdminClient({"bootstrap.servers": bench.address})
    admin.create_partitions([NewPartitions("orders", partitions)])["orders"].result(20.0)


def newest_tick(bench: Bench) -> int:
    ticks = [msgspec.json.decode(m.value(), type=TickVerdicts).time for m in visible(bench.address, "pharos-verdicts")]
    return max(ticks, default=0)
