"""How squares of single values travel in cells: in two parts, which add up exactly in 64 bits however many they are."""

from __future__ import annotations

import enum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value", int, NDArray[np.int64])

SQUARE_BITS = 30  # of the lower part
_LOW = (1 << SQUARE_BITS) - 1
_HALF = SQUARE_BITS // 2
_LOW_HALF = (1 << _HALF) - 1
_SHARED = _HALF - 1


class Part(enum.Enum):
    """What of single values is added up."""

    VALUE = enum.auto()
    SQUARE = enum.auto()
    SQUARE_LOW = enum.auto()


def square_parts(value: Value) -> tuple[Value, Value]:
    """Both parts of the square of a number, or of each of an array: of at most 45 bits, so that no step exceeds 64.

    >>> square_parts(100_000), square_parts(-3), square_parts(np.array([-10**13]))[0].tolist() == [10**26 >> 30]
    ((9, 336323584), (0, 9), True)
    """
    high, low = value >> _HALF, value & _LOW_HALF
    twice = high * low  # times 2, and by half as many bits higher than `low * low`
    lower = ((twice & (1 << _SHARED) - 1) << _HALF + 1) + low * low
    return high * high + (twice >> _SHARED) + (lower >> SQUARE_BITS), lower & _LOW


def squares_of(high: NDArray[np.float64], low: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64[n]: sums of squares from the sums of their two parts.

    >>> square = 100_000**2
    >>> squares_of(np.array([float(square >> SQUARE_BITS)]), np.array([float(square % 2**SQUARE_BITS)])).tolist()
    [10000000000.0]
    """
    whole: NDArray[np.float64] = high * float(1 << SQUARE_BITS) + low
    return whole
