"""How busy made-up series are: a day, a week, a level that wobbles slowly, and events that come in company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Ints = NDArray[np.int64]

QUARTER_S = 900
SLOTS_A_QUARTER = 90
QUARTERS_A_DAY = 96
WOBBLE = 0.1  # standard deviation of the logarithm of the level of a quarter of an hour
STEADY = 0.8  # correlation of the wobble of a quarter of an hour with that of the one before
COMPANY = 0.05  # of the events are followed by another one at once
_PEAK_H = 14.0
_CONTRAST = 1.2
WEEKEND = 0.7


def usual_curve(quarters: Ints, peaks_h: Array, weekend: float = WEEKEND) -> Array:
    """float64[len(quarters), len(peaks_h)]: the usual level, 1 at the peak of a working day.

    `quarters` are counted from a Monday, midnight.
    """
    hours = (quarters[:, None] + 0.5) / 4 % 24
    curve = np.exp(_CONTRAST * (np.cos(2 * np.pi * (hours - peaks_h[None, :]) / 24) - 1))
    weekday = quarters // QUARTERS_A_DAY % 7
    level: Array = curve * np.where(weekday >= 5, weekend, 1.0)[:, None]
    return level


def peaks(rng: np.random.Generator, size: int) -> Array:
    """When in the day each series is busiest, hours."""
    return _PEAK_H + rng.uniform(-2, 2, size)


def wobble(rng: np.random.Generator, quarters: int, size: int, deviation: float = WOBBLE) -> Array:
    """float64[quarters, size]: factors of mean 1 that resemble those of the quarter before."""
    log = np.empty((quarters, size))
    log[0] = rng.normal(0, deviation, size)
    fresh = rng.normal(0, deviation * np.sqrt(1 - STEADY**2), (quarters, size))
    for quarter in range(1, quarters):
        log[quarter] = STEADY * log[quarter - 1] + fresh[quarter]
    factors: Array = np.exp(log - deviation**2 / 2)
    return factors


def drawn(rng: np.random.Generator, expected: Array) -> Ints:
    """Counts: Poisson, and of `COMPANY` of the events another one at once, so a little burstier than that."""
    first = rng.poisson(expected / (1 + COMPANY))
    counts: Ints = first + rng.binomial(first, COMPANY)
    return counts
