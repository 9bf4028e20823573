"""Four simple forecasts of series of unknown meaning, and how surprising what they get wrong is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.state import grown
from detectors.usual_cycle import DAY_S, WEEK_S, UsualCycle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RECENT, LEVEL, DAY, WEEK = range(4)
_SUMMED = (1, 32, 8, 1)  # so many errors in a row are judged together, by forecast
_LONGEST = 32
_MEDIAN_OF = 31
_LEVEL_STEP = 0.1
_SCALE_STEP = 0.003
_SPREAD_STEP = 0.0005
_CLIP = 5.0  # an error teaches no more than this many mean errors


class Forecasts:
    """The median of the last 31 points, a level that follows slowly, the usual day and the usual week at that level.

    Spikes stand out from the median, which they do not move; shifts from the level, where 32 errors are judged
    together; what does not come, from the day and the week. Errors are clipped before anything is learned from them.

    Parameters:
        warm_up: points of a series (and errors of a forecast) that surprise nobody.

    Examples:
        >>> forecasts = Forecasts(warm_up=20)
        >>> forecasts.grow(1)
        >>> for minute in range(60):
        ...     surprise = forecasts.update(np.array([60.0 * minute]), np.array([10.0 + minute % 2]))
        >>> forecasts.update(np.array([3600.0]), np.array([30.0]))[RECENT] > 20
        array([ True])

    """

    def __init__(self, warm_up: int) -> None:
        self.warm_up = warm_up
        self._cycles = (UsualCycle(DAY_S, 288), UsualCycle(WEEK_S, 336))
        self._recent: Array = np.zeros((_MEDIAN_OF, 0))  # NaN where nothing was told
        self._past: Array = np.zeros((_LONGEST, 4, 0))  # clipped errors
        self._points: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._series: Array = np.zeros((3, 0))  # level, mean, spread
        self._scales: Array = np.zeros((3, 4, 0))  # mean absolute error, the same of sums, errors seen

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        for cycle in self._cycles:
            cycle.grow(size)
        self._recent = grown(self._recent, size, np.nan)
        self._past, self._points = grown(self._past, size), grown(self._points, size)
        self._series, self._scales = grown(self._series, size), grown(self._scales, size)

    def update(self, time_s: Array, value: Array) -> Array:
        """(4, n): errors of the forecasts of the next point in usual errors, 0 where there is none.

        A missing value (NaN) teaches nothing.
        """
        told = np.isfinite(value)
        shown = np.where(told, value, 0.0)
        floor = self._spread(shown, told)
        forecast = np.array([self._median(), self._series[0], *(cycle.predict(time_s) for cycle in self._cycles)])
        known = told & np.isfinite(forecast) & (self._points > 0)
        error = np.where(known, shown - forecast, 0.0)
        single, summed, seen = self._scales
        seen = seen + known
        warm = seen > self.warm_up
        step = np.maximum(_SCALE_STEP, 1 / np.maximum(seen, 1.0)) * known
        clip = np.where(warm, _CLIP * (single + floor), np.inf)
        clipped = np.minimum(np.maximum(error, -clip), clip)
        together = self._together(error)
        size = np.abs(together)
        surprise = np.where(warm & known, size / (summed + floor), 0.0)
        most = np.where(warm, _CLIP * (summed + floor), np.inf)
        self._scales = np.array(
            [single + step * (np.abs(clipped) - single), summed + step * (np.minimum(size, most) - summed), seen]
        )
        columns = np.arange(len(value))
        self._past[self._points % _LONGEST, :, columns] = np.where(
            told, clipped, self._past[self._points % _LONGEST, :, columns].T
        ).T
        here = self._points % _MEDIAN_OF, columns
        self._recent[here] = np.where(told, value, self._recent[here])
        level = self._series[0]
        self._series[0] = np.where(told, np.where(self._points > 0, level + _LEVEL_STEP * clipped[LEVEL], shown), level)
        self._points = self._points + told
        for place, cycle in enumerate(self._cycles, start=DAY):
            cycle.learn(time_s, shown, clipped[place], told)
        return surprise

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was learned, by name."""
        own: dict[str, NDArray[Any]] = {"recent": self._recent, "past": self._past}
        own |= {"points": self._points, "series": self._series, "scales": self._scales}
        return own | {
            f"{name}.{key}": array
            for name, cycle in zip(("day", "week"), self._cycles, strict=True)
            for key, array in cycle.arrays().items()
        }

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` gave."""
        self._recent, self._past = arrays["recent"], arrays["past"]
        self._points, self._series, self._scales = arrays["points"], arrays["series"], arrays["scales"]
        for name, cycle in zip(("day", "week"), self._cycles, strict=True):
            cycle.take({key: arrays[f"{name}.{key}"] for key in cycle.arrays()})

    def _spread(self, shown: Array, told: NDArray[np.bool_]) -> Array:
        """float64[n]: what is too small to matter in such a series, from its mean and mean absolute deviation."""
        step = np.maximum(1 / (self._points + 1), _SPREAD_STEP) * told
        mean = self._series[1] + step * (shown - self._series[1])
        spread = self._series[2] + step * (np.abs(shown - mean) - self._series[2])
        self._series[1:] = mean, spread
        floor: Array = 1e-9 + 0.02 * spread + 1e-4 * np.abs(mean)
        return floor

    def _median(self) -> Array:
        """The median of the last 31 points; NaN where there is none yet."""
        ordered = np.sort(self._recent, axis=0)  # NaN last
        told = np.minimum(self._points, _MEDIAN_OF)
        columns = np.arange(ordered.shape[1])
        median: Array = (ordered[np.maximum(told - 1, 0) // 2, columns] + ordered[told // 2, columns]) / 2
        return median

    def _together(self, error: Array) -> Array:
        """(4, n): the error, added to the clipped ones before it where several are judged together."""
        columns = np.arange(error.shape[1])
        rows = []
        for place, count in enumerate(_SUMMED):
            before: Array | float = 0.0
            if count > 1:
                at = (self._points - np.arange(1, count)[:, None]) % _LONGEST
                before = np.cumsum(self._past[at, place, columns], axis=0)[-1]
            rows.append((error[place] + before) / np.sqrt(count))
        return np.array(rows)
