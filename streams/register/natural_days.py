"""Natural days: from midnight to midnight of the shop's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from streams.register.local_time import local_moment

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KNOWN_DAYS = 8  # midnights found around the day that was asked for last


class NaturalDays:
    """Which day a time belongs to. Days are numbered as `datetime.date.toordinal` does; times are ms since the epoch.

    Raises ZoneInfoNotFoundError for an unknown zone.

    Examples:
        A day in autumn has 25 hours.

        >>> days = NaturalDays("Europe/Berlin")
        >>> sunday = date(2026, 10, 25).toordinal()
        >>> (days.begins_ms(sunday + 1) - days.begins_ms(sunday)) // 3_600_000
        25
        >>> midnight = days.begins_ms(sunday)
        >>> (days.of(np.array([midnight - 1, midnight, midnight + 25 * 3_600_000])) - sunday).tolist()
        [-1, 0, 1]

    """

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._first = 0
        self._midnights: NDArray[np.int64] = np.zeros(0, np.int64)

    def begins_ms(self, day: int) -> int:
        """The midnight that a day begins with; where clocks skip it, the moment at which they are put forward."""
        return local_moment(date.fromordinal(day), 0, self._zone).ms

    def day(self, time_ms: int) -> int:
        """The day that a moment belongs to."""
        return datetime.fromtimestamp(time_ms // 1000, UTC).astimezone(self._zone).toordinal()

    def of(self, times_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[n]: the day of each time."""
        if not times_ms.size:
            return times_ms
        least, most = int(times_ms.min()), int(times_ms.max())
        known = self._midnights
        if not known.size or least < known[0] or most >= known[-1]:
            self._first = self.day(least) - _KNOWN_DAYS
            last = self.day(most) + _KNOWN_DAYS
            known = self._midnights = np.array([self.begins_ms(day) for day in range(self._first, last)], np.int64)
        return self._first + np.searchsorted(known, times_ms, "right").astype(np.int64) - 1
