"""What must hold of entries of the calendar that are like earlier ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from streams.events.event_time import event_time_ms
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings.calendar import CalendarEntry

_LARGEST = 1_000.0


def check_likes(calendar: Sequence[CalendarEntry]) -> Iterator[tuple[int, str, str]]:
    """Faults: the place of the entry in its calendar, the key, and what to do about it.

    The entries of a file name those of the same file.
    """
    for place, entry in enumerate(calendar):
        if entry.factor is not None:
            if not entry.like:
                yield place, "factor", "means nothing without `like`; name the entry that it is a multiple of"
            elif not (math.isfinite(entry.factor) and 0 < entry.factor <= _LARGEST):
                yield place, "factor", "write how many times as large as the earlier one, as 1.3; above 0, up to 1,000"
        if entry.like and (what := _fault(entry, calendar)):
            yield place, "like", what


def _fault(entry: CalendarEntry, calendar: Sequence[CalendarEntry]) -> str:
    if entry.like == entry.name:
        return "an entry cannot be like itself; name an earlier one"
    named = [other for other in calendar if other.name == entry.like]
    if not named:
        return f'no entry is named "{entry.like}"{suggestion(entry.like, [other.name for other in calendar])}'
    if len(named) > 1:
        return f'{len(named)} entries are named "{entry.like}"; give each a name of its own'
    if circle := _circle(entry, calendar):
        return f"these are like one another: {', '.join(circle)}; leave `like` out of the earliest of them"
    return _fault_of_times(entry, named[0])


def _circle(entry: CalendarEntry, calendar: Sequence[CalendarEntry]) -> list[str]:
    """The names from an entry back to itself; empty where the way ends, or leads into a circle of others."""
    by_name = {other.name: other for other in calendar}
    names, at = [entry.name], by_name.get(entry.like)
    while at is not None and at.name not in names:
        names.append(at.name)
        at = by_name.get(at.like) if at.like else None
    return [*names, entry.name] if at is not None and at.name == entry.name else []


def _fault_of_times(entry: CalendarEntry, earlier: CalendarEntry) -> str:
    times = [event_time_ms(text) for text in (entry.begins, entry.ends, earlier.begins, earlier.ends)]
    begins, ends, of_begins, of_ends = times
    if begins is None or ends is None or of_begins is None or of_ends is None:
        return ""  # said by `check_entry`
    if of_ends > begins:
        return f'"{earlier.name}" is not over before this one begins; name an earlier entry'
    if ends - begins != of_ends - of_begins:
        return (
            f'lasts {_minutes(ends - begins)} and "{earlier.name}" {_minutes(of_ends - of_begins)}; they are compared '
            "minute by minute from their beginnings: make both as long, or split the longer one"
        )
    return ""


def _minutes(ms: int) -> str:
    return f"{ms / 60_000:g} min"
