"""Reads whole topics without a group: what every worker must see for itself, such as the board."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streams.broker.connection import Connection

_WAIT_MS = 500
_AT_ONCE = 2_000
_START_LIMIT_S = 30.0
_STOP_LIMIT_S = 5.0
_RETRY_S = 2.0
_POLL_S = 0.05


class TopicReader:
    """Hands every record of some topics to `handle`, from near their ends or from their beginnings, for ever.

    It begins again where it was when the broker goes away, so `handle` may see nothing for a while, but misses nothing
    that the broker keeps. A group, and commits, are for those who act on records: see `Notifier`.

    Args:
        connection: the way to the brokers.
        tails: by topic, how many records before the end of each partition to begin with; None: at the beginning.
        handle: called with topic, key and value; must not block.

    """

    def __init__(
        self,
        connection: Connection,
        tails: Mapping[str, int | None],
        handle: Callable[[str, bytes | None, bytes | None], None],
    ) -> None:
        self._connection = connection
        self._tails = tails
        self._handle = handle
        self._next: dict[TopicPartition, int] = {}
        self._consumer: Any = None  # while it reads
        self.caught_up = asyncio.Event()  # all that was there at the first start has been handed over

    async def run(self) -> None:
        """Never returns. Raises what `handle` raises."""
        while True:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await self._read()
            await asyncio.sleep(_RETRY_S)

    async def read_to_end(self, limit_s: float) -> None:
        """Returns once all that stands on the topics now has been handed over. Raises KafkaError or TimeoutError."""
        ends: dict[TopicPartition, int] | None = None
        async with asyncio.timeout(limit_s):
            while ends is None or not await self._has_read(ends):
                await asyncio.sleep(_POLL_S)
                consumer = self._consumer
                if ends is None and consumer is not None and self.caught_up.is_set():
                    ends = await consumer.end_offsets(sorted(consumer.assignment()))

    async def _has_read(self, ends: Mapping[TopicPartition, int]) -> bool:
        consumer = self._consumer
        return consumer is not None and not [tp for tp, end in ends.items() if await consumer.position(tp) < end]

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            **self._connection.for_aiokafka(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            fetch_max_wait_ms=100,
        )
        await asyncio.wait_for(consumer.start(), _START_LIMIT_S)
        try:
            ends = await self._assign(consumer)
            self._consumer = consumer
            while True:
                if not self.caught_up.is_set():
                    # Positions, not records: the last offsets of a transactional topic hold markers only.
                    behind = [tp for tp, end in ends.items() if await consumer.position(tp) < end]
                    if not behind:
                        self.caught_up.set()
                batches = await consumer.getmany(timeout_ms=_WAIT_MS, max_records=_AT_ONCE)
                for tp, records in batches.items():
                    for record in records:
                        self._handle(record.topic, record.key, record.value)
                    self._next[tp] = records[-1].offset + 1
                await asyncio.sleep(0)
        finally:
            self._consumer = None
            await asyncio.wait_for(consumer.stop(), _STOP_LIMIT_S)

    async def _assign(self, consumer: Any) -> dict[TopicPartition, int]:
        """Returns where the partitions with records end now."""
        partitions: list[TopicPartition] = []
        for topic in self._tails:
            numbers = await self._partitions_of(consumer, topic)
            partitions += [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        first = await consumer.beginning_offsets(partitions)
        end = await consumer.end_offsets(partitions)
        for tp in partitions:
            tail = self._tails[tp.topic]
            start = first[tp] if tail is None else max(first[tp], end[tp] - tail)
            consumer.seek(tp, self._next.get(tp, start))
        return {tp: end[tp] for tp in partitions if end[tp] > first[tp]}

    @staticmethod
    async def _partitions_of(consumer: Any, topic: str) -> list[int]:
        """Asks the cluster, since a consumer without a subscription knows no topic."""
        await consumer._client.add_topic(topic)  # noqa: SLF001 - aiokafka offers no other way before `assign`
        for _ in range(20):
            numbers = consumer.partitions_for_topic(topic)
            if numbers:
                return sorted(numbers)
            await asyncio.sleep(0.25)
        raise TimeoutError(f"topic {topic} does not exist: create it, or let `pharos worker` do it")
