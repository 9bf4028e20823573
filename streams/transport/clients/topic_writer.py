"""Writes single records that somebody waits for: what a person did, not what a stream carries."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from streams.delivery.written import Delivery
from streams.transport.flush.flush import discard, look_at_unsent

if TYPE_CHECKING:
    from streams.broker.connection import Connection

_START_LIMIT_S = 30.0
_MOST_WAITING = 100

logger = logging.getLogger(__name__)


class TopicWriter:
    """A producer for one topic. All copies in sync acknowledge a record before it counts as taken.

    It is not idempotent: a record that is sent again after an answer got lost carries the same CloudEvents id, and
    readers drop it. So a broker that was gone for long leaves no sequence of numbers behind that has to be mended.

    Args:
        connection: the way to the brokers.
        topic: where records go; the key decides the partition.
        limit_s: how long a record may take; after it the record is not sent any more, or hardly.

    """

    def __init__(self, connection: Connection, topic: str, limit_s: float = 5.0) -> None:
        self._connection = connection
        self._topic = topic
        self._limit_s = limit_s
        self._producer: Any = None
        self._waiting = 0

    async def start(self) -> None:
        """Raises KafkaError, OSError or TimeoutError where no broker is reached."""
        producer = AIOKafkaProducer(
            **self._connection.for_aiokafka(),
            acks="all",
            request_timeout_ms=round(self._limit_s * 1000),
        )
        try:
            await asyncio.wait_for(producer.start(), _START_LIMIT_S)
        except BaseException:
            await discard(producer)
            raise
        self._producer = producer

    async def write(self, key: bytes, value: bytes) -> Delivery:
        """One record; waits at most `limit_s`, and never raises for what the brokers do."""
        if self._producer is None:
            return Delivery.CLOSED
        if self._waiting >= _MOST_WAITING:
            return Delivery.BUSY
        self._waiting += 1
        try:
            await asyncio.wait_for(self._send(self._producer, key, value), self._limit_s)
        except TimeoutError:
            return Delivery.LATE
        except (KafkaError, OSError) as error:
            logger.warning("a record for %s was not written: %s", self._topic, type(error).__name__)
            return Delivery.LATE if _is_passing(error) else Delivery.REFUSED
        finally:
            self._waiting -= 1
        return Delivery.TAKEN

    async def _send(self, producer: Any, key: bytes, value: bytes) -> None:
        sent = await producer.send(self._topic, value, key=key)
        look_at_unsent(producer)
        await sent

    async def stop(self) -> None:
        """Lets go, within seconds even where the brokers are gone."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await discard(producer)


def _is_passing(error: BaseException) -> bool:
    return not isinstance(error, KafkaError) or error.retriable or isinstance(error, KafkaTimeoutError)
