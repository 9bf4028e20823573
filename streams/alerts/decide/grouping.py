"""Groups the news of one trouble, so that people get one message and not five."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.records.anomaly import Change

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.records.anomaly import EpisodeKey

_Key = tuple[str, str]  # incident and touchpoint


class Waits(msgspec.Struct, frozen=True):
    """In ms. What is critical never waits for the interval.

    Attributes:
        critical, other: from the first news of a group until it is sent.
        interval: from then until what else is new of it is sent.

    """

    critical: int = 0
    other: int = 0
    interval: int = 60_000


class _Group(msgspec.Struct):
    """What waits, until when, and when it was sent last; -1: never."""

    waiting: list[Notification] = []
    due: int = 0
    sent: int = -1


class Grouping:
    """News go in one by one and come out by group: an incident at a touchpoint. `now` is in ms and only grows."""

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self._groups: dict[_Key, _Group] = {}

    @property
    def waiting(self) -> int:
        return sum(len(group.waiting) for group in self._groups.values())

    def put(self, notification: Notification, now: int) -> None:
        """Needs a notification of one anomaly."""
        anomaly = notification.anomalies[0]
        group = self._groups.setdefault((anomaly.incident or anomaly.metric, anomaly.touchpoint), _Group())
        due = self._due(notification, group, now)
        group.due = min(group.due, due) if group.waiting else due
        group.waiting.append(notification)

    def drop(self, episode: EpisodeKey) -> None:
        """What waits of it is no news any more, but for its end: it is over, or people were notified in another way."""
        for group in self._groups.values():
            group.waiting = [
                one for one in group.waiting if one.kind == Change.RESOLVED or one.anomalies[0].episode != episode
            ]

    def take(self, now: int) -> list[list[Notification]]:
        """What is due, by group, in the order of coming. A group that was quiet for an interval is forgotten."""
        due = []
        for key, group in list(self._groups.items()):
            if group.waiting and group.due <= now:
                due.append(group.waiting)
                group.waiting, group.sent = [], now
            elif not group.waiting and now - group.sent > self._waits.interval:
                del self._groups[key]
        return due

    def _due(self, notification: Notification, group: _Group, now: int) -> int:
        if notification.critical:
            return now + self._waits.critical
        if group.sent < 0:
            return now + self._waits.other
        return max(now, group.sent + self._waits.interval)
