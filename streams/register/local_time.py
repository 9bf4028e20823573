"""When a clock on the wall shows a time of day, also on the two days a year on which it is put forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

_DAY_MINUTES = 1_440


class LocalMoment(NamedTuple):
    """A moment in ms since the epoch, and whether no clock ever shows the time that was asked for."""

    ms: int
    skipped: bool


def local_moment(day: date, minutes: int, zone: tzinfo) -> LocalMoment:
    """The moment at which clocks show so many minutes after midnight; 1440 and more lie in the next day.

    A time that comes twice, in autumn, is the first of the two. A time that is skipped, in spring, is the moment at
    which clocks are put forward: so a later time is never an earlier moment.

    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> [local_moment(date(2026, 3, 29), minutes, berlin).ms // 60_000 % 1440 for minutes in (119, 120, 150, 180, 181)]
    [59, 60, 60, 60, 61]
    >>> [local_moment(date(2026, 10, 25), minutes, berlin).ms // 60_000 % 1440 for minutes in (119, 120, 179, 180)]
    [1439, 0, 59, 120]
    """
    days, rest = divmod(minutes, _DAY_MINUTES)
    shown = datetime(day.year, day.month, day.day) + timedelta(days=days, minutes=rest)  # noqa: DTZ001 - zone follows
    aware = shown.replace(tzinfo=zone)
    if not is_skipped(shown, zone):
        return LocalMoment(int(aware.timestamp()) * 1000, skipped=False)
    before, after = int(aware.replace(fold=1).timestamp()), int(aware.timestamp())
    offset = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(middle, zone) == offset else (before, middle)
    return LocalMoment(after * 1000, skipped=True)


def is_skipped(shown: datetime, zone: tzinfo) -> bool:
    """Whether no clock of the zone ever shows this time, given without a zone."""
    return shown.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != shown


def _offset(second: int, zone: tzinfo) -> timedelta | None:
    return datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()
