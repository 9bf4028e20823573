"""A log that lost what a worker had to read: a clear end instead of wrong numbers, and a remedy that works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from tests.kafka.crash.feed import ANY_TIME, commits
from tests.kafka.support.counted_orders import Running, counted, send, until, until_counted
from tests.kafka.support.faults_bench import Bench

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka
END_LIMIT_S = 60.0
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


def test_a_source_recreated_under_a_running_worker_ends_it(bench: Bench) -> None:
    worker = Running(bench)
    send(bench, 0, 200)
    until_counted(bench, 200)
    make_orders_anew(bench)

    said = worker.said_at_its_end(1, END_LIMIT_S)

    assert re.search(
        r"pharos: orders: the topic was deleted|pharos: orders-\d: .* the topic was created again", said
    ), said
    reset_to_earliest(bench)  # where a last flush came after the new topic, the next start asks for it
    counts_on(bench, 200, 220, counted=220)


def test_a_source_recreated_while_nobody_looks_is_counted_from_its_beginning(bench: Bench) -> None:
    run_for(bench, 0, 200)
    make_orders_anew(bench)

    counts_on(bench, 200, 500)  # more than the commit of the old one would have passed over


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
