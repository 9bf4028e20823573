"""Snapshots in the compacted topic pharos-snapshots: items, output and offset in one transaction."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import confluent_kafka

from streams.topics.names import SNAPSHOTS_TOPIC
from streams.transport.flush.flush import FlushContent, OutRecord
from streams.transport.log.keeper import Saved

if TYPE_CHECKING:
    from faust.types import TP

    from streams.broker.connection import Connection
    from streams.transport.flush.flush import Flusher
    from streams.transport.log.keeper import Save

_OFFSET = "offset"
_READ_LIMIT_S = 120.0
_POLL_S = 1.0


class TopicKeeper:
    """Keeps a partition's snapshot in one partition of the topic, under keys with a prefix of its own.

    The flusher's transaction makes a snapshot complete or absent, and fences: a previous owner that wakes up cannot
    replace a newer snapshot by an older one.
    """

    def __init__(self, connection: Connection, group: str, source: TP, partition: int, flusher: Flusher) -> None:
        self._connection = connection
        self._group = group
        self._source = source
        self._partition = partition
        self._flusher = flusher
        self._prefix = f"{source.topic}/{source.partition}/"
        self._names: set[str] = set()

    async def open(self) -> None:
        await self._flusher.open()

    async def load(self) -> Saved | None:
        items = await asyncio.to_thread(
            read_compacted, self._connection, self._group, SNAPSHOTS_TOPIC, self._partition, self._prefix
        )
        offset = items.pop(_OFFSET, None)
        self._names = set(items)
        return None if offset is None else Saved(int(offset), items)

    async def save(self, save: Save) -> None:
        stale = self._names - save.keep
        written = [
            *save.records,
            *(self._record(name, value) for name, value in save.items),
            *(self._record(name, None) for name in sorted(stale)),
            self._record(_OFFSET, str(save.offset).encode()),
        ]
        await self._flusher.flush(FlushContent(self._source, save.offset, "", written))
        self._names = set(save.keep)

    async def close(self) -> None:
        await self._flusher.close()

    def _record(self, name: str, value: bytes | None) -> OutRecord:
        return OutRecord(SNAPSHOTS_TOPIC, value, key=(self._prefix + name).encode(), partition=self._partition)


def read_compacted(connection: Connection, group: str, topic: str, partition: int, prefix: str) -> dict[str, bytes]:
    """The newest value of every key of a partition that begins with `prefix`, which is cut off. Blocks.

    Raises confluent_kafka.KafkaException, and TimeoutError where the end is not reached.
    """
    consumer = confluent_kafka.Consumer(
        connection.for_quiet_librdkafka(
            {
                "group.id": group,  # one that we may read; assigned by hand, nothing is committed
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 50,
            }
        )
    )
    newest: dict[str, bytes] = {}
    start = prefix.encode()
    deadline = time.monotonic() + _READ_LIMIT_S
    try:
        consumer.assign([confluent_kafka.TopicPartition(topic, partition, confluent_kafka.OFFSET_BEGINNING)])
        while time.monotonic() < deadline:
            message = consumer.poll(_POLL_S)
            if message is None:
                continue
            error = message.error()
            if error is not None:
                if error.code() == confluent_kafka.KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name for that
                    return newest
                raise confluent_kafka.KafkaException(error)
            key = message.key()
            if key is None or not key.startswith(start):
                continue
            name = key[len(start) :].decode()
            value = message.value()
            if value is None:
                newest.pop(name, None)
            else:
                newest[name] = value
    finally:
        consumer.close()
    raise TimeoutError(f"{topic}-{partition} was not read to its end within {_READ_LIMIT_S:.0f} s")
