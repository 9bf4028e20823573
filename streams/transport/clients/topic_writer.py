"""Writes single records to one topic: what a person did, not what a stream carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.transport.clients.record_writer import RecordWriter

if TYPE_CHECKING:
    from streams.broker.connection import Connection
    from streams.delivery.written import Delivery

_MOST_WAITING = 100


class TopicWriter:
    """A `RecordWriter` for one topic.

    Args:
        connection: the way to the brokers.
        topic: where records go; the key decides the partition.
        limit_s: how long a record may take; after it the record is not sent any more, or hardly.

    """

    def __init__(self, connection: Connection, topic: str, limit_s: float = 5.0) -> None:
        self._topic = topic
        self._records = RecordWriter(connection, limit_s, _MOST_WAITING)

    async def start(self) -> None:
        """Raises KafkaError, OSError or TimeoutError where no broker is reached."""
        await self._records.start()

    async def write(self, key: bytes, value: bytes) -> Delivery:
        """One record; waits at most `limit_s`, and never raises for what the brokers do."""
        return await self._records.write(self._topic, key, value)

    async def stop(self) -> None:
        """Lets go, within seconds even where the brokers are gone."""
        await self._records.stop()
