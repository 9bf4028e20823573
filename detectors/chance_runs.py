"""How often tests come far by chance, against how often they were meant to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LEVELS = (5.0, 8.0)  # nats: far enough to be in the tail, and near enough to be reached every day
_MEMORY_S = 7 * 86_400.0
_PRIOR = (20.0, 40.0)  # runs by which a metric is taken to be as the model says, and its tail to fall off as that does
_LEAST, _MOST = np.log(0.02), np.log(50.0)
_LIGHTER = 0.5  # of a tail that seems to fall off faster, only so much is believed
_OVER = LEVELS[0] / 2  # nats below which a run is over
_DAY_S = 86_400.0


class ChanceRuns:
    """Counts the runs of a metric's series that reach some nats, its whole and its parts apart.

    An expectation that is an interval, and a dispersion that is not known for sure, make tests rarer to err than they
    were asked to be; traffic that no model knows makes them err more. What has been seen at lower levels, where a
    metric has many runs a day and real changes are few among them, moves the limit at which it is to err as often as
    people accept. Runs that reach their limit are left out, as they are meant to be real.

    References:
        J. Pickands, Statistical inference using extreme order statistics, Ann. Stat. 3 (1975): the tail beyond a level
        follows from what exceeds it.

    """

    def __init__(self) -> None:
        self._furthest: NDArray[np.float32] = np.zeros(0, dtype=np.float32)  # nats of the run that goes on
        self._seen: Array = np.zeros((2, len(LEVELS)))  # of parts and of the whole
        self._meant: Array = np.zeros((2, len(LEVELS)))

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._furthest = grown(self._furthest, size)

    def follow(self, nats: Array, looks: Array, limits: Array, whole: int, seconds: float) -> None:
        """Takes in the nats of each series' best run.

        Args:
            nats: float64[n].
            looks: how often a day a run begins by chance, float64[n], or float64[levels, n] where that depends on the
                level; 0 where nothing is judged.
            limits: nats by which a series is found to deviate, float64[m]; later series have none yet.
            whole: the series that the others are parts of, or -1.
            seconds: since the last time.

        """
        keep = np.exp(-seconds / _MEMORY_S)
        self._seen *= keep
        self._meant *= keep
        levels = np.atleast_2d(looks)
        judged = levels[0] > 0
        runs = levels.sum(axis=1)
        of_whole = levels[:, whole] if 0 <= whole < len(nats) else np.zeros(len(levels))
        self._meant += np.array([runs - of_whole, of_whole]) * np.exp(-np.array(LEVELS)) * (seconds / _DAY_S)
        over = np.flatnonzero(judged & (nats < _OVER) & (self._furthest >= LEVELS[0]))
        np.maximum(self._furthest, nats, out=self._furthest, casting="same_kind")
        if not len(over):
            return
        most = self._furthest[over]
        self._furthest[over] = 0
        chance = most < grown(limits, len(nats), fill=np.inf)[over]
        group = (over == whole).astype(np.intp)
        for place, level in enumerate(LEVELS):
            self._seen[:, place] += np.bincount(group[chance & (most >= level)], minlength=2)

    def shift(self, limits: Array, whole: int) -> Array:
        """float64[n]: nats to add to limits, so that they are reached as often as they were meant to be."""
        seen, meant = self._seen.T, self._meant.T
        often = (seen[0] + _PRIOR[0]) / (meant[0] + _PRIOR[0])
        # Of the few runs that come further one knows no better than that they are as much too many, or too few.
        further = (seen[1] + _PRIOR[1] * often) / (meant[1] + _PRIOR[1])
        low, slope = np.log(often), np.log(further / often) / (LEVELS[1] - LEVELS[0])
        slope = np.where(slope < 0, _LIGHTER * slope, slope)
        group = (np.arange(len(limits)) == whole).astype(np.intp)
        shifted: Array = low[group] + slope[group] * np.maximum(limits - LEVELS[0], 0.0)
        return np.clip(shifted, _LEAST, _MOST)

    def to_bytes(self) -> bytes:
        """The whole state."""
        return pack({"furthest": self._furthest, "seen": self._seen, "meant": self._meant})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._furthest, self._seen, self._meant = arrays["furthest"], arrays["seen"], arrays["meant"]
