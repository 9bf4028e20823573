"""How much very many parts vary beyond chance: together, and each by itself as far as it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detectors.many_parts import exact_sum
from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FARTHEST: Final = 16.0  # times what was to be expected: a square beyond counts for so much
_PRIOR: Final = 30.0  # parts that say for certain what is assumed at first
_OWN_PRIOR: Final = 12.0  # times that a part says what all say, before it has said anything
_FORGET: Final = 0.995  # of what is learned at a time
_AT_A_TIME: Final = 1_000  # parts


class ManyDispersions:
    """By windows what all parts have in common, and of one window, the hour, what each has of its own.

    A relative variance of counts, or a correlation of the trials of ratios: both are 0 where chance is all there is. By
    moments, as `detectors.dispersion` learns them, each part weighted by how much it says.

    Parameters:
        first: what is assumed.
        windows: how many windows there are.
        own: the window of which parts have something of their own.

    """

    def __init__(self, first: float, windows: int, own: int) -> None:
        self.own = own
        self._first = first
        self._common: Array = np.zeros((2, windows))  # weighted sum, weights
        self._parts: NDArray[np.float32] = np.zeros((2, 0), np.float32)

    def common(self, window: int) -> float:
        """Of all parts over a window."""
        total, weight = self._common[:, window]
        prior = _PRIOR / self._first**2
        return float(np.clip((total + prior * self._first) / (weight + prior), 1e-5, 2.0))

    def of(self, window: int, rows: NDArray[np.int64]) -> Array:
        """float64[m]: of some parts over a window, never below half of what is common."""
        common = self.common(window)
        self._grow(rows)
        total, weight = self._parts[:, rows].astype(np.float64)
        prior = _OWN_PRIOR / max(common, 1e-4) ** 2
        own = (total + prior * common) / (weight + prior)
        # What a part has beyond others over an hour it may have over any window.
        wider = max(common / max(self.common(self.own), 1e-5), 1.0) if window != self.own else 1.0
        found: Array = np.clip(np.maximum(own * wider, common / 2), 1e-5, 2.0)
        return found

    def learn(self, window: int, rows: NDArray[np.int64], squares: Array, chance: Array, scale: Array) -> None:
        """Takes in what parts have shown.

        Args:
            window: its number.
            rows: int64[m], the parts.
            squares: float64[m], of what they were off.
            chance: float64[m], the variance that chance explains.
            scale: float64[m], the variance that a dispersion of 1 would add.

        """
        if not len(rows):
            return
        common = self.common(window)
        reach = _FARTHEST * (chance + common * scale)
        beyond = (np.minimum(squares, reach) - chance) / scale
        weight = 1 / (chance / scale + common) ** 2
        self._common[:, window] *= _FORGET ** (len(rows) / _AT_A_TIME)
        self._common[:, window] += np.array([exact_sum(beyond * weight), exact_sum(weight)])
        if window == self.own:
            self._grow(rows)
            self._parts[:, rows] = self._parts[:, rows] * np.float32(_FORGET) + np.array([beyond * weight, weight])

    def _grow(self, rows: NDArray[np.int64]) -> None:
        count = int(rows.max(initial=-1)) + 1
        if count > self._parts.shape[1]:
            self._parts = grown(self._parts, max(count, self._parts.shape[1] * 3 // 2, 16))

    def of_parts(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32[2, m]: the state of some parts."""
        self._grow(rows)
        return self._parts[:, rows]

    def restore_parts(self, rows: NDArray[np.int64], state: NDArray[np.float32]) -> None:
        """Takes over what `of_parts` gave."""
        self._grow(rows)
        self._parts[:, rows] = state

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is common, as named arrays."""
        return {"common": self._common}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        self._common = arrays["common"]
