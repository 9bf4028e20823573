"""Values of the same cell meet: counts and sums add up, of gauges the latest one stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streams.cells.gauge import MOMENT_BITS

Ints = NDArray[np.int64]


def summed(codes: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Distinct codes in ascending order, and the sum of the values of each: of one row of values, or of several.

    >>> codes, values = summed(np.array([7, 5, 7]), np.array([1, 10, 100]))
    >>> codes.tolist(), values.tolist()
    ([5, 7], [10, 101])
    >>> summed(np.array([7, 5, 7]), np.array([[1, 10, 100], [2, 20, 200]]))[1].tolist()
    [[10, 101], [20, 202]]
    """
    if codes.size < 2:
        return codes, values
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    first = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    return codes[first], np.add.reduceat(values[..., order], first, axis=-1)


def latest(codes: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Distinct codes in ascending order, and of the values of each, gauges (`streams.cells.gauge`), the latest.

    >>> codes, values = latest(np.array([7, 5, 7, 7]), np.array([8 << 40, 3 << 40, 9 << 40 | 4, 9 << 40 | 1]))
    >>> codes.tolist(), values.tolist() == [3 << 40, 9 << 40 | 1]
    ([5, 7], True)
    """
    if codes.size < 2:
        return codes, values
    order = np.lexsort((np.arange(codes.size), values >> MOMENT_BITS, codes))
    codes = codes[order]
    last = np.flatnonzero(np.concatenate((codes[1:] != codes[:-1], [True])))
    return codes[last], values[order][last]
