"""Reads pharos-anomalies and pharos-actions in a group: what one worker, not each, has to do about them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.records.anomaly_event import decode
from streams.topics.names import ACTIONS_TOPIC, ANOMALIES_TOPIC
from streams.transport.clients.group_consumer import group_consumer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.broker.connection import Connection
    from streams.records.anomaly import Transition
    from streams.settings.settings import Settings

_WAIT_MS: Final = 500
_AT_ONCE: Final = 500
_START_LIMIT_S: Final = 30.0
_STOP_LIMIT_S: Final = 5.0
_RETRY_S: Final = 2.0
_LEADING: Final = TopicPartition(ANOMALIES_TOPIC, 0)  # who holds it follows up: one worker, however many partitions

logger = logging.getLogger(__name__)


class UnwrittenError(Exception):
    """A request could not be written: the records that led to it are read again."""


class Linked(Protocol):
    """What is done about the records (`streams.app.linkage_agent`)."""

    async def link(self, transition: Transition) -> None:
        """Before the record is committed. Raises UnwrittenError where it must be read again."""
        ...

    def time(self, value: bytes | None) -> None:
        """A record of pharos-actions, after it was committed: so once, or, after a crash, not at all."""
        ...

    async def look_after(self, *, leads: bool) -> None: ...


class LinkageReader:
    """A plain consumer, as `Notifier` is: it handles a few records a minute."""

    def __init__(self, settings: Settings, connection: Connection, linked: Linked) -> None:
        self._settings = settings
        self._connection = connection
        self._linked = linked

    async def run(self) -> None:
        """Never returns; goes on where the commit is when the broker comes back."""
        while True:
            with contextlib.suppress(KafkaError, OSError, TimeoutError, UnwrittenError):
                await self._read()
            await self._linked.look_after(leads=False)
            await asyncio.sleep(_RETRY_S)

    async def _read(self) -> None:
        consumer = group_consumer(self._settings, self._connection, "linkage", ANOMALIES_TOPIC, ACTIONS_TOPIC)
        await asyncio.wait_for(consumer.start(), _START_LIMIT_S)
        try:
            while True:
                batches = await consumer.getmany(timeout_ms=_WAIT_MS, max_records=_AT_ONCE)
                await self._link(batches)
                if batches:
                    await consumer.commit()
                for tp, records in batches.items():
                    for record in records if tp.topic == ACTIONS_TOPIC else ():
                        self._linked.time(record.value)
                await self._linked.look_after(leads=_LEADING in consumer.assignment())
        finally:
            await asyncio.wait_for(consumer.stop(), _STOP_LIMIT_S)

    async def _link(self, batches: Mapping[Any, Sequence[Any]]) -> None:
        for tp, records in batches.items():
            for record in records if tp.topic == ANOMALIES_TOPIC else ():
                try:
                    transition = decode(record.value or b"")
                except msgspec.DecodeError:
                    logger.warning("%s-%d undecodable record at offset %d", tp.topic, tp.partition, record.offset)
                    continue
                await self._linked.link(transition)
