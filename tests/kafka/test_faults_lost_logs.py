"""A log that lost what a worker had to read: a clear end instead of wrong numbers, and a remedy that works."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from comparison import read_cells
from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from crash_load import START_MS, rfc3339
from faults_bench import CELLS_PARTITIONS, Bench
from feed import ANY_TIME, commits
from kafka_reading import produce

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.kafka
END_LIMIT_S = 60.0
PHAROS = Path(sys.executable).with_name("pharos")
ORDERS = TopicPartition("orders", 0)


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    return Bench(faults_kafka.address, tmp_path)


def test_cells_trimmed_behind_the_snapshot_end_the_worker_until_snapshots_are_given_up(bench: Bench) -> None:
    cells = TopicPartition("pharos-cells", 0)
    worker = Running(bench)
    send(bench, 0, 200)
    until("a snapshot lags behind the log", lambda: 0 < saved_to(bench, cells) < end_of(bench, cells))
    worker.kill()
    saved = saved_to(bench, cells)
    trim(bench, cells, end_of(bench, cells))
    assert first_of(bench, cells) > saved

    said = Running(bench).said_at_its_end(1, END_LIMIT_S)

    assert f"pharos-cells-0: the broker has dropped offsets {saved} to {first_of(bench, cells) - 1} unread" in said
    assert "stop the workers, delete the topic pharos-snapshots and start them" in said
    delete(bench, "pharos-snapshots")
    left = counted(bench)
    counts_on(bench, 200, 300, counted=left + 100)
    assert saved_to(bench, cells) > saved


def test_a_source_trimmed_beyond_the_commit_ends_the_worker_until_the_group_is_reset(bench: Bench) -> None:
    run_for(bench, 0, 200)
    committed = saved_to(bench, ORDERS)
    send(bench, 200, 300)
    trim(bench, ORDERS, committed + 40)

    said = Running(bench).said_at_its_end(1, END_LIMIT_S)

    assert f"orders-0: the broker has dropped offsets {committed} to {committed + 39} unread" in said
    assert f"--group {bench.group} --topic orders:0 --reset-offsets --to-earliest --execute" in said
    reset_to_earliest(bench)
    counts_on(bench, 300, 310, counted=200 + 60 + 10)


def test_a_source_made_anew_under_a_running_worker_ends_it(bench: Bench) -> None:
    worker = Running(bench)
    send(bench, 0, 200)
    until_counted(bench, 200)
    make_orders_anew(bench)

    said = worker.said_at_its_end(1, END_LIMIT_S)

    assert re.search(r"pharos: orders: the topic was deleted|pharos: orders-\d: .* the topic was made anew", said), said
    reset_to_earliest(bench)  # where a last flush came after the new topic, the next start asks for it
    counts_on(bench, 200, 220, counted=220)


def test_a_source_made_anew_while_nobody_looks_is_counted_from_its_beginning(bench: Bench) -> None:
    run_for(bench, 0, 200)
    make_orders_anew(bench)

    counts_on(bench, 200, 500)  # more than the commit of the old one would have passed over


class Running:
    """The command as people run it, and what it says."""

    def __init__(self, bench: Bench) -> None:
        command = [PHAROS, "worker", "--config", str(bench.config()), "--port", "0"]
        self._begin = len(bench.told())
        self._bench = bench
        with bench.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def said_at_its_end(self, code: int, limit_s: float) -> str:
        """What it said, once it has ended with the code within the limit."""
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5.0)
        said = self._bench.told()[self._begin :]
        assert self.process.returncode == code, said
        return said

    def stop(self) -> None:
        """Ask it to end."""
        self.process.terminate()
        self.said_at_its_end(0, 15.0)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5.0)


def run_for(bench: Bench, begin: int, end: int) -> None:
    """A worker counts these orders, and ends when asked."""
    worker = Running(bench)
    send(bench, begin, end)
    until_counted(bench, end)
    worker.stop()


def counts_on(bench: Bench, begin: int, end: int, counted: int | None = None) -> None:
    """After the remedy a worker counts what comes."""
    worker = Running(bench)
    send(bench, begin, end)
    until_counted(bench, end if counted is None else counted)
    assert worker.process.poll() is None
    worker.stop()


def send(bench: Bench, begin: int, end: int) -> None:
    """Orders of one partition, numbered, a second apart."""
    values = [
        f'{{"specversion":"1.0","id":"o{number}","source":"/lost","type":"order.created",'
        f'"time":"{rfc3339(START_MS + number * 1000)}","data":{{"order_id":"o{number}","region":"r"}}}}'.encode()
        for number in range(begin, end)
    ]
    produce(bench.address, "orders", values, timestamp=START_MS + end * 1000)


def until_counted(bench: Bench, orders: int) -> None:
    """Until the orders of all time are in pharos-cells, each once."""

    def arrived() -> bool:
        found = counted(bench)
        assert found <= orders, f"{found} orders counted, {orders} were sent"
        return found == orders

    until(f"{orders} orders are counted", arrived)


def counted(bench: Bench) -> int:
    cells = read_cells(bench.address, CELLS_PARTITIONS)
    whole = [
        value
        for (metric, _, _, scope, _), value in cells.items()
        if metric.startswith("orders_created@") and scope == ()
    ]
    return sum(whole)


def until(what: str, holds: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {limit_s:.0f} s: {what}"
        time.sleep(0.3)


def saved_to(bench: Bench, partition: TopicPartition) -> int:
    """How far the commit is."""
    return commits(bench.address, bench.group, [partition])


def trim(bench: Bench, partition: TopicPartition, offset: int) -> None:
    admin = AdminClient({"bootstrap.servers": bench.address})
    wanted = TopicPartition(partition.topic, partition.partition, offset)
    for done in admin.delete_records([wanted]).values():
        done.result(20.0)


def delete(bench: Bench, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bench.address})
    admin.delete_topics([topic])[topic].result(20.0)
    until("the topic is gone", lambda: topic not in admin.list_topics(timeout=10.0).topics)


def make_orders_anew(bench: Bench) -> None:
    admin = AdminClient({"bootstrap.servers": bench.address})
    delete(bench, "orders")
    admin.create_topics([NewTopic("orders", 2, 1, config=ANY_TIME)])["orders"].result(20.0)


def reset_to_earliest(bench: Bench) -> None:
    """What kafka-consumer-groups.sh --reset-offsets --to-earliest does; it waits for the group to be empty, too."""
    admin = AdminClient({"bootstrap.servers": bench.address})

    def is_empty() -> bool:
        group = admin.describe_consumer_groups([bench.group])[bench.group].result(20.0)
        return bool(group.state is ConsumerGroupState.EMPTY)

    until("the group is empty", is_empty)
    wanted = TopicPartition(ORDERS.topic, ORDERS.partition, first_of(bench, ORDERS))
    for done in admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(bench.group, [wanted])]).values():
        done.result(20.0)


def first_of(bench: Bench, partition: TopicPartition) -> int:
    return _watermarks(bench, partition)[0]


def end_of(bench: Bench, partition: TopicPartition) -> int:
    return _watermarks(bench, partition)[1]


def _watermarks(bench: Bench, partition: TopicPartition) -> tuple[int, int]:
    consumer = Consumer({"bootstrap.servers": bench.address, "group.id": "reader", "log_level": 0})
    try:
        low, high = consumer.get_watermark_offsets(partition, timeout=10.0)
    finally:
        consumer.close()
    return low, high
