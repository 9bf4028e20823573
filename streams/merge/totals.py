"""Exact totals of everything that was ever applied, the late plane included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.merge.ahead import Ints


class Totals:
    """Sums by log id and component.

    >>> totals = Totals(2)
    >>> totals.add(np.array([1, 1]), np.array([0, 0]), np.array([3, 4]), scopes=2)
    >>> totals.of(2).tolist()
    [[0, 0], [7, 0]]
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._sums = np.zeros((0, width), np.int64)

    def add(self, log_id: Ints, component: Ints, value: Ints, scopes: int) -> None:
        """Adds values; `scopes` is the number of log ids there are by now."""
        if scopes > len(self._sums):
            longer = np.zeros((max(scopes, len(self._sums) * 3 // 2, 16), self.width), np.int64)
            longer[: len(self._sums)] = self._sums
            self._sums = longer
        np.add.at(self._sums, (log_id, component), value)

    def of(self, scopes: int) -> NDArray[np.int64]:
        """int64[at most `scopes`, width]: not a copy."""
        return self._sums[:scopes]

    def load(self, sums: NDArray[np.int64]) -> None:
        """Takes over what a snapshot held."""
        self._sums = sums
