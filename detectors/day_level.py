"""How busy days are against what is expected of them: the level that moves, and how unlike days are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Single = NDArray[np.float32]

_GAIN = 0.25  # of a day's deviation that is believed to last
_TREND_GAIN, _TREND_KEEP, _STEEPEST = 0.03, 0.97, 0.08  # a day; growth is followed without lagging behind it
_ODD = 2.5  # standard deviations beyond which a day is odd and says no more
_FORGET = 0.97  # a day: half of the variance in three weeks
_PRIOR_DAYS = 3.0
_CLOSED = 0.1  # of a usual day: deviations of closed days are not measured by less


class DayLevel:
    """The level of each series, moved at the end of each day by a part of what deviated, and the variance of days.

    A deviation in a kind of day that was seen before is the level's; what kinds differ by is `Week`'s. A day says the
    less the fewer events it has. Variances are relative, free of chance (Poisson), and drawn towards a prior.

    References:
        C. Holt, Forecasting seasonals and trends by exponentially weighted moving averages (1957), with damped trend.

    """

    def __init__(self, size: int = 0) -> None:
        self.level: Single = np.zeros(size, dtype=np.float32)  # events of a quarter whose shape is 1
        self.trend: Single = np.zeros(size, dtype=np.float32)  # relative, a day
        self.today: Single = np.zeros((2, size), dtype=np.float32)  # events: seen, expected
        self.squares: Single = np.zeros((2, size), dtype=np.float32)  # of deviations of days; how many days

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.level, self.trend = grown(self.level, size), grown(self.trend, size)
        self.today, self.squares = grown(self.today, size), grown(self.squares, size)

    def running(self, unknown: Array) -> Array:
        """float64[n]: today's level so far, drawn towards 1 by what is known of it (its relative variance)."""
        seen, expected = self.today.astype(np.float64)
        prior = 1 / np.maximum(unknown, 1e-3)
        ratio: Array = (seen + prior) / (expected + prior)
        return ratio

    def take(self, seen: Array, expected: Array) -> None:
        """Adds a quarter of an hour to today."""
        self.today += np.array([seen, expected], dtype=np.float32)

    def variance(self, prior: Array, whole: int = -1) -> Array:
        """float64[n]: relative variance of a day's level around what is expected of it.

        It is drawn towards a prior, that of a part towards that of the whole.
        """
        deviations, days = self.squares.astype(np.float64)
        found: Array = (deviations + _PRIOR_DAYS * prior) / (days + _PRIOR_DAYS)
        if 0 <= whole < len(found):
            of_whole = max(found[whole], 1e-3)
            drawn = (deviations + _PRIOR_DAYS * of_whole) / (days + _PRIOR_DAYS)
            drawn[whole] = found[whole]
            found = drawn
        return np.clip(found, 1e-3, 1.0)

    def observed(self) -> Array:
        """float64[n]: the same, but drawn towards none: what days have shown."""
        deviations, days = self.squares.astype(np.float64)
        observed: Array = np.maximum(deviations, 0.0) / (days + _PRIOR_DAYS)
        return observed

    def close(self, usual: Array, days: Array, variance: Array) -> None:
        """A day is over.

        Args:
            usual: float64[n], events of a usual day.
            days: how many days of its kind were seen before it; of 0 nothing is learned.
            variance: relative, of its level, what was not known of it included.

        """
        seen, expected = self.today.astype(np.float64)
        self.today[:] = 0.0
        base = np.maximum(expected, _CLOSED * usual)
        known = (days > 0) & (base > 0)
        base = np.where(known, base, 1.0)
        deviation = np.where(known, (seen - expected) / base, 0.0)
        chance = np.maximum(expected, 1.0) / base**2
        bound = variance + chance
        said = np.where(known, variance / bound, 0.0)
        believed = said * np.clip(deviation, -_ODD * np.sqrt(bound), _ODD * np.sqrt(bound))
        self.level *= np.maximum(1 + _GAIN * believed, 0.2).astype(np.float32)
        trend = _TREND_KEEP * self.trend + _TREND_GAIN * believed
        self.trend = np.clip(trend, -_STEEPEST, _STEEPEST).astype(np.float32)
        weight = said**2 * np.minimum(expected / np.maximum(usual, 1e-9), 1.0)
        square = np.minimum(deviation**2, 9 * bound) - chance
        lasts = square / (1 + 1 / np.clip(days, 1, 4))
        keep = np.where(known, _FORGET, 1.0)
        self.squares = (self.squares * keep + np.array([weight * lasts, weight])).astype(np.float32)

    def pass_on(self, days: int) -> None:
        """So many days later: what grows has grown."""
        self.level *= (1.0 + self.trend.astype(np.float64)).astype(np.float32) ** min(days, 14)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {"level": self.level, "trend": self.trend, "today": self.today, "variance": self.squares}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self.level, self.trend = arrays["level"], arrays["trend"]
        self.today, self.squares = arrays["today"], arrays["variance"]
