"""How much the parts of a whole differ from one another: what a new one may be like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_PRIOR = 0.03  # correlation of the trials of one part while nobody knows how parts differ
_PRIOR_PARTS = 1.0
_TELLING = 200.0  # trials of which the ratio of a part is known well enough to count fully
_LEAST, _MOST = 4.0, 500.0  # trials: a part that is stable and wholly different is believed in the end


def trials_of_whole(tops: Array, bottoms: Array, sets: NDArray[np.int64], whole: int) -> Array:
    """float64[n]: as if so many trials of each part had been seen with the ratio of the whole, before any of its own.

    That is 1 / correlation - 1 of a beta distribution of the parts' ratios around that of the whole, learned by moments
    from the parts of the same set (Kleinman 1973), drawn to a wide prior as if one part more had been seen: where
    stores differ wholly a new one may be anything, and where batches are alike a new one is expected to be like them.
    0 for the whole, and everywhere while the whole is unknown.

    Args:
        tops: successes, float64[n].
        bottoms: trials, float64[n].
        sets: which parts are of a kind, int64[n].
        whole: the series that they are parts of, -1 if there is none.

    Examples:
        >>> sets = np.array([0, *[1] * 6, *[2] * 6])
        >>> alike, unlike = np.full(6, 30.0), np.array([5.0, 80.0, 10.0, 60.0, 20.0, 5.0])
        >>> tops = np.concatenate([[180.0], alike, unlike])
        >>> found = trials_of_whole(tops, np.array([6000.0, *[1000.0] * 12]), sets, whole=0)
        >>> [int(found[part]) for part in (0, 1, 7)]
        [0, 239, 33]

    """
    size = len(tops)
    if not 0 <= whole < size or bottoms[whole] <= 0:
        return np.zeros(size)
    ratio = float(np.clip(tops[whole] / bottoms[whole], 0.5 / (bottoms[whole] + 1), 1 - 0.5 / (bottoms[whole] + 1)))
    variance = ratio * (1 - ratio)
    count = np.maximum(bottoms, 1.0)
    # A part is a part of the ratio it is compared with, which is only a little nearer to it for that.
    beyond = ((tops / count - ratio) ** 2 - variance / count) / variance
    weight = np.where(bottoms > 0, bottoms / (bottoms + _TELLING), 0.0)
    weight[whole] = 0.0
    kinds = int(sets.max()) + 1
    squares = np.bincount(sets, weights=weight * np.minimum(beyond, 1.0), minlength=kinds)
    known = np.bincount(sets, weights=weight, minlength=kinds)
    correlation = (squares + _PRIOR * _PRIOR_PARTS) / (known + _PRIOR_PARTS)
    trials = np.clip(1 / np.maximum(correlation, 1e-9) - 1, _LEAST, _MOST)[sets]
    trials[whole] = 0.0
    return np.asarray(trials, dtype=np.float64)
