"""Slot-major rings of sums: the past of all series of a metric at one resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST = np.iinfo(np.int32).max


class Ring:
    """The last `rows` buckets of `step` slots each, for every component and series.

    Buckets are numbered slot // step and are opened in order. Sums are 32 bits wide until one does not fit, then 64.
    Memory for series not yet there is reserved, but not touched.
    """

    def __init__(self, components: int, rows: int, step: int) -> None:
        self.step = step
        self.rows = rows
        self.cells: NDArray[Any] = np.zeros((rows, components, 0), np.int32)
        self.filled = np.zeros(rows, bool)
        self.changed = np.zeros(rows, bool)

    def reserve(self, capacity: int) -> None:
        """Room for that many series."""
        if capacity > self.cells.shape[2]:
            wider = np.zeros((*self.cells.shape[:2], capacity), self.cells.dtype)
            for row in np.flatnonzero(self.filled):
                wider[row, :, : self.cells.shape[2]] = self.cells[row]
            self.cells = wider

    def open(self, bucket: int) -> None:
        """Forgets what the row of this bucket held."""
        row = bucket % self.rows
        if self.filled[row]:
            self.cells[row] = 0
            self.filled[row] = False
            self.changed[row] = True

    def add(
        self, bucket: int, component: NDArray[np.int64], series: NDArray[np.int64], value: NDArray[np.int64]
    ) -> None:
        """Adds to one bucket. Pairs (component, series) must be distinct."""
        row = bucket % self.rows
        held = self.cells[row]
        total = held[component, series] + value
        if held.dtype == np.int32 and (int(total.max()) > _LARGEST or int(total.min()) < -_LARGEST):
            self.widen()
            held = self.cells[row]
        held[component, series] = total
        self.filled[row] = True
        self.changed[row] = True

    def widen(self) -> None:
        """Goes over to 64 bits."""
        wider = np.zeros(self.cells.shape, np.int64)
        for row in np.flatnonzero(self.filled):
            wider[row] = self.cells[row]
        self.cells = wider

    def row(self, bucket: int) -> NDArray[Any] | None:
        """[components, capacity] of a bucket, or None where it is empty."""
        row = bucket % self.rows
        return self.cells[row] if self.filled[row] else None

    def total(self, first: int, last: int) -> NDArray[np.int64]:
        """int64[components, capacity]: the sum of the buckets first..last, at most `rows` of them."""
        result = np.zeros(self.cells.shape[1:], np.int64)
        for bucket in range(first, last + 1):
            held = self.row(bucket)
            if held is not None:
                result += held
        return result
