"""Writes the log of notifications on pharos-actions: what goes out at once, and what was delivered once it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from streams.records.action import NOTIFIED, NOTIFYING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.alerts.decide.notification_log import NotificationLog
    from streams.alerts.words.message import Notification
    from streams.records.action import Taken


class Recorder(Protocol):
    """Writes on pharos-actions, without making anybody wait."""

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        ...

    def put(self, taken: Taken) -> None: ...


class LogWriter:
    """Keeps what may be written only when receivers have it. Without a recorder nothing outlives a restart."""

    def __init__(self, log: NotificationLog, recorder: Recorder | None) -> None:
        self._log = log
        self._recorder = recorder
        self._undelivered: dict[str, Taken] = {}

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        return len(self._undelivered) + (0 if self._recorder is None else self._recorder.waiting)

    def put(self, taken: Taken) -> None:
        if self._recorder is not None:
            self._recorder.put(taken)

    def sent(self, notification: Notification, everybody: Sequence[str], now: int, record: Taken | None = None) -> None:
        """A notification goes out at `now` (ms).

        `everybody`: names of all receivers; `record`: what to write once it is delivered, where that says more than
        that it is.
        """
        for taken in self._log.entries_for(NOTIFYING, notification, everybody, now):
            self.put(taken)
        for taken in [record] if record else self._log.entries_for(NOTIFIED, notification, everybody, now):
            self._undelivered.setdefault(taken.id, taken)

    def delivered(self) -> None:
        """Receivers have all that was sent."""
        for taken in self._undelivered.values():
            self.put(taken)
        self._undelivered.clear()
