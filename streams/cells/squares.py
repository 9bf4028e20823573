"""How squares of single values travel in cells: in two parts, which add up exactly in 64 bits however many they are."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SQUARE_BITS = 30  # of the lower part
_LOW = (1 << SQUARE_BITS) - 1
_FIELD = 64  # bits for the sum of each part, of which a flush never needs all
_FIELD_MASK, _SIGN = (1 << _FIELD) - 1, 1 << (_FIELD - 1)


class Part(enum.Enum):
    """What of single values is added up."""

    VALUE = enum.auto()
    SQUARE = enum.auto()
    SQUARE_LOW = enum.auto()


def packed_moments(value: int) -> int:
    """A value and both parts of its square in one number: sums of such numbers hold the sums of the three."""
    square = value * value
    return value + ((square & _LOW) << _FIELD) + (square >> SQUARE_BITS << 2 * _FIELD)


def unpacked(moments: int, part: Part) -> int:
    """The sum of one part.

    >>> moments = packed_moments(100_000) + packed_moments(-3)
    >>> [unpacked(moments, part) for part in Part]
    [99997, 9, 336323593]
    """
    value = (moments + _SIGN & _FIELD_MASK) - _SIGN
    if part is Part.VALUE:
        return value
    squares = moments - value >> _FIELD
    return squares >> _FIELD if part is Part.SQUARE else squares & _FIELD_MASK


def squares_of(high: NDArray[np.float64], low: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64[n]: sums of squares from the sums of their two parts.

    >>> import numpy as np
    >>> square = 100_000**2
    >>> squares_of(np.array([float(square >> SQUARE_BITS)]), np.array([float(square % 2**SQUARE_BITS)])).tolist()
    [10000000000.0]
    """
    whole: NDArray[np.float64] = high * float(1 << SQUARE_BITS) + low
    return whole
