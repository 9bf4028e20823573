"""A Kafka broker in memory, in this process: librdkafka's mock cluster, which speaks the real protocol on loopback.

For trying out and for tests: it forgets everything at its end, keeps about 5 MiB of compressed batches a partition,
only pretends transactions and knows no compaction (docs/decisions/0006-embedded-broker.md).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from streams.broker.librdkafka import BrokerUnavailableError, kafka_client, library
from streams.broker.listening_socket import listen, replace_listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from ctypes import c_void_p

HOST = "127.0.0.1"
LIFE_TOPIC = "pharos-embedded-"  # and a random name: state kept for an earlier life of the broker must not be used
_ONLY_BROKER = 1


class EmbeddedBroker:
    """A broker while the `with` block lasts.

    Attributes:
        address: host:port for clients.

    """

    def __init__(self, port: int, topics: Mapping[str, int], *, join_delay_ms: int = 200) -> None:
        """Start it. Raises BrokerUnavailableError.

        Args:
            port: where it listens; 0 takes any free one.
            topics: partitions by topic. Other topics come into being when they are used, with 4 partitions.
            join_delay_ms: how long the first member of a new group waits for others.

        """
        self._kafka = library()
        self._own: socket.socket | None = listen(HOST, port) if port else None
        self._client: c_void_p | None = None
        self._cluster: c_void_p | None = None
        try:
            # Below "error" it would tell of every client that goes.
            self._client = kafka_client({"log_level": "3", "client.id": "pharos-embedded-broker"})
            self._cluster = self._kafka.rd_kafka_mock_cluster_new(self._client, 1)
            self.address = self._listen_address()
            self._kafka.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, join_delay_ms)
            for topic, partitions in topics.items():
                self.create_topic(topic, partitions)
            self.create_topic(f"{LIFE_TOPIC}{uuid.uuid4().hex[:12]}", 1)
        except BaseException:
            self.close()
            raise

    def create_topic(self, topic: str, partitions: int) -> None:
        """A new topic. Raises BrokerUnavailableError where it exists already, ValueError without partitions."""
        if partitions < 1:
            raise ValueError(f"topic {topic} needs at least one partition")
        self._check(
            self._kafka.rd_kafka_mock_topic_create(self._cluster, topic.encode(), partitions, 1),
            f"topic {topic} with {partitions} partitions",
        )

    def delete_records(self, topic: str, partition: int, before: int) -> None:
        """Forget the records before an offset, as retention does."""
        code = self._kafka.rd_kafka_mock_partition_delete_records(self._cluster, topic.encode(), partition, before)
        self._check(code, f"deleting records of {topic}/{partition}")

    def close(self) -> None:
        """Stop it and forget everything. A second time it does nothing."""
        if self._cluster:
            self._kafka.rd_kafka_mock_cluster_destroy(self._cluster)
            self._cluster = None
        if self._client:
            self._kafka.rd_kafka_destroy(self._client)
            self._client = None
        if self._own is not None:
            self._own.close()
            self._own = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen_address(self) -> str:
        if not self._cluster:
            raise BrokerUnavailableError("librdkafka could not start its cluster; use Apache Kafka: make kafka")
        address = str(self._kafka.rd_kafka_mock_cluster_bootstraps(self._cluster).decode())
        if self._own is None:
            return address
        replace_listener(int(address.rpartition(":")[2]), self._own)
        port = self._own.getsockname()[1]
        # The advertised address: clients would go on to the port that nobody listens on any more.
        code = self._kafka.rd_kafka_mock_broker_set_host_port(self._cluster, _ONLY_BROKER, HOST.encode(), port)
        self._check(code, "the advertised port")
        return f"{HOST}:{port}"

    def _check(self, code: int, what: str) -> None:
        if code:
            reason = self._kafka.rd_kafka_err2str(code).decode()
            raise BrokerUnavailableError(f"the embedded broker refused {what}: {reason}")
