"""How far workers have come, as the broker tells it: nothing is asked of the workers while they are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks.cluster import PARTITIONS
from streams.settings.settings import SOURCE_TOPICS

if TYPE_CHECKING:
    from benchmarks.worker_process import WorkerProcess

_LIMIT_S = 20.0


class Progress:
    """What a group has committed of the source topics."""

    def __init__(self, broker: str, group: str) -> None:
        self._admin = AdminClient({"bootstrap.servers": broker, "log_level": 2})
        self._group = group

    def counted(self) -> int:
        """Records of all source partitions before the committed offsets."""
        asked = [ConsumerGroupTopicPartitions(self._group)]
        found = self._admin.list_consumer_group_offsets(asked)[self._group].result(_LIMIT_S).topic_partitions
        return sum(max(place.offset, 0) for place in found if place.topic in SOURCE_TOPICS)


def records_of(broker: str, topic: str, partitions: int = PARTITIONS) -> int:
    """How many offsets a topic has, the markers of transactions included."""
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "pharos-bench"})
    try:
        ends = [consumer.get_watermark_offsets(TopicPartition(topic, number), _LIMIT_S) for number in range(partitions)]
    finally:
        consumer.close()
    return sum(high - low for low, high in ends)


def is_merged(*workers: WorkerProcess) -> bool:
    """Whether the cells that were there at the last look, a second ago at most, have become windows."""
    lags = [running.sums("pharos_consumer_lag", "topic") for running in workers]
    logs = ("pharos-cases", "pharos-cells", "pharos-verdicts")
    return sum(lag.get(log, 0.0) for lag in lags for log in logs) == 0
