"""Reads the end of one topic and goes along with it, at a limited pace: what may be much, and is only looked at."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.broker.connection import Connection

TAIL: Final = 2_000  # records of each partition
_AT_ONCE: Final = 500
_EVERY_S: Final = 1.0
_BYTES_AT_ONCE: Final = 1 << 20
_LIMIT_S: Final = 30.0
_STOP_LIMIT_S: Final = 5.0
_RETRY_S: Final = 5.0
_REFUSED_RETRY_S: Final = 60.0
_ASKED: Final = 20
_ASK_EVERY_S: Final = 0.25

logger = logging.getLogger(__name__)


class TailHandler(Protocol):
    """Takes what is read; must not block."""

    def take(self, headers: Iterable[tuple[str, bytes | None]], value: bytes | None, at_ms: int) -> None:
        """One record, and its time stamp in ms."""

    def skip(self, count: int) -> None:
        """So many offsets were passed over, because more came than is looked at."""

    def refuse(self, *, refused: bool) -> None:
        """Whether the brokers do not let us read the topic."""


class TailReader:
    """Five hundred records a second at most; of what is further behind than the tail nothing is read.

    Without the right to read the topic it asks again every minute, and says so once.
    """

    def __init__(self, connection: Connection, topic: str, handler: TailHandler, tail: int = TAIL) -> None:
        self._connection = connection
        self._topic = topic
        self._handler = handler
        self._tail = tail
        self._next: dict[TopicPartition, int] = {}
        self._said = False

    async def run(self) -> None:
        """Never returns. Raises what the handler raises."""
        while True:
            wait_s = _RETRY_S
            try:
                await self._read()
            except TopicAuthorizationFailedError:
                self._handler.refuse(refused=True)
                wait_s = _REFUSED_RETRY_S
                if not self._said:
                    self._said = True
                    logger.warning("may not read %s: grant Read to show its records on the page", self._topic)
            except (KafkaError, OSError, TimeoutError):
                pass  # the brokers are away: others say so
            await asyncio.sleep(wait_s)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            **self._connection.for_aiokafka(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=_BYTES_AT_ONCE,
        )
        await asyncio.wait_for(consumer.start(), _LIMIT_S)
        try:
            partitions = await self._assign(consumer)
            while True:
                batches = await consumer.getmany(timeout_ms=500, max_records=_AT_ONCE)
                self._handler.refuse(refused=False)
                for tp, records in batches.items():
                    for record in records:
                        self._handler.take(record.headers, record.value, record.timestamp)
                    self._next[tp] = records[-1].offset + 1
                await asyncio.sleep(_EVERY_S)
                for tp in partitions:
                    self._catch_up(consumer, tp)
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(consumer.stop(), _STOP_LIMIT_S)

    async def _assign(self, consumer: Any) -> list[TopicPartition]:
        await consumer._client.add_topic(self._topic)  # noqa: SLF001 - aiokafka offers no other way before `assign`
        numbers: set[int] = set()
        for _ in range(_ASKED):
            if numbers := consumer.partitions_for_topic(self._topic) or set():
                break
            await asyncio.sleep(_ASK_EVERY_S)
        else:
            raise TimeoutError(f"topic {self._topic} does not exist")
        partitions = [TopicPartition(self._topic, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        first = await asyncio.wait_for(consumer.beginning_offsets(partitions), _LIMIT_S)
        end = await asyncio.wait_for(consumer.end_offsets(partitions), _LIMIT_S)
        for tp in partitions:
            consumer.seek(tp, self._next.get(tp, max(first[tp], end[tp] - self._tail)))
        return partitions

    def _catch_up(self, consumer: Any, tp: TopicPartition) -> None:
        end, position = consumer.highwater(tp), self._next.get(tp)
        if end is not None and position is not None and end - position > self._tail:
            self._handler.skip(end - self._tail - position)
            self._next[tp] = end - self._tail
            consumer.seek(tp, end - self._tail)
