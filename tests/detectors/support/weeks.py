"""Shops of which the week, the day and the chance of counts are given, for teaching a usual day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.day import Day
from detectors.seasonal import SLOTS, SeasonalBaseline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MONDAY = 1
_HOURS = (np.arange(SLOTS) + 0.5) / 4
TWO_HUMPS = 0.08 + np.exp(-(((_HOURS - 11) / 2.5) ** 2)) + 1.3 * np.exp(-(((_HOURS - 20) / 2.2) ** 2))
ONE_HUMP = 0.05 + np.exp(-(((_HOURS - 14) / 4) ** 2))
OFFICE = np.where((_HOURS > 8) & (_HOURS < 18), 1.0, 0.0)


class Rhythm(NamedTuple):
    """`week`: what each weekday has, times `level` events a quarter; `off`: the shape of Saturdays and Sundays."""

    week: Sequence[float]
    shape: Array = TWO_HUMPS
    off: Array | None = None
    level: float = 40.0
    growth: float = 0.0  # a day
    unlike: float = 0.08  # standard deviation of the logarithm of days
    dispersion: float = 0.01


CLOSED_WEEKENDS = Rhythm((1, 1, 1, 1, 1, 0, 0), OFFICE)
DOUBLE_SATURDAYS = Rhythm((1, 1, 1, 1, 1, 2, 1))


def drawn(rhythm: Rhythm, first: int, days: int, rng: np.random.Generator) -> Array:
    """float64[days, SLOTS]: counts from the day with number `first` on."""
    counts = np.zeros((days, SLOTS))
    for place in range(days):
        weekday = Day(first + place).weekday
        shape = rhythm.shape if weekday < 5 or rhythm.off is None else rhythm.off
        level = rhythm.level * rhythm.week[weekday] * (1 + rhythm.growth) ** place
        level *= np.exp(rng.normal(0, rhythm.unlike))
        chance = rng.gamma(1 / rhythm.dispersion, rhythm.dispersion, SLOTS)
        counts[place] = rng.poisson(level * shape / shape.mean() * chance)
    return counts


def teach(baseline: SeasonalBaseline, counts: Array, first: int = MONDAY, holidays: Iterable[int] = ()) -> None:
    """Teaches whole days, float64[days, SLOTS] or, of several series, float64[days, SLOTS, n]."""
    known = frozenset(holidays)
    for place, of_day in enumerate(counts):
        for slot, count in enumerate(of_day):
            baseline.learn(slot, np.atleast_1d(count), Day(first + place, known))


def taught(rhythm: Rhythm, days: int, seed: int = 1, first: int = MONDAY) -> SeasonalBaseline:
    """A baseline of one series that knows so many days."""
    baseline = SeasonalBaseline()
    teach(baseline, drawn(rhythm, first, days, np.random.default_rng(seed)), first)
    return baseline


def days_ahead(baseline: SeasonalBaseline, number: int) -> Iterator[float]:
    """Least, middle and greatest count of a day, and its spread."""
    usual = baseline.usual(86_400, 86_400, day=Day(number))
    yield from (float(usual.low[0]), float(usual.middle[0]), float(usual.high[0]), float(usual.spread[0]))
