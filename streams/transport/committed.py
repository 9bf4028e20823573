"""Committed offsets with their metadata, stable ones only."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

import confluent_kafka
from faust.types import TP

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIMIT_S = 15.0
# confluent-kafka 2.16 reads metadata up to a zero byte, and librdkafka puts none behind it: so we do, in writing.
END_OF_METADATA = "\0"


class Commit(NamedTuple):
    """A committed offset. Metadata is the text that the flush wrote beside it."""

    offset: int
    metadata: str


class CommittedOffsets:
    """Asks the group's coordinator.

    librdkafka waits until no transaction holds the offsets back; the request as aiokafka knows it cannot.
    """

    def __init__(self, broker: str, group: str) -> None:
        quiet = logging.getLogger("streams.transport.committed.librdkafka")
        quiet.setLevel(logging.CRITICAL)
        self._client = confluent_kafka.Consumer(
            {
                "bootstrap.servers": broker,
                "group.id": group,  # asks about it, never joins it
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "logger": quiet,
            }
        )

    async def read(self, tps: Iterable[TP]) -> dict[TP, Commit]:
        """Commits of those that have one. Raises confluent_kafka.KafkaException."""
        asked = [confluent_kafka.TopicPartition(tp.topic, tp.partition) for tp in tps]
        if not asked:
            return {}
        answer = await asyncio.to_thread(self._client.committed, asked, _LIMIT_S)
        commits = {}
        for found in answer:
            if found.error is not None:
                raise confluent_kafka.KafkaException(found.error)
            if found.offset >= 0:
                metadata = (found.metadata or "").partition(END_OF_METADATA)[0]
                commits[TP(found.topic, found.partition)] = Commit(found.offset, metadata)
        return commits

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)
