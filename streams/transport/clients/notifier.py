"""The notify agent: reads pharos-anomalies in a group of its own, so that one worker tells, and another takes over."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.records.anomaly_event import decode
from streams.topics.names import ANOMALIES_TOPIC
from streams.transport.clients.group_consumer import group_consumer

if TYPE_CHECKING:
    from streams.broker.connection import Connection
    from streams.records.anomaly import Transition
    from streams.settings.settings import Settings

_WAIT_MS = 500
_START_LIMIT_S = 30.0
_STOP_LIMIT_S = 5.0
_RETRY_S = 2.0
_REMINDING = TopicPartition(ANOMALIES_TOPIC, 0)  # who holds it reminds: one worker, however many partitions

logger = logging.getLogger(__name__)


class Notifications(Protocol):
    """Decides what is sent, and keeps it until it is delivered (`streams.alerts.announcer`)."""

    @property
    def delivered(self) -> bool:
        """Whether nothing waits for a receiver, or to be logged as delivered."""
        ...

    def handle(self, transition: Transition) -> None: ...
    def look_after(self, *, reminds: bool) -> None: ...


class Notifier:
    """A plain consumer: it handles a few records a minute, and must commit only what receivers have taken.

    So a crash repeats a notification rather than losing it. Receivers that are down hold the commit back, and nothing
    else.
    """

    def __init__(self, settings: Settings, connection: Connection, notifications: Notifications) -> None:
        self._settings = settings
        self._connection = connection
        self._notifications = notifications
        self.undecodable = 0

    async def run(self) -> None:
        """Never returns; goes on where the commit is when the broker comes back."""
        while True:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await self._read()
            await asyncio.sleep(_RETRY_S)

    async def _read(self) -> None:
        consumer = group_consumer(self._settings, self._connection, "notify", ANOMALIES_TOPIC)
        await asyncio.wait_for(consumer.start(), _START_LIMIT_S)
        try:
            uncommitted = False
            while True:
                batches = await consumer.getmany(timeout_ms=_WAIT_MS)
                for records in batches.values():
                    for record in records:
                        self._take(record)
                uncommitted |= bool(batches)
                self._notifications.look_after(reminds=_REMINDING in consumer.assignment())
                if uncommitted and self._notifications.delivered:
                    await consumer.commit()
                    uncommitted = False
        finally:
            await asyncio.wait_for(consumer.stop(), _STOP_LIMIT_S)

    def _take(self, record: Any) -> None:
        try:
            transition = decode(record.value or b"")
        except msgspec.DecodeError:
            self.undecodable += 1
            logger.warning("%s-%d holds at %d a record that is none", record.topic, record.partition, record.offset)
            return
        self._notifications.handle(transition)
