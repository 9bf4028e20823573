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
_PRIOR_EVENTS = 30.0  # by which a series is taken to have no clumps
_HOLD_S = 600.0
_ODD = 25.0  # variances beyond which a minute is an incident, not a clump


class Clumps:
    """Learns the variance over mean of the counts of a minute, of n series.

    Customers who come with a whole basket of events, and systems that send in batches, make counts of a minute differ
    by more than chance, however even the hours are. What the level does from quarter to quarter is
    `SeasonalBaseline.dispersion` and is taken off.

    Examples:
        >>> clumps = Clumps()
        >>> clumps.grow(1)
        >>> for minute in range(600):  # three events at once, every third minute
        ...     clumps.follow(np.array([3.0 * (minute % 3 == 0)]), np.ones(1), 60.0, np.array([True]))
        >>> clumps.size(np.zeros(1)).round(1).tolist()
        [1.9]

    """

    def __init__(self) -> None:
        self._minute: NDArray[np.float32] = np.zeros((2, 0), dtype=np.float32)  # seen, expected
        # Counted, waiting and arriving; squares, expected, expected squared.
        self._sums: NDArray[np.float32] = np.zeros((3, 3, 0), dtype=np.float32)
        self._elapsed_s = self._held_s = 0.0

    def grow(self, size: int) -> None:
        """Makes room for new series, whose events come one by one."""
        self._minute, self._sums = grown(self._minute, size), grown(self._sums, size)

    def follow(self, counts: Array, expected: Array, seconds: float, calm: NDArray[np.bool_]) -> None:
        """Takes in what came in some seconds, and what was expected (NaN: unknown), of series that are calm.

        It waits for ten minutes before it counts, and is dropped where a series deviates meanwhile: a surge comes in
        no clumps.
        """
        self._minute += [counts, expected]
        self._elapsed_s += seconds
        if self._elapsed_s < _MINUTE_S:
            return
        seen, usual = self._minute.astype(np.float64)
        known = calm & np.isfinite(usual)
        usual = np.where(known, usual, 0.0)
        squares = np.where(known, np.minimum((seen - usual) ** 2, _ODD * (2 * usual + 1)), 0.0)
        self._sums[1:, :, ~calm] = 0
        self._sums[2] += np.array([squares, usual, usual**2])
        self._held_s += self._elapsed_s
        self._minute[:] = 0
        self._elapsed_s = 0.0
        if self._held_s >= _HOLD_S:
            self._sums[0] = self._sums[0] * np.float32(np.exp(-self._held_s / _MEMORY_S)) + self._sums[1]
            self._sums[1], self._sums[2] = self._sums[2].copy(), 0.0
            self._held_s = 0.0

    def size(self, wobble: Array) -> Array:
        """float64[n]: variance over mean, at least 1; `wobble` is the relative variance of the level."""
        squares, usual, square = self._sums[0].astype(np.float64)
        found: Array = (squares - wobble * square + _PRIOR_EVENTS) / (usual + _PRIOR_EVENTS)
        return np.maximum(found, 1.0)

    def to_bytes(self) -> bytes:
        """The whole state."""
        times = np.array([self._elapsed_s, self._held_s])
        return pack({"minute": self._minute, "sums": self._sums, "times": times})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._minute, self._sums = arrays["minute"], arrays["sums"]
        self._elapsed_s, self._held_s = arrays["times"].tolist()
