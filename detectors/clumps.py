"""Whether events come one by one or in clumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_MINUTE_S = 60.0
_MEMORY_S = 2 * 86_400.0
_PRIOR_EVENTS = (
    200.0  # by which a series is taken to be as all are: the first minutes of one incident must not be its law
)
_HOLD_S = 600.0
_ODD = 25.0  # variances beyond which a minute is an incident, not a clump
_ENOUGH = 20.0  # events: busier minutes say no more, lest a day's peak speak for all of it
_STEEPEST = 5.0  # times: what differs by more from one step to the next is not compared


class Clumps:
    """Learns the variance over mean of the counts of a minute, of n series.

    Customers who come with a whole basket of events, and systems that send in batches, make counts of a minute differ
    by more than chance, however even the hours are. A minute is held against the one before it, so that a level that is
    not the usual one, or that moves slowly, is no clump: of Poisson counts the squared difference is their sum.

    Examples:
        >>> clumps = Clumps()
        >>> clumps.grow(1)
        >>> for minute in range(600):  # three events at once, every third minute
        ...     clumps.follow(np.array([3.0 * (minute % 3 == 0)]), np.ones(1), 60.0, np.array([True]))
        >>> clumps.size().round(1).tolist()
        [2.8]

    References:
        J. von Neumann et al., The mean square successive difference, Ann. Math. Stat. 12 (1941).

    """

    def __init__(self) -> None:
        self._minute: NDArray[np.float32] = np.zeros((2, 0), dtype=np.float32)  # seen, usual
        self._before: NDArray[np.float32] = np.zeros((2, 0), dtype=np.float32)  # the same of the one before
        # Counted, waiting and arriving; variances over means, and weights.
        self._sums: NDArray[np.float32] = np.zeros((3, 2, 0), dtype=np.float32)
        self._elapsed_s = self._before_s = self._held_s = 0.0
        self._size: Array | None = None  # as long as nothing more counts

    def grow(self, size: int) -> None:
        """Makes room for new series, whose events come one by one."""
        self._minute, self._before = grown(self._minute, size), grown(self._before, size)
        self._sums, self._size = grown(self._sums, size), None

    def follow(self, counts: Array, usual: Array, seconds: float, calm: NDArray[np.bool_]) -> None:
        """Takes in what came in some seconds, and what the usual day has there (NaN: unknown), of series that are calm.

        It waits for ten minutes before it counts, and is dropped where a series deviates meanwhile: a surge comes in
        no clumps.
        """
        self._minute += [counts, np.nan_to_num(usual)]
        self._elapsed_s += seconds
        if self._elapsed_s < _MINUTE_S:
            return
        (seen, usual), (seen_before, usual_before) = self._minute.astype(np.float64), self._before.astype(np.float64)
        known = (usual > 0) & (usual_before > 0)
        longer = self._elapsed_s / max(self._before_s, 1e-9)
        times = np.where(known, usual / np.where(known, usual_before, 1.0), longer)
        alike = (times <= _STEEPEST) & (times >= 1 / _STEEPEST) & (1 / _STEEPEST <= longer <= _STEEPEST)
        times = np.where(alike, times, 1.0)
        chance = seen + times**2 * seen_before
        apart = (seen - times * seen_before) ** 2 / np.where(chance > 0, chance, 1.0)
        weight = np.where(calm & alike, np.minimum(seen + seen_before, _ENOUGH), 0.0)
        self._sums[1:, :, ~calm] = 0
        self._sums[2] += np.array([weight * np.minimum(apart, _ODD), weight])
        self._held_s += self._elapsed_s
        self._before, self._before_s = self._minute.copy(), self._elapsed_s
        self._minute[:] = 0
        self._elapsed_s = 0.0
        if self._held_s >= _HOLD_S:
            self._sums[0] = self._sums[0] * np.float32(np.exp(-self._held_s / _MEMORY_S)) + self._sums[1]
            self._sums[1], self._sums[2] = self._sums[2].copy(), 0.0
            self._held_s, self._size = 0.0, None

    def size(self) -> Array:
        """float64[n]: variance over mean, at least 1; that of a thin series is drawn towards the average of all."""
        if self._size is None:
            squares, weight = self._sums[0].astype(np.float64)
            sure = weight / (weight + _PRIOR_EVENTS)
            common = (1 + (sure * squares / np.maximum(weight, 1e-9)).sum()) / (1 + sure.sum())
            self._size = np.maximum((squares + _PRIOR_EVENTS * common) / (weight + _PRIOR_EVENTS), 1.0)
        return self._size

    def to_bytes(self) -> bytes:
        """The whole state."""
        times = np.array([self._elapsed_s, self._before_s, self._held_s])
        return pack({"minute": self._minute, "before": self._before, "sums": self._sums, "times": times})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._minute, self._before, self._sums = arrays["minute"], arrays["before"], arrays["sums"]
        self._elapsed_s, self._before_s, self._held_s = arrays["times"].tolist()
        self._size = None
