"""Gathers the news of one trouble, so that people get one message and not five."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.records.anomaly import Change, Episode

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification

Key = tuple[str, str]  # incident and touchpoint


class Waits(msgspec.Struct, frozen=True):
    """In ms. What is critical never waits for the interval.

    Attributes:
        critical, other: from the first news of a trouble until it is told.
        interval: from then until what else is new of it is told.

    """

    critical: int = 0
    other: int = 0
    interval: int = 60_000


class _Trouble(msgspec.Struct):
    """What waits, until when, and when it was told last; -1: never. `fresh`: of what nobody can have heard."""

    waiting: list[Notification] = []
    fresh: set[Episode] = set()
    due: int = 0
    told: int = -1


class Gathering:
    """News go in one by one and come out by trouble: an incident at a touchpoint. `now` is in ms and only grows.

    Fresh news, the first of an anomaly, and its end that wait together leave untold: it was over before anybody would
    have heard.
    """

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self._troubles: dict[Key, _Trouble] = {}

    @property
    def waiting(self) -> int:
        return sum(len(trouble.waiting) for trouble in self._troubles.values())

    def put(self, notification: Notification, now: int, *, fresh: bool = True) -> None:
        """Needs a notification of one anomaly. `fresh`: nobody can have heard of it before."""
        anomaly = notification.anomalies[0]
        trouble = self._troubles.setdefault((anomaly.incident or anomaly.metric, anomaly.touchpoint), _Trouble())
        due = self._due(notification, trouble, now)
        trouble.due = min(trouble.due, due) if trouble.waiting else due
        episode = anomaly.episode
        if notification.kind != Change.RESOLVED and fresh:
            trouble.fresh.add(episode)
        if notification.kind == Change.RESOLVED and episode in trouble.fresh:
            trouble.waiting = [told for told in trouble.waiting if told.anomalies[0].episode != episode]
        else:
            trouble.waiting.append(notification)

    def heard(self, fingerprint: str) -> None:
        """People were told of it by another way: what waits of it is no news any more, but for its end."""
        for trouble in self._troubles.values():
            trouble.fresh = {episode for episode in trouble.fresh if episode[0] != fingerprint}
            trouble.waiting = [
                told
                for told in trouble.waiting
                if told.kind == Change.RESOLVED or told.anomalies[0].fingerprint != fingerprint
            ]

    def take(self, now: int) -> list[list[Notification]]:
        """What is due, by trouble, in the order of coming. A trouble that was quiet for an interval is forgotten."""
        due = []
        for key, trouble in list(self._troubles.items()):
            if trouble.waiting and trouble.due <= now:
                due.append(trouble.waiting)
                trouble.waiting, trouble.fresh, trouble.told = [], set(), now
            elif not trouble.waiting and now - trouble.told > self._waits.interval:
                del self._troubles[key]
        return due

    def _due(self, notification: Notification, trouble: _Trouble, now: int) -> int:
        if notification.critical:
            return now + self._waits.critical
        if trouble.told < 0:
            return now + self._waits.other
        return max(now, trouble.told + self._waits.interval)
