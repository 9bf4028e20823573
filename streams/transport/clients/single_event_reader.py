"""Reads pharos-single-events in a group of its own: one worker at a time has its only partition."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.records.single_event import read_single_event
from streams.topics.names import SINGLE_EVENTS_TOPIC
from streams.topics.rights import SINGLE_EVENTS
from streams.transport.clients.group_consumer import group_consumer
from streams.transport.clients.linkage_reader import UnwrittenError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from streams.broker.connection import Connection
    from streams.records.single_event import SingleEvent
    from streams.settings.settings import Settings

_WAIT_MS: Final = 500
_AT_ONCE: Final = 500
_START_LIMIT_S: Final = 30.0
_STOP_LIMIT_S: Final = 5.0
_RETRY_S: Final = 2.0
_LEDGER_LIMIT_S: Final = 30.0
_READ: Final = TopicPartition(SINGLE_EVENTS_TOPIC, 0)

logger = logging.getLogger(__name__)


class Followed(Protocol):
    """What is done about the events (`streams.app.single_event_agent`)."""

    async def take(self, events: Sequence[tuple[int, SingleEvent]]) -> None:
        """Events with their offsets, in order. Raises UnwrittenError where they must be read again."""
        ...

    async def look_after(self, read: int) -> int:
        """What time and people have made due, `read` being the next offset; where a successor has to begin."""
        ...

    async def forget(self) -> None:
        """The partition is another worker's, or is read again from its commit."""
        ...


class SingleEventReader:
    """A plain consumer. It commits where a successor has to begin: behind it, everything is done.

    Args:
        read_ledger: returns once the ledger holds all that stands on pharos-actions now; raises KafkaError or
            TimeoutError. The predecessor's last requests may stand there only.

    """

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        read_ledger: Callable[[float], Awaitable[None]],
        followed: Followed,
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._read_ledger = read_ledger
        self._followed = followed

    async def run(self) -> None:
        """Never returns; goes on where the commit is when the broker comes back."""
        while True:
            with contextlib.suppress(KafkaError, OSError, TimeoutError, UnwrittenError):
                await self._read()
            await self._followed.forget()
            await asyncio.sleep(_RETRY_S)

    async def _read(self) -> None:
        consumer = group_consumer(self._settings, self._connection, SINGLE_EVENTS, SINGLE_EVENTS_TOPIC)
        await asyncio.wait_for(consumer.start(), _START_LIMIT_S)
        try:
            await self._follow(consumer)
        finally:
            await asyncio.wait_for(consumer.stop(), _STOP_LIMIT_S)

    async def _follow(self, consumer: Any) -> None:
        position, committed = -1, -1
        while True:
            batches = await consumer.getmany(timeout_ms=_WAIT_MS, max_records=_AT_ONCE)
            if _READ not in consumer.assignment():
                if position >= 0:
                    await self._followed.forget()
                    position, committed = -1, -1
                continue
            records = batches.get(_READ, [])
            again = bool(records) and records[0].offset < position  # after a rebalance
            if position < 0 or again:
                await self._followed.forget()
                await self._read_ledger(_LEDGER_LIMIT_S)
                position = records[0].offset if records else await consumer.position(_READ)
            await self._followed.take([*_events(records)])
            if records:
                position = records[-1].offset + 1
            begin = await self._followed.look_after(position)
            if begin != committed:
                await consumer.commit({_READ: begin})
                committed = begin


def _events(records: Sequence[Any]) -> Any:
    for record in records:
        event = read_single_event(record.value)
        if event is None:
            logger.warning("%s-0 undecodable record at offset %d", SINGLE_EVENTS_TOPIC, record.offset)
        else:
            yield record.offset, event
