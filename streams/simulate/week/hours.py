"""When things happen in the small shop: its days, its week, and the hours in which goods are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from streams.simulate import rhythm
from streams.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS, OFFSET_MS, TIMEZONE

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

BEGIN_MS: Final = int(datetime(2027, 3, 1, tzinfo=ZoneInfo(TIMEZONE)).timestamp()) * 1000  # a Monday
LEAD_DAYS, LEARN_DAYS, LIVE_DAYS = 4, 6, 7
LIVE_MS: Final = BEGIN_MS + LEARN_DAYS * DAY_MS
END_MS: Final = LIVE_MS + LIVE_DAYS * DAY_MS

_NIGHT: Final = 0.12
_HUMPS: Final = ((11.0, 2.5, 1.0), (20.0, 2.2, 1.5))  # hour, width in hours, height
_WEEKEND: Final = 1.25
_OPENS_H, _CLOSES_H = 8, 20


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ZONE: Final = ZoneInfo(TIMEZONE)


def moment(at_ms: int) -> str:
    """RFC 3339 with milliseconds and the shop's offset.

    >>> moment(BEGIN_MS)
    '2027-03-01T00:00:00.000+08:00'
    """
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(_ZONE).isoformat(timespec="milliseconds")


def arrivals(rng: np.random.Generator, a_minute: float) -> list[int]:
    """Times of a Poisson process from before the file begins to its end, ascending, in ms.

    Two humps a day, busier weekends; the level moves by some 8 % from one hour to the next and comes back.
    """
    minutes = np.arange(BEGIN_MS - LEAD_DAYS * DAY_MS, END_MS, MINUTE_MS, dtype=np.int64)
    level = a_minute * _level(minutes) * np.exp(_drift(rng, len(minutes)))
    found: list[int] = rhythm.arrivals(rng, minutes, level).tolist()
    return found


def _level(minutes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Relative to the mean of a week."""
    hour = (minutes + OFFSET_MS) % DAY_MS / HOUR_MS
    level = np.full(len(minutes), _NIGHT)
    for at, width, height in _HUMPS:
        level += height * np.exp(-(((hour - at + 12) % 24 - 12) ** 2) / (2 * width**2))
    weekend = np.isin((minutes + OFFSET_MS) // DAY_MS % 7, (2, 3))  # 1 January 1970 was a Thursday
    level *= np.where(weekend, _WEEKEND, 1.0)
    return np.asarray(level / level.mean())


def _drift(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    hours = count // 60 + 2
    drift = np.zeros(hours)
    for hour in range(1, hours):
        drift[hour] = 0.7 * drift[hour - 1] + rng.normal(0, 0.06)
    return np.interp(np.arange(count) / 60, np.arange(hours), drift)


def at_work(rng: random.Random, at_ms: int) -> int:
    """The same time between 8 and 20, else in the first hour and a half of the next morning."""
    into = (at_ms + OFFSET_MS) % DAY_MS
    if _OPENS_H * HOUR_MS <= into < _CLOSES_H * HOUR_MS:
        return at_ms
    to_morning = (_OPENS_H * HOUR_MS - into) % DAY_MS
    return at_ms + to_morning + round(rng.uniform(0, 1.5) * HOUR_MS)


def around(rng: random.Random, median_h: float, sigma: float) -> int:
    """A lognormal duration in ms."""
    return round(rng.lognormvariate(0, sigma) * median_h * HOUR_MS)
