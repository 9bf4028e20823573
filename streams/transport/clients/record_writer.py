"""Writes single records that somebody waits for, to any topic: what was sent to us, not what a stream carries."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, RecordListTooLargeError

from streams.delivery.written import Delivery
from streams.transport.flush.flush import discard, look_at_unsent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.broker.connection import Connection

_START_LIMIT_S: Final = 30.0
_QUIET_S: Final = 60.0
_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)

logger = logging.getLogger(__name__)


class RecordWriter:
    """A producer. All copies in sync acknowledge a record before it counts as taken.

    It is not idempotent: a record that is sent again after an answer got lost carries the same id, and readers drop it.
    So a broker that was gone for long leaves no sequence of numbers behind that has to be mended.

    Args:
        connection: the way to the brokers.
        limit_s: how long a record may take; after it the record is not sent any more, or hardly.
        most_waiting: records at once.
        options: of the producer, beside the connection.

    """

    def __init__(self, connection: Connection, limit_s: float = 5.0, most_waiting: int = 100, **options: Any) -> None:
        self._connection = connection
        self._limit_s = limit_s
        self._most_waiting = most_waiting
        self._options = options
        self._producer: Any = None
        self._waiting = 0
        self._said: dict[tuple[str, str], float] = {}

    async def start(self) -> None:
        """Raises KafkaError, OSError or TimeoutError where no broker is reached."""
        producer = AIOKafkaProducer(
            **self._connection.for_aiokafka(),
            acks="all",
            request_timeout_ms=round(self._limit_s * 1000),
            **self._options,
        )
        try:
            await asyncio.wait_for(producer.start(), _START_LIMIT_S)
        except BaseException:
            await discard(producer)
            raise
        self._producer = producer

    async def write(
        self,
        topic: str,
        key: bytes,
        value: bytes,
        headers: Sequence[tuple[str, bytes]] = (),
        time_ms: int | None = None,
    ) -> Delivery:
        """One record; waits at most `limit_s`, and never raises for what the brokers do.

        `time_ms`: the record's timestamp, since the epoch; left out, this machine's clock.
        """
        if self._producer is None:
            return Delivery.CLOSED
        if self._waiting >= self._most_waiting:
            return Delivery.BUSY
        self._waiting += 1
        try:
            sending = self._send(self._producer, topic, key, value, headers, time_ms)
            await asyncio.wait_for(sending, self._limit_s)
        except TimeoutError:
            return Delivery.LATE
        except (KafkaError, OSError) as error:
            self._say(topic, type(error).__name__)
            if isinstance(error, _TOO_LARGE):
                return Delivery.TOO_LARGE
            return Delivery.LATE if _is_passing(error) else Delivery.REFUSED
        finally:
            self._waiting -= 1
        return Delivery.TAKEN

    @staticmethod
    async def _send(
        producer: Any, topic: str, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]], time_ms: int | None
    ) -> None:
        sent = await producer.send(topic, value, key=key, headers=list(headers), timestamp_ms=time_ms)
        look_at_unsent(producer)
        await sent

    def _say(self, topic: str, error: str) -> None:
        """Once a minute for each topic and error: senders that try again would fill the log."""
        now = asyncio.get_running_loop().time()
        if now - self._said.get((topic, error), -_QUIET_S) >= _QUIET_S:
            self._said[topic, error] = now
            logger.warning("a record for %s was not written: %s", topic, error)

    async def stop(self) -> None:
        """Lets go, within seconds even where the brokers are gone."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await discard(producer)


def _is_passing(error: BaseException) -> bool:
    return not isinstance(error, KafkaError) or error.retriable or isinstance(error, KafkaTimeoutError)
