"""Writes steps of requests to pharos-actions."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

from streams.delivery.backoff import Backoff
from streams.delivery.written import Delivery
from streams.records.request_event import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.records.request import RequestStep

_ATTEMPTS: Final = 5


class StepWriter:
    """Whatever was written is in the ledger at once, so that nothing is decided twice; reading it is a repeat.

    Args:
        write: puts key and value on pharos-actions, in limited time.
        note: takes a step to the ledger.
        count: counts a step that was written.

    """

    def __init__(
        self,
        write: Callable[[bytes, bytes], Awaitable[Delivery]],
        note: Callable[[RequestStep], None],
        count: Callable[[RequestStep], None],
    ) -> None:
        self._put = write
        self._note = note
        self._count = count

    async def write(self, step: RequestStep) -> bool:
        """One attempt; whether the brokers have it."""
        if await self._put(step.fingerprint.encode(), encode(step)) is not Delivery.TAKEN:
            return False
        self._note(step)
        self._count(step)
        return True

    async def write_surely(self, step: RequestStep) -> bool:
        """A few attempts; whether the brokers have it."""
        for attempt in range(1, _ATTEMPTS + 1):
            if await self.write(step):
                return True
            await asyncio.sleep(Backoff().wait_s(attempt, random.SystemRandom().random(), None))
        return False
