"""One episode: an anomaly from its opening to its end, and what people know of it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import msgspec

from streams.alerts.decide.routes import union
from streams.catalogue.metric import Severity
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from streams.alerts.decide.notification_log import Logged
    from streams.alerts.words.message import Lanes
    from streams.records.anomaly import Anomaly, Transition
    from streams.register.muting import Mute


class State(enum.Enum):
    """What people know of an episode.

        AWAITED -----> UNNOTIFIED <----> PENDING -----> NOTIFIED
           |                |                |              |
           +----------------+-------> RESOLVED <------------+

    A reminder, a digest or the log of another worker leads to NOTIFIED from anywhere.
    """

    AWAITED = "awaited"  # open at a takeover and not notified: its opening is probably about to be read
    UNNOTIFIED = "unnotified"  # nobody was notified, as far as this worker knows
    PENDING = "pending"  # its first notification waits in its group, and may still be withdrawn
    NOTIFIED = "notified"  # a notification went out, of this worker or of another
    RESOLVED = "resolved"  # over: remembered so that what is read again is recognised


class Episode(msgspec.Struct):
    """All that a worker knows of notifications of one episode, beside what pharos-actions says.

    Attributes:
        since: when (ms) people were notified first, or reminded last; while AWAITED, when the wait began.
        receivers: who was notified of any of it; None: everybody.
        critical: whether people were notified of it as critical.
        sole: while PENDING, whether no other worker can have notified of it.
        anomaly: as it was read last; None: not read by this worker.
        held: its newest transition, if that was too old to page.
        mute: what kept it quiet when it was last looked at.
        acknowledged: whether receivers know that somebody has it.
        done: ids of its repeats, escalations and snoozes that are done with.
        read_at, read_ids: time (ms) of the newest transition read, and all ids read of that time.

    """

    state: State = State.UNNOTIFIED
    since: int = 0
    receivers: Lanes = ()
    critical: bool = False
    sole: bool = False
    anomaly: Anomaly | None = None
    held: Transition | None = None
    mute: Mute | None = None
    acknowledged: bool = False
    done: set[str] = set()
    read_at: int = -1
    read_ids: tuple[str, ...] = ()

    @property
    def informed(self) -> bool:
        """Whether people were notified, or are about to be."""
        return self.state in (State.PENDING, State.NOTIFIED)

    def covers(self, anomaly: Anomaly) -> bool:
        """Whether people were notified of it, and of nothing less grave than it is now."""
        return self.informed and (self.critical or anomaly.severity != Severity.CRITICAL)

    @property
    def has_been_read(self) -> bool:
        """Whether this worker has read any of its transitions."""
        return self.read_at >= 0

    def has_read(self, transition: Transition) -> bool:
        return transition.time < self.read_at or transition.id in self.read_ids

    def read(self, transition: Transition) -> None:
        """Transitions of an episode come in order of time."""
        same_time = self.read_ids if transition.time == self.read_at else ()
        self.read_at, self.read_ids = transition.time, (*same_time, transition.id)
        self.anomaly = transition.anomaly
        if self.state is State.RESOLVED or (self.state is State.AWAITED and transition.change is Change.OPENED):
            self.state = State.UNNOTIFIED

    def queue(self, anomaly: Anomaly, lanes: Lanes, now: int, *, sole: bool) -> None:
        """A notification begins to wait in its group. It can be withdrawn if it is the first."""
        first = self.state is not State.NOTIFIED
        if not self.informed:
            self.sole = sole
        self.notify(anomaly, lanes, now)
        if first:
            self.state = State.PENDING

    def notify(self, anomaly: Anomaly, lanes: Lanes, now: int) -> None:
        """A notification goes out to `lanes` at `now` (ms)."""
        if not self.informed:
            self.since = now
        self.state = State.NOTIFIED
        self.receivers = union(lanes, self.receivers)
        self.critical |= anomaly.severity == Severity.CRITICAL

    def leave_group(self) -> None:
        """What waited in its group goes out."""
        if self.state is State.PENDING:
            self.state = State.NOTIFIED

    def withdraw(self, mute: Mute | None) -> None:
        """What waited in its group does not go out, for `mute`: if it was the first, nobody was notified."""
        self.mute = mute
        if self.state is State.PENDING:
            self.state, self.since, self.receivers, self.critical = State.UNNOTIFIED, 0, (), False

    def await_opening(self, now: int) -> None:
        """At a takeover: nobody was notified, and its opening has not been read."""
        self.state, self.since = State.AWAITED, now

    def recall(self, logged: Logged) -> None:
        """The log says that people have it."""
        self.state, self.since = State.NOTIFIED, logged.delivered_at or 0
        self.receivers = union(logged.receivers, self.receivers)
        self.critical |= logged.critical

    def mark_done(self, name: str) -> bool:
        """Whether a repeat, an escalation or a snooze was not done with before; from now on it is."""
        new = name not in self.done
        self.done.add(name)
        return new
