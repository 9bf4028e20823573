"""Milliseconds since the epoch as text: UTC for machines, the shop's own time for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # years 1 to 9999, all that datetime knows


def rfc3339(ms: int) -> str:
    """With three digits after the second; what lies outside the years 1 to 9999 becomes the nearest end.

    >>> rfc3339(1_762_790_401_250)
    '2025-11-10T16:00:01.250Z'
    """
    return _at(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock_time(ms: int, zone: tzinfo) -> str:
    """For people: as the clocks of `zone` show it, with the offset from UTC.

    >>> from zoneinfo import ZoneInfo
    >>> clock_time(1_762_790_401_250, ZoneInfo("Asia/Shanghai"))
    '2025-11-11 00:00:01 +08:00'
    """
    inside = min(max(ms, _FIRST_MS + _DAY_MS), _LAST_MS - _DAY_MS)  # no zone may lead out of the years
    text = _at(inside).astimezone(zone).isoformat(" ", "seconds")
    return f"{text[:19]} {text[19:]}"


def _at(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=min(max(ms, _FIRST_MS), _LAST_MS))
