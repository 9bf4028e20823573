"""How the last value of a gauge travels in a cell: with the moment in the slot at which it was reported.

Of two such cells of the same slot the one reported later counts, of the same millisecond the one that comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOMENT_BITS = 40  # the value takes the bits below: 10**12 at most, a bound of the schemas
_LARGEST = (1 << MOMENT_BITS) - 1


def packed(ms: NDArray[np.int64], value: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[n]: values reported at `ms` since the epoch. Negative values count as 0. Never 0 itself.

    >>> cell = packed(np.array([1_767_225_601_500]), np.array([17]))
    >>> (cell >> MOMENT_BITS).tolist(), values_of(cell).tolist()
    ([1501], [17])
    """
    cells: NDArray[np.int64] = (ms % SLOT_MS + 1 << MOMENT_BITS) | np.clip(value, 0, _LARGEST)
    return cells


def values_of(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[n]: the values in packed cells; -1 where a cell is 0, which means no value."""
    values: NDArray[np.int64] = (cells & _LARGEST) - (cells == 0)
    return values
