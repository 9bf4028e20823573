"""How much the hours of a series' day differ from one another: what an hour may be of which little was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_PRIOR_HOURS = 1.0
_TELLING = 100.0  # trials of which the ratio of an hour is known well enough to count fully
_LEAST, _MOST = 4.0, 500.0  # trials


def trials_of_day(tops: Array, bottoms: Array, ratio: Array, variance: Array, prior: Array) -> Array:
    """float64[n]: as if so many trials of each hour had been seen with the ratio of the day, before any of its own.

    That is 1 / correlation - 1, where the correlation of the trials of an hour is learned by moments (Kleinman 1973),
    drawn to a wide prior as if one hour more had been seen. Where hours differ, one of which little was seen may be
    anything, and its own trials are soon believed: what is delivered at night are second attempts.

    Args:
        tops: successes, float64[hours, n].
        bottoms: trials, float64[hours, n].
        ratio: of the day, float64[n]; NaN where it is unknown.
        variance: of one trial, float64[n].
        prior: correlation of the trials of one hour while nobody knows how hours differ, float64[n].

    Examples:
        >>> alike, unlike = np.full(24, 30.0), np.tile([10.0, 50.0], 12)
        >>> found = trials_of_day(np.array([alike, unlike, 0 * alike]).T, np.full((24, 3), 100.0) * [1, 1, 0],
        ...                       np.full(3, 0.3), np.full(3, 0.21), np.full(3, 0.04))
        >>> found.round().tolist()
        [500.0, 5.0, 24.0]

    """
    count = np.maximum(bottoms, 1.0)
    beyond = ((tops / count - np.nan_to_num(ratio)) ** 2 - variance / count) / variance
    weight = np.where(np.isfinite(ratio), bottoms / (bottoms + _TELLING), 0.0)
    squares = (weight * np.minimum(beyond, 1.0)).sum(axis=0) + _PRIOR_HOURS * prior
    correlation = squares / (weight.sum(axis=0) + _PRIOR_HOURS)
    trials: Array = np.clip(1 / np.maximum(correlation, 1e-9) - 1, _LEAST, _MOST)
    return trials
