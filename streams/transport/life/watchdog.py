"""Notices that a worker stands still: a process that is up and does nothing holds partitions, and must end."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

LIMIT_S = 45.0  # longer than a broker's restart; with the second between looks an end comes within the minute
_GROUP_LIMIT_S = 180.0  # longer than a rebalance that waits for a member which has to end first, and than a restore


class Station(enum.IntEnum):
    """A part of the worker that can stand still. Its number is the exit code."""

    FETCH = 71
    FLUSH = 72
    LOOP = 73
    SNAPSHOT = 74
    GROUP = 75

    @property
    def limit_s(self) -> float:
        """How long it may owe something without getting on."""
        return _GROUP_LIMIT_S if self is Station.GROUP else LIMIT_S


class Duty(NamedTuple):
    """What a part of the worker is at.

    Attributes:
        what: which one, for a person.
        owing: whether there is something that it should be doing.
        progress: anything that changes when it gets on.

    """

    station: Station
    what: str
    owing: bool
    progress: Hashable


class Standstill(NamedTuple):
    """A part that has owed something for longer than its limit."""

    station: Station
    what: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.station.name.lower()} of {self.what} has made no progress for {self.seconds:.0f} s"


class Watchdog:
    """Told once a second by the loop what is owed; asked by somebody who does not depend on the loop.

    >>> watchdog = Watchdog(0.0)
    >>> watchdog.look([Duty(Station.FLUSH, "orders-3", owing=True, progress=7)], 10.0)
    >>> watchdog.overdue(50.0) is None
    True
    >>> watchdog.look([Duty(Station.FLUSH, "orders-3", owing=True, progress=7)], 60.0)
    >>> str(watchdog.overdue(60.0))
    'flush of orders-3 has made no progress for 50 s'
    """

    def __init__(self, now_s: float) -> None:
        self._looked_at = now_s
        self._owing: dict[tuple[Station, str], tuple[Hashable, float]] = {}

    def look(self, duties: Iterable[Duty], now_s: float) -> None:
        """From the loop, about once a second. What is not mentioned owes nothing."""
        owing: dict[tuple[Station, str], tuple[Hashable, float]] = {}
        for duty in duties:
            if duty.owing:
                place = (duty.station, duty.what)
                progress, since = self._owing.get(place, (None, now_s))
                owing[place] = (duty.progress, since if progress == duty.progress else now_s)
        self._owing = owing
        self._looked_at = now_s

    def excuse(self, seconds: float) -> None:
        """The whole process was stopped for so long: nobody is to blame."""
        self._looked_at += seconds
        self._owing = {place: (progress, since + seconds) for place, (progress, since) in self._owing.items()}

    def overdue(self, now_s: float) -> Standstill | None:
        """What ends the worker. While the loop stands nothing is known of the rest, nor can any of it get on: the time
        since the last look is the loop's.
        """
        if now_s - self._looked_at > Station.LOOP.limit_s:
            return Standstill(Station.LOOP, "the worker", now_s - self._looked_at)
        for (station, what), (_, since) in self._owing.items():
            if self._looked_at - since > station.limit_s:
                return Standstill(station, what, self._looked_at - since)
        return None
