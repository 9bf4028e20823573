"""Says when maintenance begins and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.decide.stages import STALE_MS
from streams.alerts.words.message import Notification, maintenance_of
from streams.records.action import NOTIFY_SOURCE, PHAROS, Taken
from streams.records.scope import digest as short_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from streams.alerts.words.message import Titles
    from streams.records.anomaly import Anomaly
    from streams.register.actions import ActionBook
    from streams.register.daytime import Span
    from streams.register.maintenance import Window

SUBJECT = "maintenance/"


class Announcement(NamedTuple):
    """What is sent, and what to write on pharos-actions once it is delivered."""

    notification: Notification
    record: Taken


class Announcements:
    """What is on pharos-actions was announced, whichever worker did it."""

    def __init__(self, windows: tuple[Window, ...], actions: ActionBook, titles: Titles, zone: tzinfo) -> None:
        self._windows = windows
        self._actions = actions
        self._titles = titles
        self._zone = zone
        self._announced: dict[str, int] = {}

    def due(self, open_anomalies: Iterable[Anomaly], now: int) -> list[Announcement]:
        """Beginnings and ends of the last `STALE_MS`, each once, with what is still open at the end."""
        self._announced = {name: time for name, time in self._announced.items() if now - time <= 2 * STALE_MS}
        known = list(open_anomalies)
        found = []
        for window in self._windows:
            span = window.last(now)
            for over, time in ((False, span.begins), (True, span.ends)) if span else ():
                name = short_hash(["maintenance", window.name, over, time])
                if not 0 <= now - time <= STALE_MS or self._is_announced(window, name, time):
                    continue
                found.append(self._announce(window, span, over, name, [a for a in known if window.matches(a)], now))
        return found

    def _announce(
        self, window: Window, span: Span | None, over: bool, name: str, still: list[Anomaly], now: int
    ) -> Announcement:
        ends = span.ends if span else now
        matchers = [str(matcher) for matcher in window.matchers]
        notification = maintenance_of(
            name, window.name, matchers, now, ends, still if over else None, self._titles, self._zone
        )
        record = Taken(
            source=NOTIFY_SOURCE,
            id=name,
            fingerprint=SUBJECT + window.name,
            time=now,
            action="maintenance.ended" if over else "maintenance.begun",
            actor=PHAROS,
            note=window.name,
        )
        return Announcement(notification, record)

    def _is_announced(self, window: Window, name: str, time: int) -> bool:
        if name in self._announced or self._actions.has(SUBJECT + window.name, NOTIFY_SOURCE, name):
            return True
        self._announced[name] = time
        return False
