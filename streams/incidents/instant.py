"""Milliseconds since the epoch as text, always UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # years 1 to 9999, all that datetime knows


def rfc3339(ms: int) -> str:
    """With three digits after the second; what lies outside the years 1 to 9999 becomes the nearest end.

    >>> rfc3339(1_762_790_401_250)
    '2025-11-10T16:00:01.250Z'
    """
    return _at(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock_time(ms: int) -> str:
    """For people.

    >>> clock_time(1_762_790_401_250)
    '2025-11-10 16:00:01 UTC'
    """
    return f"{_at(ms):%Y-%m-%d %H:%M:%S} UTC"


def _at(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=min(max(ms, _FIRST_MS), _LAST_MS))
