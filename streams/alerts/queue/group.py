"""Receivers that stand in for one another, and what waits for them: decides who is sent what, and when."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.queue.backlog import Backlog, BacklogEntry
from streams.alerts.queue.budget import Hold
from streams.alerts.queue.receiver import DIGESTED, DROPPED
from streams.alerts.queue.robot import Member, Robot
from streams.alerts.words.bundle import bundle_of, overflow_of
from streams.alerts.words.message import ACKNOWLEDGED, MAINTENANCE, Notification
from streams.delivery.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.alerts.queue.receiver import NotificationCounts
    from streams.delivery.backoff import Backoff
    from streams.delivery.result import Result

_SOON_S = 10.0  # criticals that can all go within it go one by one

_log = logging.getLogger(__name__)


class Send(NamedTuple):
    """Give this to that receiver, then call `Group.sent`."""

    robot: Robot
    notification: Notification
    entries: list[BacklogEntry]


class Wait(NamedTuple):
    """Nothing can be sent for so many seconds (for ever: nothing waits), unless something is put meanwhile."""

    seconds: float
    why: Hold


class Moment(NamedTuple):
    """Now: seconds that only grow, seconds since the epoch, and a number in [0, 1) for jitter."""

    now: float
    wall: float = math.nan
    chance: float = 0.5


class Group:
    """Each notification goes to one of the receivers, the first in order that can take it.

    What is not critical waits for the first receiver that does not rest; a critical goes to whoever has room. What
    waits in numbers becomes one digest. What could not be delivered is counted, and its number is sent. A system that
    keeps each anomaly by itself gets no digests: what it missed is sent again once it is well.

    Args:
        name: of the group, or of its only receiver.
        members: in the order in which they are asked; the first says when a digest is made.
        counts: where outcomes are counted.
        capacity: most notifications that wait.
        backoff: waits after failures, and the deadline.
        on_end: called with the id of each notification that was delivered (True), or missed.

    """

    def __init__(
        self,
        name: str,
        members: Sequence[Member],
        counts: NotificationCounts,
        capacity: int,
        backoff: Backoff,
        on_end: Callable[[str, bool], None] = lambda _name, _delivered: None,
    ) -> None:
        self.name = name
        self._robots = [Robot(member.receiver, member.allowance, backoff) for member in members]
        self._hears_acks = all(member.allowance.hears_acks for member in members)
        self.apart = all(member.allowance.apart for member in members)
        self._digest_above = members[0].allowance.digest_above
        self._counts = counts
        self._on_end = on_end
        self._deadline_s = backoff.deadline_s
        self._backlog = Backlog(capacity)
        self._sending: list[BacklogEntry] = []
        self._missed = 0
        self._last_missed: Notification | None = None
        self._lost: dict[tuple[str, bool], Notification] = {}  # the newest by fingerprint, and of acknowledgements
        self._capacity = capacity

    @property
    def queued(self) -> int:
        return len(self._backlog) + len(self._sending)

    @property
    def failures(self) -> int:
        """In a row; 0 while one of the receivers is well."""
        return min(robot.failures for robot in self._robots)

    @property
    def reason(self) -> str:
        return min(self._robots, key=lambda robot: robot.failures).reason

    def put(self, notification: Notification, now: float) -> None:
        """Never raises. Drops an acknowledgement, or an announcement, that these receivers do not hear of."""
        if notification.kind == ACKNOWLEDGED and not self._hears_acks:
            return
        if notification.kind == MAINTENANCE and self.apart:
            return
        for entry in self._backlog.put(BacklogEntry(now, notification)):
            self._miss(entry)

    def next(self, moment: Moment) -> Send | Wait:
        """What is to be done now. After a `Send`, `sent` comes before the next call."""
        given_up = 0
        while True:
            if not self._backlog:
                self._report_missed(moment.now)
            step = self._step(moment)
            if step is not None:
                break
            given_up += 1
            self._miss(self._backlog.take())
        if given_up:
            _log.warning("receiver %s: dropped %d notifications that had waited too long", self.name, given_up)
        return step

    def sent(self, send: Send, result: Result, moment: Moment) -> None:
        """How the attempt ended."""
        robot, entries = send.robot, send.entries
        robot.end(result, moment.now, moment.chance)
        self._sending = []
        self._counts.notified(robot.name, result.outcome.value)
        if result.outcome is Outcome.DELIVERED:
            self._tell_delivered(robot.name, entries, moment.now)
            return
        self._counts.delivery_failed(robot.name, result.cause.value or result.outcome.value)
        if result.outcome is Outcome.REJECTED and result.retry_after_s is None:
            if len(entries) > 1:  # one of them is refused, and all may be of another kind
                entries = [entry._replace(alone=True) for entry in entries]
            else:
                entries = [entry._replace(refused_by=entry.refused_by | {robot.name}) for entry in entries]
            if not self._somebody_else(entries[0].refused_by, moment.now):
                for entry in entries:
                    self._refuse(entry)
                return
        for entry in self._backlog.put_back(entries):
            self._miss(entry)

    def abandon(self) -> int:
        """Counts what is left as dropped, tells the log, and returns how many the last digest did not cover."""
        for entry in [*self._sending, *self._backlog.clear()]:
            self._miss(entry)
        self._sending = []
        missed = self._missed + len(self._lost)
        if missed:
            _log.warning("receiver %s: %d notifications were not delivered", self.name, missed)
        return missed

    def _step(self, moment: Moment) -> Send | Wait | None:
        """None: the next of what waits is to be given up."""
        if not self._backlog:
            return Wait(math.inf, Hold.NOTHING)
        head = self._backlog.head
        robot, wait = self._choose(moment, head.refused_by)
        if robot is not None and robot.apart and head.notification.parts:
            self._take_apart()
            return self._step(moment)
        if robot is not None:
            return self._send(robot, moment)
        refused = bool(head.refused_by) and wait.why is Hold.RESTING
        overdue = moment.now + wait.seconds - head.since > self._deadline_s
        return None if refused or overdue else wait

    def _somebody_else(self, refused_by: frozenset[str], now: float) -> bool:
        """Whether to offer it further. Nobody waits for a receiver that rests only because another wants it never."""
        return any(robot.name not in refused_by and not robot.resting(now) for robot in self._robots)

    def _choose(self, moment: Moment, refused_by: frozenset[str]) -> tuple[Robot | None, Wait]:
        critical = self._backlog.critical
        shortest = Wait(math.inf, Hold.RESTING)
        for robot in self._robots:
            if robot.name in refused_by:
                continue
            seconds, why = robot.hold(moment.now, moment.chance, moment.wall, critical=critical)
            if why is Hold.NOTHING:
                return robot, Wait(0.0, why)
            if seconds < shortest.seconds:
                shortest = Wait(seconds, why)
            if not critical and why is not Hold.RESTING:
                break
        return None, shortest

    def _send(self, robot: Robot, moment: Moment) -> Send:
        backlog = self._backlog
        critical, alike = backlog.critical, backlog.alike
        many = self._digest_above is not None and alike > self._digest_above
        many = many and not robot.apart and not backlog.head.alone
        if many and not (critical and alike <= robot.room(moment.now, _SOON_S)):
            self._sending = backlog.clear()
            notification = bundle_of([entry.notification for entry in self._sending])
        else:
            self._sending = [backlog.take()]
            notification = self._sending[0].notification
        robot.begin(moment.now, critical=critical)
        return Send(robot, notification, self._sending)

    def _take_apart(self) -> None:
        """A digest goes on as its parts."""
        entry = self._backlog.take()
        for left in self._backlog.put_back([entry._replace(notification=part) for part in entry.notification.parts]):
            self._miss(left)

    def _tell_delivered(self, receiver: str, entries: Sequence[BacklogEntry], now: float) -> None:
        for entry in entries:
            self._counts.delivery_took(receiver, now - entry.since)
            self._on_end(entry.notification.id, True)
        digested = sum(1 for entry in entries if not entry.stands_for)
        if len(entries) > 1 and digested:
            self._counts.notified(receiver, DIGESTED, digested)

    def _refuse(self, entry: BacklogEntry) -> None:
        """Nobody takes it, now or later. What tells of it may be refused for the same name, and is not repeated."""
        if self.apart or entry.stands_for:
            self._on_end(entry.notification.id, False)
        if self.apart:
            self._missed += 1
            self._counts.notified(self.name, DROPPED)
        elif entry.stands_for:
            self._missed += entry.stands_for
        else:
            self._miss(entry)

    def _miss(self, entry: BacklogEntry) -> None:
        """Counts it for the next digest, which shows the last of them, rather a critical one."""
        self._on_end(entry.notification.id, False)
        if self.apart:
            self._lose(entry)
            return
        self._missed += entry.stands_for or 1
        lost = entry.notification
        if self._last_missed is None or lost.critical or not self._last_missed.critical:
            self._last_missed = lost
        if not entry.stands_for:
            self._counts.notified(self.name, DROPPED)

    def _lose(self, entry: BacklogEntry) -> None:
        """Of each anomaly the newest is kept, to be sent once the system is well: its end, too, must reach it."""
        self._counts.notified(self.name, DROPPED)
        about = entry.notification.anomalies
        key = about[0].fingerprint if about else entry.notification.id, entry.notification.kind == ACKNOWLEDGED
        self._lost.pop(key, None)
        self._lost[key] = entry.notification
        while len(self._lost) > self._capacity:
            del self._lost[next(iter(self._lost))]
            self._missed += 1

    def _report_missed(self, now: float) -> None:
        """Only to a receiver that is well: whoever is down hears of it after the next thing that gets through."""
        if self._lost and self.failures == 0:
            lost, self._lost = list(self._lost.values()), {}
            _log.warning("receiver %s: sends the newest state of %d anomalies that it missed", self.name, len(lost))
            for notification in lost:
                self._backlog.put(BacklogEntry(now, notification))
        if self._last_missed is not None and self.failures == 0:
            report = overflow_of(self._missed, self._last_missed)
            self._backlog.put(BacklogEntry(now, report, stands_for=self._missed))
            self._missed, self._last_missed = 0, None
