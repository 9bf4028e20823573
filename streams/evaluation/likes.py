"""Which planned times are expected to be like an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.settings.calendar import CalendarEntry


class Earlier(NamedTuple):
    """The entry that a later one is like: when it began, ms, and how long it lasted."""

    begins_ms: int
    length_s: int


class Like(NamedTuple):
    """An entry from `begins_ms` to `ends_ms` that is like an earlier one.

    `factor`: it is planned to be so many times as large; None: as large as then, for what the shop has grown.
    """

    name: str
    begins_ms: int
    ends_ms: int
    earlier: Earlier
    factor: float | None


def likes(calendar: Iterable[CalendarEntry]) -> tuple[Like, ...]:
    """All of them, in the order of the calendar; what names no entry (see `check_likes`) is left out.

    >>> from streams.settings.calendar import CalendarEntry
    >>> first = CalendarEntry("wave 1", "2026-11-01T00:00:00+08:00", "2026-11-01T01:00:00+08:00", (3.0, 40.0))
    >>> then = CalendarEntry(
    ...     "wave 2", "2026-11-11T00:00:00+08:00", "2026-11-11T01:00:00+08:00", (3.0, 40.0), like="wave 1"
    ... )
    >>> [(like.name, like.earlier.length_s) for like in likes([first, then])]
    [('wave 2', 3600)]
    """
    entries = [
        (entry, begins, ends)
        for entry in calendar
        if (begins := event_time_ms(entry.begins)) is not None and (ends := event_time_ms(entry.ends)) is not None
    ]
    found = []
    for entry, begins, ends in entries:
        lasted = ends - begins
        for other, of_begins, of_ends in entries if entry.like else ():
            if other.name == entry.like and of_ends <= begins and of_ends - of_begins == lasted:
                found.append(Like(entry.name, begins, ends, Earlier(of_begins, lasted // 1000), entry.factor))
                break
    return tuple(found)
