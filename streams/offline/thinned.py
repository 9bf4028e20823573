"""Fewer points that look the same: of each stretch of time the least and the greatest value stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def thinned(
    minutes: NDArray[np.int64],
    value: NDArray[np.float64],
    stretches: int,
    whole: Iterable[tuple[int, int]] = (),
) -> NDArray[np.intp]:
    """Which points stay, in order: the first, the last, both extremes of each stretch, and all within `whole`.

    Args:
        minutes: ascending.
        value: NaN where nothing was seen.
        stretches: of equal length, at least 1; two points of each stay at most, beside those in `whole`.
        whole: from and until, both included, in the unit of `minutes`.

    >>> thinned(np.arange(6), np.array([1.0, 5, 2, 2, 0, 3]), 2).tolist()
    [0, 1, 4, 5]
    """
    count = len(minutes)
    if not count:
        return np.zeros(0, np.intp)
    first, last = int(minutes[0]), int(minutes[-1])
    stretch = (minutes - first) * stretches // (last - first + 1)
    keep = np.zeros(count, bool)
    keep[[0, -1]] = True
    starts = np.flatnonzero(np.diff(stretch, prepend=-1))
    for extreme, never in ((np.fmin, np.inf), (np.fmax, -np.inf)):
        found = extreme.reduceat(np.nan_to_num(value, nan=never, posinf=np.inf, neginf=-np.inf), starts)
        at_extreme = value == np.repeat(found, np.diff(np.append(starts, count)))
        places = np.flatnonzero(at_extreme)
        _, one_each = np.unique(stretch[places], return_index=True)
        keep[places[one_each]] = True
    for begin, end in whole:
        keep |= (minutes >= begin) & (minutes <= end)
    keep |= _edges(np.isnan(value))
    return np.flatnonzero(keep)


def _edges(missing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a gap begins and ends: a line must not run through it."""
    change = np.flatnonzero(np.diff(missing))
    edges = np.zeros(len(missing), bool)
    edges[change] = True
    edges[change + 1] = True
    return edges
