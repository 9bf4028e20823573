"""How squares of single values travel in cells: in two parts, which add up exactly in 64 bits however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SQUARE_BITS = 30  # of the lower part


def squares_of(high: NDArray[np.float64], low: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64[n]: sums of squares from the sums of their two parts.

    >>> import numpy as np
    >>> square = 100_000**2
    >>> squares_of(np.array([float(square >> SQUARE_BITS)]), np.array([float(square % 2**SQUARE_BITS)])).tolist()
    [10000000000.0]
    """
    whole: NDArray[np.float64] = high * float(1 << SQUARE_BITS) + low
    return whole
