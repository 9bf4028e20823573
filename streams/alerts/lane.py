"""The queue of one receiver and the task that empties it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.message import Notification, overflow_of
from streams.alerts.receiver import DROPPED, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.backoff import Backoff
    from streams.alerts.receiver import NotificationCounts, Receiver

_log = logging.getLogger(__name__)


class LaneState(NamedTuple):
    """For health and the page. `failures` in a row; `reason` of the last attempt that was not delivered."""

    queued: int
    failures: int
    reason: str


class Lane:
    """Delivers in order, one at a time, at least once. Belongs to one event loop.

    When the queue is full, the oldest that is not critical leaves it (the oldest of all, where all are); it is counted,
    and one digest says how many there were.

    Args:
        capacity: most notifications that wait.
        backoff: waits and deadline.
        chance: numbers in [0, 1), for jitter.
        clock: seconds that only grow.

    """

    def __init__(
        self,
        receiver: Receiver,
        counts: NotificationCounts,
        capacity: int,
        backoff: Backoff,
        chance: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        self._receiver = receiver
        self._counts = counts
        self._capacity = capacity
        self._backoff = backoff
        self._chance = chance
        self._clock = clock
        self._waiting: deque[tuple[float, Notification]] = deque()
        self._current: Notification | None = None
        self._missed = 0
        self._last_missed: Notification | None = None
        self._failures = 0
        self._reason = ""
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def state(self) -> LaneState:
        return LaneState(len(self._waiting) + (self._current is not None), self._failures, self._reason)

    def put(self, notification: Notification) -> None:
        """Never waits and never raises."""
        if len(self._waiting) >= self._capacity:
            self._miss(self._leaving())
        self._waiting.append((self._clock(), notification))
        self._empty.clear()
        self._news.set()

    async def empty(self) -> None:
        """Returns when everything has been delivered or given up."""
        await self._empty.wait()

    async def run(self) -> None:
        """Delivers until it is cancelled; what is then undelivered is counted by `abandon`."""
        while True:
            if not self._waiting:
                self._report_missed()
            if not self._waiting:
                self._empty.set()
                self._news.clear()
                await self._news.wait()
            since, self._current = self._waiting.popleft()
            await self._deliver(self._current, since)
            self._current = None
            await asyncio.sleep(0)  # a receiver that never waits must not keep the loop to itself

    def abandon(self) -> int:
        """Counts what is left as dropped, tells the log, and returns how many the last digest did not cover."""
        undelivered = [notification for _, notification in self._waiting]
        undelivered += [self._current] if self._current else []
        for notification in undelivered:
            self._miss(notification)
        if self._missed:
            _log.warning("receiver %s: %d notifications were not delivered", self._receiver.name, self._missed)
        self._waiting.clear()
        self._current = None
        self._empty.set()
        return self._missed

    async def _deliver(self, notification: Notification, since: float) -> None:
        attempts = 0
        while True:
            result = await self._attempt(notification)
            attempts += 1
            self._counts.notified(self._receiver.name, result.outcome.value)
            self._remember(result)
            if result.outcome is not Outcome.RETRY:
                return
            wait_s = self._backoff.wait_s(attempts, self._chance(), result.retry_after_s)
            if self._clock() + wait_s - since > self._backoff.deadline_s:
                _log.warning("receiver %s: gave up a notification after %d attempts", self._receiver.name, attempts)
                self._miss(notification)
                return
            await asyncio.sleep(wait_s)

    async def _attempt(self, notification: Notification) -> Result:
        try:
            return await self._receiver.deliver(notification)
        except Exception as error:  # noqa: BLE001 - whatever a receiver does wrong, the lane goes on
            # Only the type: texts of errors hold addresses, and those are credentials.
            return Result(Outcome.RETRY, type(error).__name__)

    def _remember(self, result: Result) -> None:
        if result.outcome is Outcome.DELIVERED:
            self._failures, self._reason = 0, ""
            return
        if result.outcome is Outcome.REJECTED or self._failures == 0:
            _log.warning("receiver %s: %s (%s)", self._receiver.name, result.outcome.value, result.reason)
        self._failures, self._reason = self._failures + 1, result.reason

    def _leaving(self) -> Notification:
        for position, (_, notification) in enumerate(self._waiting):
            if not notification.critical:
                del self._waiting[position]
                return notification
        return self._waiting.popleft()[1]

    def _miss(self, notification: Notification) -> None:
        """Counts it for the next digest, which shows the last of them, rather a critical one."""
        self._missed += 1
        if self._last_missed is None or notification.critical or not self._last_missed.critical:
            self._last_missed = notification
        self._counts.notified(self._receiver.name, DROPPED)

    def _report_missed(self) -> None:
        if self._last_missed is not None and self._failures == 0:
            self._waiting.append((self._clock(), overflow_of(self._missed, self._last_missed)))
            self._missed, self._last_missed = 0, None
