"""How far the last minutes and the last hour lie from the usual day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SPANS_S = (600.0, 3600.0)
_TELLING = 5.0  # events of about an hour
_FEW = 3  # parts
_WAITING = 3  # times: what has just begun to go wrong must not be what it is measured by before it is found


class Level:
    """Follows the ratio of counts to their usual counts, over about 10 minutes and about an hour.

    A busy day is busy all day: the profile of `SeasonalBaseline` times this is the better expectation. Rows that are
    anomalous should be left out while they are, lest the anomaly become its own expectation.

    Examples:
        >>> level = Level(1)
        >>> for minute in range(600):
        ...     level.follow(np.array([30.0]), np.array([20.0]), 60, np.array([True]))
        >>> [round(float(value), 2) for value in level.ratio(np.full(1, 0.02))[:, 0]]
        [1.4, 1.48]

    """

    def __init__(self, size: int = 0) -> None:
        self.means: NDArray[np.float32] = np.zeros((2, 2, size), dtype=np.float32)  # span, (seen, usual), series
        self.waiting: NDArray[np.float32] = np.full((_WAITING, 2, size), np.nan, dtype=np.float32)  # newest last

    def grow(self, size: int) -> None:
        """Makes room for new series, whose ratio is 1."""
        self.means = grown(self.means, size)
        self.waiting = grown(self.waiting, size, fill=np.nan)

    def follow(self, counts: Array, usual: Array, elapsed_s: float, rows: NDArray[np.bool_]) -> None:
        """Takes in the counts and usual counts of the last `elapsed_s` seconds (NaN is skipped).

        They wait for three times before they count. In rows that are not given what waits is dropped: it turned out to
        be part of an anomaly.
        """
        ripe = self.waiting[0].copy()
        self.waiting[..., ~rows] = np.nan
        self.waiting[:-1] = self.waiting[1:]
        self.waiting[-1] = np.where(rows, (counts, usual), np.nan)
        rows = rows & np.isfinite(ripe[1])
        for span, span_s in enumerate(SPANS_S):
            keep = np.float32(np.exp(-elapsed_s / span_s))
            np.copyto(self.means[span], self.means[span] * keep + ripe, where=rows)

    def ratio(self, spread: Array) -> Array:
        """float64[2, n]: over 10 minutes, and over an hour.

        A level that varies by `spread` (relative variance, float64[n]) from day to day is gamma distributed around 1,
        so it is drawn there as by 1 / spread events: a thin series tells little of the day that it has.
        """
        means, prior = self.means.astype(np.float64), 1 / spread
        ratio: Array = (means[:, 0] + prior) / (means[:, 1] + prior)
        return ratio

    def of_sets(self, sets: NDArray[np.intp]) -> Array:
        """float64[n]: the median level of the last hour, of the series of a set that have events enough to tell.

        One part that grows moves the level of the whole, and not that of most parts. Where fewer than three can tell,
        it is 1: that of the usual day.
        """
        seen, usual = self.means[1].astype(np.float64)
        medians = np.ones(len(sets))
        told = np.flatnonzero(usual >= _TELLING)
        of = sets[told]
        if not len(told):
            return medians
        order = np.lexsort((seen[told] / usual[told], of))
        first = np.flatnonzero(np.diff(of[order], prepend=-1))
        for begin, end in zip(first.tolist(), [*first[1:].tolist(), len(order)], strict=True):
            if end - begin >= _FEW:
                middle = told[order[(begin + end) // 2]]
                medians[sets == sets[middle]] = seen[middle] / usual[middle]
        return medians

    def forget(self, rows: NDArray[np.intp]) -> None:
        """The ratio of these rows is 1 again: what is usual of them has changed."""
        self.means[..., rows] = 0.0
        self.waiting[..., rows] = np.nan

    def to_bytes(self) -> bytes:
        """The whole state."""
        return pack({"means": self.means, "waiting": self.waiting})

    @classmethod
    def from_bytes(cls, payload: bytes) -> Level:
        """The level that `to_bytes` described. Raises ValueError for anything else."""
        level = cls()
        arrays = unpack(payload)
        level.means, level.waiting = arrays["means"], arrays["waiting"]
        return level
