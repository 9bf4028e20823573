"""Callers whom a voice menu holds on to, as the switch that runs it would tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HELD = timedelta(seconds=20)  # nineteen of twenty callers are through with the menu before
_TOLD_EVERY = timedelta(minutes=1)


class Stay(NamedTuple):
    """From when to when a caller was in the menu."""

    arrived: datetime
    left: datetime


class Snapshot(NamedTuple):
    """How many callers have been in the menu for longer than `HELD`, and the one of them who came first for how long.

    In seconds; 0 where nobody is held.
    """

    time: datetime
    waiting: int
    oldest_wait: float


def snapshots(stays: Iterable[Stay]) -> Iterator[Snapshot]:
    """One whenever the number changes, and one every minute from the first stay to the last. In order of time.

    >>> at = datetime(1999, 2, 3, 12, 0)
    >>> for snapshot in snapshots([Stay(at, at + timedelta(seconds=90)), Stay(at, at + timedelta(seconds=8))]):
    ...     print(f"{snapshot.time:%H:%M:%S}", snapshot.waiting, snapshot.oldest_wait)
    12:00:00 0 0.0
    12:00:20 1 20.0
    12:01:00 1 60.0
    12:01:30 0 0.0
    """
    known = sorted(stays)
    long = [stay for stay in known if stay.left - stay.arrived > HELD]
    held: list[Stay] = []
    begun = 0
    for now in _moments(known, long):
        while begun < len(long) and long[begun].arrived + HELD <= now:
            held.append(long[begun])
            begun += 1
        held = [stay for stay in held if stay.left > now]
        oldest = (now - held[0].arrived).total_seconds() if held else 0.0
        yield Snapshot(now, len(held), oldest)


def _moments(known: list[Stay], long: list[Stay]) -> list[datetime]:
    moments = {stay.arrived + HELD for stay in long} | {stay.left for stay in long}
    if known:
        minute, last = known[0].arrived.replace(second=0), max(stay.left for stay in known)
        while minute <= last:
            moments.add(minute)
            minute += _TOLD_EVERY
    return sorted(moments)
