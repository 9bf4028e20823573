"""Hands notifications to all receivers, each in its own time: a slow one delays no other, and nothing upstream."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING

from streams.alerts.queue.group import Group, Moment
from streams.alerts.queue.lane import Lane, LaneState
from streams.alerts.queue.receiver import DIGESTED, DROPPED, Upkeep
from streams.alerts.words.bundle import together_of
from streams.catalogue.metric import Severity
from streams.delivery.backoff import Backoff
from streams.delivery.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.alerts.queue.receiver import NotificationCounts
    from streams.alerts.queue.robot import Member
    from streams.alerts.words.message import Notification


class Outbox:
    """A lane and a task per group of receivers; a receiver without a group is one of its own.

    Args:
        members: receivers with different names, and what each bears.
        counts: where outcomes are counted.
        chance: numbers in [0, 1), for jitter.
        clock: seconds that only grow, such as time.monotonic.
        capacity: most notifications that wait for one group.
        backoff: waits and deadline.
        wall: the time of day, in seconds since the epoch; without it no robot keeps off round times.
        on_end: called with the id of each notification that one of its groups has delivered (True), or missed.

    """

    def __init__(
        self,
        members: Iterable[Member],
        counts: NotificationCounts,
        chance: Callable[[], float],
        clock: Callable[[], float],
        capacity: int = 1_000,
        backoff: Backoff | None = None,
        wall: Callable[[], float] = lambda: math.nan,
        on_end: Callable[[str, bool], None] = lambda _name, _delivered: None,
    ) -> None:
        groups: dict[str, list[Member]] = {}
        for member in members:
            groups.setdefault(member.group or member.receiver.name, []).append(member)
        waits = backoff or Backoff()
        self._lanes = {
            name: Lane(Group(name, group, counts, capacity, waits, on_end), lambda: Moment(clock(), wall(), chance()))
            for name, group in groups.items()
        }
        self._receivers = [member.receiver for group in groups.values() for member in group]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Needs a running loop."""
        self._tasks = [asyncio.create_task(lane.run(), name=f"lane {name}") for name, lane in self._lanes.items()]
        kept_up = [receiver for receiver in self._receivers if isinstance(receiver, Upkeep)]
        self._tasks += [asyncio.create_task(receiver.keep_up()) for receiver in kept_up]

    def put(self, notification: Notification) -> None:
        """Never waits and never raises; what is merely info is not sent to anyone, the rest to those it names.

        Systems that keep each anomaly by itself get the parts of a digest.
        """
        if notification.severity is not Severity.INFO:
            for name, lane in self._lanes.items():
                if notification.lanes is None or name in notification.lanes:
                    for part in (lane.apart and notification.parts) or (notification,):
                        lane.put(part)

    def put_together(self, notifications: Sequence[Notification]) -> None:
        """News of one trouble: one message for people, each by itself for systems. At least one is needed."""
        worth = [one for one in notifications if one.severity is not Severity.INFO]
        for name, lane in self._lanes.items():
            mine = [one for one in worth if one.lanes is None or name in one.lanes]
            for notification in mine if lane.apart or len(mine) < 2 else [together_of(mine)]:
                lane.put(notification)

    def states(self) -> dict[str, LaneState]:
        """By group, or by receiver where that has none."""
        return {name: lane.state for name, lane in self._lanes.items()}

    def outcomes(self) -> list[tuple[str, str]]:
        """Names with outcomes that may be counted. What is dropped is lost to a group, not to one of its receivers."""
        attempts = [(receiver.name, outcome) for receiver in self._receivers for outcome in (*Outcome, DIGESTED)]
        return [*attempts, *((name, DROPPED) for name in self._lanes)]

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
