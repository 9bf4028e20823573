"""The task that empties the queue of one group of receivers."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.queue.group import Moment, Send
from streams.delivery.result import Cause, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.queue.group import Group
    from streams.alerts.words.message import Notification


class LaneState(NamedTuple):
    """For health and the page. `failures` in a row; `reason` of the last attempt that was not delivered."""

    queued: int
    failures: int
    reason: str


class Lane:
    """Does what its `Group` decides, one attempt at a time, at least once each. Belongs to one event loop.

    Args:
        moment: now.

    """

    def __init__(self, group: Group, moment: Callable[[], Moment]) -> None:
        self._group = group
        self._moment = moment
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def state(self) -> LaneState:
        return LaneState(self._group.queued, self._group.failures, self._group.reason)

    @property
    def apart(self) -> bool:
        """See `Allowance.apart`."""
        return self._group.apart

    def put(self, notification: Notification) -> None:
        """Never waits and never raises."""
        self._group.put(notification, self._moment().now)
        self._empty.clear()
        self._news.set()

    async def empty(self) -> None:
        """Returns when everything has been delivered or given up."""
        await self._empty.wait()

    async def run(self) -> None:
        """Delivers until it is cancelled; what is then undelivered is counted by `abandon`."""
        while True:
            step = self._group.next(self._moment())
            if isinstance(step, Send):
                result = await _attempt(step)
                self._group.sent(step, result, self._moment())
                await asyncio.sleep(0)  # a receiver that never waits must not keep the loop to itself
                continue
            if math.isinf(step.seconds):
                self._empty.set()
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), None if math.isinf(step.seconds) else step.seconds)

    def abandon(self) -> int:
        """See `Group.abandon`."""
        self._empty.set()
        return self._group.abandon()


async def _attempt(send: Send) -> Result:
    try:
        return await send.robot.receiver.deliver(send.notification)
    except Exception as error:  # noqa: BLE001 - whatever a receiver does wrong, the lane goes on
        # Only the type: texts of errors hold addresses, and those are credentials.
        return Result(Outcome.RETRY, type(error).__name__, cause=Cause.ERROR)
