"""Writes on pharos-actions what Pharos itself did, without making anybody wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING

from streams.delivery.written import Delivery
from streams.records.action_event import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.records.action import ActionRecord

_MOST_WAITING = 2_000
_RETRY_S = 2.0


class ActionRecorder:
    """A bounded queue and the task that empties it. Beyond the bound the oldest goes: what matters is written again.

    Args:
        write: puts key and value on the topic, in limited time.

    """

    def __init__(self, write: Callable[[bytes, bytes], Awaitable[Delivery]]) -> None:
        self._write = write
        self._waiting: deque[ActionRecord] = deque(maxlen=_MOST_WAITING)
        self._news = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        return len(self._waiting)

    def put(self, taken: ActionRecord) -> None:
        """Never waits and never raises."""
        self._waiting.append(taken)
        self._news.set()

    async def run(self) -> None:
        """Never returns; what the brokers do not take is tried again, and drops out as a repeat where they had it."""
        while True:
            while self._waiting:
                taken = self._waiting[0]
                delivery = await self._write(taken.fingerprint.encode(), encode(taken))
                if delivery in (Delivery.TAKEN, Delivery.REFUSED, Delivery.TOO_LARGE):
                    with contextlib.suppress(ValueError):
                        self._waiting.remove(taken)
                else:
                    await asyncio.sleep(_RETRY_S)
            self._news.clear()
            await self._news.wait()
