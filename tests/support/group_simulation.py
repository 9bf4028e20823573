"""A group of receivers in a time that the test moves: attempts take as long as they are said to, and waits no time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.alerts.queue.budget import Allowance, Hold
from streams.alerts.queue.group import Group, Moment, Send
from streams.alerts.queue.robot import Member
from streams.alerts.receivers import dingtalk
from streams.delivery.backoff import Backoff
from streams.delivery.result import DELIVERED, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streams.alerts.words.message import Notification
    from streams.delivery.result import Result

    Answer = Callable[[str, Notification, float], Result]


class Robot:
    """A name; the simulation answers for it."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def deliver(self, notification: Notification) -> Result:
        raise NotImplementedError


class Arrival(NamedTuple):
    """What a receiver got, and when."""

    at: float
    receiver: str
    notification: Notification


class Simulation:
    """Does what a lane does, in no time."""

    def __init__(
        self,
        counts: Any,
        names: Sequence[str] = ("a",),
        allowance: Allowance = dingtalk.ALLOWANCE,
        answer: Answer = lambda *_: DELIVERED,
        took_s: float = 0.1,
        capacity: int = 1_000,
        others: Mapping[str, Allowance] = MappingProxyType({}),
    ) -> None:
        group = "group" if len(names) > 1 else ""
        members = [Member(Robot(name), others.get(name, allowance), group) for name in names]
        self.counts = counts
        self.group = Group(members[0].group or names[0], members, counts, capacity, Backoff(first_s=1.0, longest_s=8.0))
        self.now = 0.0
        self.attempts: list[Arrival] = []
        self.arrivals: list[Arrival] = []
        self.waits: list[Hold] = []
        self._answer = answer
        self._coming: list[tuple[float, Notification]] = []
        self._took_s = took_s

    def play(self, puts: Sequence[tuple[float, Notification]], until: float = 3_000.0) -> None:
        """Puts each at its time, in order, and runs on until nothing waits."""
        self._coming = list(puts)
        while self.now < until:
            self._put()
            step = self.group.next(self._moment())
            if isinstance(step, Send):
                self._attempt(step)
                continue
            self.waits.append(step.why)
            nearest = self._coming[0][0] - self.now if self._coming else step.seconds
            if not self._coming and step.why is Hold.NOTHING:
                return
            self.now += max(min(step.seconds, nearest), 1e-6)

    def titles(self, receiver: str = "a") -> list[str]:
        return [arrival.notification.title for arrival in self.arrivals if arrival.receiver == receiver]

    def _put(self) -> None:
        while self._coming and self._coming[0][0] <= self.now:
            self.group.put(self._coming.pop(0)[1], self.now)

    def _attempt(self, step: Send) -> None:
        arrival = Arrival(self.now, step.robot.name, step.notification)
        self.attempts.append(arrival)
        result = self._answer(step.robot.name, step.notification, self.now)
        self.now += self._took_s
        self._put()  # what comes while the attempt lasts
        if result.outcome is Outcome.DELIVERED:
            self.arrivals.append(arrival)
        self.group.sent(step, result, self._moment())

    def _moment(self) -> Moment:
        return Moment(self.now)
