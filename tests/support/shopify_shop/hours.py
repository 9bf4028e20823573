"""When people buy, ask and work: shapes of the day and of the week, in the shop's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZONE = ZoneInfo("America/New_York")
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

# Relative activity at each full hour from midnight, and of each day from Monday.
BUYERS = (
    *(0.45, 0.25, 0.15, 0.1, 0.1, 0.2, 0.4, 0.7, 0.95, 1.15, 1.25, 1.35),
    *(1.45, 1.35, 1.25, 1.2, 1.2, 1.25, 1.35, 1.55, 1.8, 1.85, 1.4, 0.85),
)
ASKING = (
    *(0.15, 0.1, 0.1, 0.05, 0.05, 0.1, 0.3, 0.8, 1.6, 2.0, 2.1, 2.0),
    *(1.8, 1.8, 1.8, 1.7, 1.6, 1.4, 1.2, 1.1, 1.0, 0.8, 0.5, 0.3),
)
BUYERS_OF_WEEK = (1.05, 0.95, 0.93, 0.95, 0.98, 1.05, 1.12)
ASKING_OF_WEEK = (1.35, 1.15, 1.05, 1.0, 0.95, 0.75, 0.7)

OPENS, CLOSES = 8, 24  # of the desk: chats and calls; tickets by mail wait for the morning
PACKING = (8, 17)  # of the warehouse, Monday to Saturday
SUNDAY = 6


def moment(text: str) -> int:
    """Ms since the epoch of a local time such as 2026-10-22T17:00."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def local(time_ms: float) -> datetime:
    """The time on the wall."""
    return datetime.fromtimestamp(time_ms / 1000, ZONE)


def arrivals(
    rng: np.random.Generator, span: tuple[int, int], per_day: float, day: tuple[float, ...], week: tuple[float, ...]
) -> NDArray[np.int64]:
    """Times in ms of a Poisson process whose rate follows the day, the week, and another mood each half an hour."""
    minutes = np.arange(*span, MINUTE_MS, dtype=np.int64)
    offset = np.array([_offset_ms(start) for start in minutes[::60]]).repeat(60)[: len(minutes)]
    clock = minutes + offset
    hours = clock % DAY_MS / HOUR_MS
    weekday = (clock // DAY_MS + 3) % 7  # 1 January 1970 was a Thursday
    shape = np.interp(hours, np.arange(25), np.asarray((*day, day[0])) / np.mean(day))
    knots = np.arange(0, len(minutes) + 30, 30)
    mood = np.exp(np.interp(np.arange(len(minutes)), knots, rng.normal(0, 0.06, len(knots))))
    counts = rng.poisson(per_day / 1440 * shape * np.asarray(week)[weekday] * mood)
    return np.sort(np.repeat(minutes, counts) + rng.integers(0, MINUTE_MS, int(counts.sum())))


def next_opening(time_ms: float) -> float:
    """The same moment where the desk is open, else when it opens."""
    now = local(time_ms)
    if OPENS <= now.hour < CLOSES:
        return time_ms
    return now.replace(hour=OPENS, minute=0, second=0, microsecond=0).timestamp() * 1000


def packed_after(time_ms: float, work_ms: float) -> float:
    """When so much work is done that begins at `time_ms`; the warehouse is closed at night and on Sundays."""
    now, left = local(time_ms), work_ms
    while True:
        opens = now.replace(hour=PACKING[0], minute=0, second=0, microsecond=0)
        closes = now.replace(hour=PACKING[1], minute=0, second=0, microsecond=0)
        begins = max(now, opens)
        room = (closes - begins).total_seconds() * 1000
        if now.weekday() != SUNDAY and room > 0:
            if left <= room:
                return begins.timestamp() * 1000 + left
            left -= room
        now = opens + timedelta(days=1)


def in_utc(time_ms: float) -> str:
    """RFC 3339 with ms, as Zendesk writes it."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_zone(time_ms: float) -> str:
    """RFC 3339 with the shop's offset and no fraction, as Shopify writes it."""
    return local(time_ms // 1000 * 1000).isoformat(timespec="seconds")


def _offset_ms(time_ms: int) -> int:
    offset = local(int(time_ms)).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() * 1000)
