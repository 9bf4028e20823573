"""What a ratio has been so far, while there is no history yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_HOLD_MS = 600_000  # what is younger is not compared with yet: it may be the anomaly itself
_SETTLED_MS = 1_800_000


class FirstLook:
    """Adds up successes and trials since the start, so that a new system judges ratios after half an hour.

    Closed quarters come two hours late; until then this stands in. The newest 10 to 20 minutes wait before they count.
    """

    def __init__(self) -> None:
        self._sums: Array = np.zeros((3, 2, 0))  # counted, waiting, arriving; successes, trials
        self._times = np.zeros(2, dtype=np.int64)  # start, last time the waiting rows moved up

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._sums = grown(self._sums, size)

    def follow(self, now_ms: int, tops: Array, bottoms: Array, share: float, calm: NDArray[np.bool_]) -> None:
        """Takes in a share of a window's sums for the rows that are calm."""
        self.grow(len(tops))
        if self._times[0] == 0:
            self._times[:] = now_ms
        if now_ms - self._times[1] >= _HOLD_MS:
            self._times[1] = now_ms
            # What became anomalous while it waited is dropped.
            self._sums[0] += np.where(calm, self._sums[1], 0.0)
            self._sums[1], self._sums[2] = self._sums[2].copy(), 0.0
        self._sums[2] += np.where(calm, np.array([tops, np.maximum(bottoms, 0.0)]) * share, 0.0)

    def forget(self, rows: NDArray[np.intp]) -> None:
        """What these rows have been so far says nothing any more."""
        self._sums[..., rows] = 0.0

    def sums(self, now_ms: int) -> tuple[Array, Array] | None:
        """Successes and trials so far, float64[n] each; None within the first half hour."""
        settled = self._times[0] > 0 and now_ms - self._times[0] >= _SETTLED_MS
        return (self._sums[0, 0], self._sums[0, 1]) if settled else None

    def to_bytes(self) -> bytes:
        """The whole state."""
        return pack({"sums": self._sums, "times": self._times})

    @classmethod
    def from_bytes(cls, payload: bytes) -> FirstLook:
        """What `to_bytes` described."""
        look = cls()
        arrays = unpack(payload)
        look._sums, look._times = arrays["sums"], arrays["times"]
        return look
