"""Tells what is worth telling: transitions in, notifications into the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from streams.alerts.decide.gathering import Gathering, Waits
from streams.alerts.decide.routing import STALE_MS, Ruling
from streams.records.action import TELLING, TOLD
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.alerts.decide.announcements import Announcements
    from streams.alerts.decide.dispatch import Dispatch
    from streams.alerts.decide.silence_care import SilenceCare
    from streams.alerts.queue.outbox import Outbox
    from streams.alerts.words.message import Notification
    from streams.records.action import Taken
    from streams.records.anomaly import Anomaly, Transition


_QUIET_LOOKS: Final = 10  # 5 s, where nothing is read
_MOST_LOOKS: Final = 120


class Recorder(Protocol):
    """Writes on pharos-actions, without making anybody wait."""

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        ...

    def put(self, taken: Taken) -> None: ...


class Announcer:
    """Joins `Dispatch` (what, in which words) and `Outbox` (how, until when).

    Args:
        clock_ms: the worker's clock; None before it has read a record.
        handled_ms: up to where anomalies have been handled; -1 before the first.
        health: told after each look whether a receiver is reachable: its name, and the problem or "".
        open_anomalies: all that are open, for reminders.
        on_told: called with each notification that goes out, for the demo's report.
        gathering: what waits so that it is told together.
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
        on_told: Callable[[Notification], None] = lambda _: None,
        *,
        gathering: Gathering | None = None,
        care: SilenceCare | None = None,
        announcements: Announcements | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._dispatch = dispatch
        self._outbox = outbox
        self._clock_ms = clock_ms
        self._handled_ms = handled_ms
        self._health = health
        self._open_anomalies = open_anomalies
        self._on_told = on_told
        self._gathering = gathering or Gathering(Waits())
        self._care = care
        self._announcements = announcements
        self._unrecorded: list[Taken] = []
        self._recorder = recorder
        self._reminds = False
        self._quiet_looks = 0
        self._patience = _MOST_LOOKS
        self._alone_since: int | None = None

    @property
    def delivered(self) -> bool:
        """Whether receivers have all, and it is written down: so what was told is known before its reading is done."""
        received = not self._gathering.waiting and self._sent
        return received and not self._unrecorded and (self._recorder is None or self._recorder.waiting == 0)

    @property
    def _sent(self) -> bool:
        return all(state.queued == 0 for state in self._outbox.states().values())

    def tell(self, transition: Transition) -> None:
        """Rules and composes; never waits. `look_after` hands on."""
        clock_ms = self._clock_ms()
        now = transition.time if clock_ms is None else clock_ms
        first = transition.change is Change.OPENED or self._dispatch.unheard(transition.anomaly.fingerprint)
        ruling, notification = self._dispatch.handle(transition, now)
        if ruling is Ruling.HELD:
            self._quiet_looks = 0
        if notification is not None:
            fresh = first and self._alone_since is not None and transition.time > self._alone_since
            self._gathering.put(notification, now, fresh=fresh)

    def look_after(self, *, reminds: bool) -> None:
        """The digest of what was held while catching up, and the state of the receivers. Call it now and then.

        `reminds`: whether it falls to this worker to tell of what is no news: snoozes and silences that are over, acks.
        """
        clock_ms = self._clock_ms()
        if clock_ms is not None:
            self._hand_on(clock_ms)
            for digest in self._catch_up(clock_ms):
                self._put(digest, clock_ms)
            if reminds:
                self._look_after_known(list(self._open_anomalies()), clock_ms)
            if not reminds:
                self._alone_since = None
            elif not self._reminds:
                self._alone_since = clock_ms
        self._reminds = reminds
        self._record_delivered()
        for name, state in self._outbox.states().items():
            self._health(name, state.reason if state.failures else "")

    def _catch_up(self, clock_ms: int) -> list[Notification]:
        """Not before a few looks have brought nothing old any more: what is read bit by bit is told in one digest."""
        if not self._dispatch.routing.caught_up(clock_ms, self._handled_ms()):
            self._patience = _MOST_LOOKS
            return []
        self._quiet_looks += 1
        self._patience -= 1
        if self._quiet_looks < _QUIET_LOOKS and self._patience > 0:
            return []
        self._patience = _MOST_LOOKS
        return self._dispatch.catch_up(clock_ms, self._handled_ms(), tuple(self._outbox.states()))

    def _hand_on(self, clock_ms: int) -> None:
        for gathered in self._gathering.take(clock_ms):
            news = self._dispatch.still_news(gathered, clock_ms)
            if news:
                self._outbox.put_together(news)
            for told in news:
                self._remember(told, clock_ms)

    def _look_after_known(self, open_anomalies: Sequence[Anomaly], clock_ms: int) -> None:
        if not self._reminds:  # another worker did so until now
            self._dispatch.resume(open_anomalies, clock_ms)
        for announced, record in self._announcements.due(open_anomalies, clock_ms) if self._announcements else ():
            self._put(announced, clock_ms, record)
        for reminder in self._dispatch.remind(open_anomalies, clock_ms):
            self._put(reminder, clock_ms)
        if clock_ms - self._handled_ms() <= STALE_MS:  # else what looks open may be over for long
            for missed in self._dispatch.make_up(open_anomalies, clock_ms):
                self._put(missed, clock_ms)
            self._insist(open_anomalies, clock_ms)
        for acknowledgement in self._dispatch.acknowledge(open_anomalies, clock_ms):
            self._outbox.put(acknowledgement)
        for taken in self._care.due(open_anomalies, clock_ms) if self._care else ():
            self._record(taken)

    def _insist(self, open_anomalies: Sequence[Anomaly], clock_ms: int) -> None:
        for nudge, record in self._dispatch.insist(open_anomalies, clock_ms):
            self._put(nudge, clock_ms, record)

    def _record(self, taken: Taken) -> None:
        if self._recorder is not None:
            self._recorder.put(taken)

    def _record_delivered(self) -> None:
        """What is on pharos-actions counts as done, so nothing is written there before somebody has it."""
        if self._sent:
            for taken in self._unrecorded:
                self._record(taken)
            self._unrecorded = []

    def _put(self, notification: Notification, clock_ms: int, record: Taken | None = None) -> None:
        """`record`: what to write once it is delivered, where that is more than that people were told."""
        for anomaly in notification.anomalies:
            self._gathering.heard(anomaly.fingerprint)
        self._outbox.put(notification)
        self._remember(notification, clock_ms, record)

    def _remember(self, told: Notification, clock_ms: int, record: Taken | None = None) -> None:
        self._on_told(told)
        everybody = tuple(self._outbox.states())
        for taken in self._dispatch.records(TELLING, told, everybody, clock_ms):
            self._record(taken)
        later = [record] if record else self._dispatch.records(TOLD, told, everybody, clock_ms)
        waiting = {taken.id for taken in self._unrecorded}
        self._unrecorded += [taken for taken in later if taken.id not in waiting]
