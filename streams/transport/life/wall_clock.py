"""The wall clock of a worker, set right by the brokers': one whose clock is wrong refuses nothing that is right."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from streams.broker.broker_clock import clock_difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.broker.broker_clock import ClockDifference
    from streams.broker.connection import Connection

_EVERY_S: Final = 60.0
_RETRY_S: Final = 15.0
_LIMIT_S: Final = 15.0
_WORTH_A_LINE_MS: Final = 60_000

logger = logging.getLogger(__name__)


class WallClock:
    """Now, in ms since the epoch, by the brokers' clock; by this machine's until a broker has answered.

    Between two answers time goes on by whichever of this machine's clocks is further: one that is set back, and one
    that slept, would both make a right event look as if it were ahead.

    Args:
        wall: seconds since the epoch of this machine.
        monotonic: seconds of a clock that never goes back.

    >>> clock = WallClock(wall=lambda: 1_000.0, monotonic=lambda: 5.0)
    >>> clock.set_right(600_000)
    >>> clock.now_ms(), clock.ahead_ms
    (1600000, 600000)

    """

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self.ahead_ms = 0
        self._wall = wall
        self._monotonic = monotonic
        self._start_ms = 0

    def now_ms(self) -> int:
        by_wall = int(self._wall() * 1000) + self.ahead_ms
        return by_wall if not self._start_ms else max(by_wall, self._start_ms + int(self._monotonic() * 1000))

    def set_right(self, ahead_ms: int) -> None:
        """The brokers' clock is so far ahead of this machine's, in ms."""
        self.ahead_ms = ahead_ms
        self._start_ms = int(self._wall() * 1000) + ahead_ms - int(self._monotonic() * 1000)


class BrokersClock:
    """Asks a broker for its clock once a minute.

    Args:
        transactional_id: that nobody else uses; each worker has one of its own.
        group: of the worker.
        clock: is set right.
        wall_ms: this machine's clock, in ms.

    """

    def __init__(
        self,
        connection: Connection,
        transactional_id: str,
        group: str,
        clock: WallClock,
        wall_ms: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._id = transactional_id
        self._group = group
        self._clock = clock
        self._wall_ms = wall_ms
        self._told_ms = 0
        self._answered = True  # a silence is said once

    async def set_right(self) -> bool:
        """Asks once, within a limit; whether there was an answer. Without one the clock stays as it was."""
        try:
            async with asyncio.timeout(_LIMIT_S):
                found = await self._ask()
        except (KafkaError, OSError, TimeoutError) as error:
            if self._answered:
                logger.warning(
                    "the brokers' clock is unknown (%r): this machine's is used, with the last difference", error
                )
            self._answered = False
            return False
        self._answered = True
        self._clock.set_right(found.ahead_ms)
        if abs(found.ahead_ms - self._told_ms) > _WORTH_A_LINE_MS:
            self._told_ms = found.ahead_ms
            logger.warning(
                "this machine's clock is %.0f s %s the brokers', whose clock is used; synchronise both by NTP",
                abs(found.ahead_ms) / 1000,
                "behind" if found.ahead_ms > 0 else "ahead of",
            )
        return True

    async def run(self) -> None:
        """Never returns; asks again sooner where a broker does not answer."""
        while True:
            await asyncio.sleep(_EVERY_S if self._answered else _RETRY_S)
            await self.set_right()

    async def _ask(self) -> ClockDifference:
        client = AIOKafkaClient(**self._connection.for_aiokafka())
        try:
            await client.bootstrap()
            return await clock_difference(client, self._id, self._group, self._wall_ms)
        finally:
            await client.close()
