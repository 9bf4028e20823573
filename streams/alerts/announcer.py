"""Notifies: transitions in, notifications into the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.decide.digest_pace import DigestPace
from streams.alerts.decide.grouping import Grouping, Waits
from streams.alerts.decide.stages import STALE_MS, Ruling
from streams.alerts.log_writer import LogWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.alerts.decide.announcements import Announcements
    from streams.alerts.decide.dispatch import Dispatch
    from streams.alerts.decide.silence_care import SilenceCare
    from streams.alerts.log_writer import Recorder
    from streams.alerts.queue.outbox import Outbox
    from streams.alerts.words.message import Notification
    from streams.records.action import Taken
    from streams.records.anomaly import Anomaly, Transition


class Announcer:
    """Joins `Dispatch` (what, in which words) and `Outbox` (how, until when).

    Args:
        clock_ms: the worker's clock; None before it has read a record.
        handled_ms: up to where anomalies have been handled; -1 before the first.
        health: called after each look with a receiver's name and its problem, "" where it is reachable.
        open_anomalies: all that are open, for reminders.
        on_notified: called with each notification that goes out, for the demo's report.
        grouping: what waits so that it is sent together.
        care: looks after the silences.
        announcements: of maintenance.
        recorder: writes what was done; without one nothing is remembered beyond a restart.

    """

    def __init__(
        self,
        dispatch: Dispatch,
        outbox: Outbox,
        clock_ms: Callable[[], int | None],
        handled_ms: Callable[[], int],
        health: Callable[[str, str], None],
        open_anomalies: Callable[[], Iterable[Anomaly]] = tuple,
        on_notified: Callable[[Notification], None] = lambda _: None,
        *,
        grouping: Grouping | None = None,
        care: SilenceCare | None = None,
        announcements: Announcements | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._dispatch, self._reminders = dispatch, dispatch.reminders
        self._outbox = outbox
        self._clock_ms = clock_ms
        self._handled_ms = handled_ms
        self._health = health
        self._open_anomalies = open_anomalies
        self._on_notified = on_notified
        self._grouping = grouping or Grouping(Waits())
        self._care = care
        self._announcements = announcements
        self._log = LogWriter(dispatch.log, recorder)
        self._digest_pace = DigestPace()
        self._alone_since: int | None = None  # when it fell to this worker to remind; None: it does not

    @property
    def delivered(self) -> bool:
        """Whether receivers have all, and the log says so: only then is the reading of it done."""
        return not self._grouping.waiting and self._received and self._log.waiting == 0

    @property
    def _received(self) -> bool:
        return all(state.queued == 0 for state in self._outbox.states().values())

    def handle(self, transition: Transition) -> None:
        """Rules and composes; never waits. `look_after` hands on."""
        clock_ms = self._clock_ms()
        now = transition.time if clock_ms is None else clock_ms
        sole = self._alone_since is not None and transition.time > self._alone_since
        ruling, notification = self._dispatch.handle(transition, now, sole=sole)
        if ruling is Ruling.HELD:
            self._digest_pace.held()
        elif ruling is Ruling.CANCELLED:
            self._grouping.drop(transition.anomaly.episode)
        if notification is not None:
            self._grouping.put(notification, now)

    def look_after(self, *, reminds: bool) -> None:
        """What has waited in groups, the digest, reminders, and the state of the receivers. Call it now and then.

        `reminds`: whether it falls to this worker to notify of what is no news: snoozes and silences that are over,
        acks.
        """
        clock_ms = self._clock_ms()
        if clock_ms is not None:
            self._hand_on(clock_ms)
            handled_ms = self._handled_ms()
            if self._digest_pace.is_due(caught_up=self._dispatch.caught_up(clock_ms, handled_ms)):
                for digest in self._dispatch.digests(clock_ms, handled_ms, tuple(self._outbox.states())):
                    self._put(digest, clock_ms)
            if reminds:
                self._remind(list(self._open_anomalies()), clock_ms)
            else:
                self._alone_since = None
        if self._received:
            self._log.delivered()
        for name, state in self._outbox.states().items():
            self._health(name, state.reason if state.failures else "")

    def _hand_on(self, clock_ms: int) -> None:
        for waited in self._grouping.take(clock_ms):
            news = self._dispatch.leave_group(waited, clock_ms)
            if news:
                self._outbox.put_together(news)
            for notification in news:
                self._note(notification, clock_ms)

    def _remind(self, open_anomalies: Sequence[Anomaly], clock_ms: int) -> None:
        if self._alone_since is None:  # another worker did so until now
            self._reminders.take_over(open_anomalies, clock_ms)
            self._alone_since = clock_ms
        for announcement in self._announcements.due(open_anomalies, clock_ms) if self._announcements else ():
            self._put(announcement.notification, clock_ms, announcement.record)
        for reminder in self._reminders.remind(open_anomalies, clock_ms):
            self._put(reminder, clock_ms)
        if clock_ms - self._handled_ms() <= STALE_MS:  # else what looks open may be over for long
            for missed in self._reminders.missed(open_anomalies, clock_ms):
                self._put(missed, clock_ms)
            for repeat, record in self._reminders.repeat(open_anomalies, clock_ms):
                self._put(repeat, clock_ms, record)
        for acknowledgement in self._reminders.acknowledge(open_anomalies, clock_ms):
            self._outbox.put(acknowledgement)
        for taken in self._care.due(open_anomalies, clock_ms) if self._care else ():
            self._log.put(taken)

    def _put(self, notification: Notification, clock_ms: int, record: Taken | None = None) -> None:
        """`record`: what to write once it is delivered, where that says more than that it is."""
        for anomaly in notification.anomalies:
            self._grouping.drop(anomaly.episode)
        self._outbox.put(notification)
        self._note(notification, clock_ms, record)

    def _note(self, notification: Notification, clock_ms: int, record: Taken | None = None) -> None:
        self._on_notified(notification)
        self._log.sent(notification, tuple(self._outbox.states()), clock_ms, record)
