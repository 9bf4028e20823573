"""Committed offsets with their metadata, stable ones only."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

import confluent_kafka
from faust.types import TP

from streams.transport.flush.flush import END_OF_METADATA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.broker.connection import Connection

_LIMIT_S = 15.0
_PAUSE_S = 0.2
_PASSING = (
    confluent_kafka.KafkaError.NOT_COORDINATOR,
    confluent_kafka.KafkaError.COORDINATOR_NOT_AVAILABLE,
    confluent_kafka.KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
)


class Commit(NamedTuple):
    """A committed offset. Metadata is the text that the flush wrote beside it."""

    offset: int
    metadata: str


class CommittedOffsets:
    """Asks the group's coordinator.

    librdkafka waits until no transaction holds the offsets back; the request as aiokafka knows it cannot.
    """

    def __init__(self, connection: Connection, group: str) -> None:
        self._client = confluent_kafka.Consumer(
            connection.for_quiet_librdkafka(
                {
                    "group.id": group,  # asks about it, never joins it
                    "enable.auto.commit": False,
                    "isolation.level": "read_committed",
                }
            )
        )

    async def read(self, tps: Iterable[TP]) -> dict[TP, Commit]:
        """Commits of those that have one. Raises confluent_kafka.KafkaException."""
        asked = [confluent_kafka.TopicPartition(tp.topic, tp.partition) for tp in tps]
        commits = {}
        for found in await self._ask(asked) if asked else []:
            if found.offset >= 0:
                metadata = (found.metadata or "").partition(END_OF_METADATA)[0]
                commits[TP(found.topic, found.partition)] = Commit(found.offset, metadata)
        return commits

    async def _ask(self, asked: list[confluent_kafka.TopicPartition]) -> list[confluent_kafka.TopicPartition]:
        """A broker that has just come up, or a coordinator that moves, is asked again."""
        deadline = time.monotonic() + _LIMIT_S
        while True:
            try:
                return await asyncio.to_thread(self._ask_once, asked)
            except confluent_kafka.KafkaException as error:
                if error.args[0].code() not in _PASSING or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(_PAUSE_S)

    def _ask_once(self, asked: list[confluent_kafka.TopicPartition]) -> list[confluent_kafka.TopicPartition]:
        answer: list[confluent_kafka.TopicPartition] = self._client.committed(asked, _LIMIT_S)
        for found in answer:
            if found.error is not None:
                raise confluent_kafka.KafkaException(found.error)
        return answer

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)
