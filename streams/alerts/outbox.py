"""Hands notifications to all receivers, each in its own time: a slow one delays no other, and nothing upstream."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from streams.alerts.backoff import Backoff
from streams.alerts.lane import Lane, LaneState
from streams.catalogue.metric import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.alerts.message import Notification
    from streams.alerts.receiver import NotificationCounts, Receiver


class Outbox:
    """A lane and a task per receiver.

    Args:
        receivers: with different names.
        counts: where outcomes are counted.
        chance: numbers in [0, 1), for jitter.
        clock: seconds that only grow, such as time.monotonic.
        capacity: most notifications that wait for one receiver.
        backoff: waits and deadline.

    """

    def __init__(
        self,
        receivers: Iterable[Receiver],
        counts: NotificationCounts,
        chance: Callable[[], float],
        clock: Callable[[], float],
        capacity: int = 1_000,
        backoff: Backoff | None = None,
    ) -> None:
        waits = backoff or Backoff()
        self._lanes = {r.name: Lane(r, counts, capacity, waits, chance, clock) for r in receivers}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Needs a running loop."""
        self._tasks = [asyncio.create_task(lane.run(), name=f"lane {name}") for name, lane in self._lanes.items()]

    def put(self, notification: Notification) -> None:
        """Never waits and never raises; what is merely info is not sent to anyone."""
        if notification.severity is not Severity.INFO:
            for lane in self._lanes.values():
                lane.put(notification)

    def states(self) -> dict[str, LaneState]:
        return {name: lane.state for name, lane in self._lanes.items()}

    async def drain(self) -> None:
        """Returns when every lane is empty."""
        await asyncio.gather(*(lane.empty() for lane in self._lanes.values()))

    async def stop(self, grace_s: float = 2.0) -> int:
        """Ends the tasks, after at most `grace_s` for what still waits; returns how many were not delivered."""
        if self._tasks:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.drain(), grace_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        return sum(lane.abandon() for lane in self._lanes.values())
