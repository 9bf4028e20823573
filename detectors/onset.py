"""When a deviation began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEAST, _MOST = 0.01, 1e6  # times the expectation


def onset(counts: Array, expected: Array, rises: bool, recent: int = 5) -> int:
    """The index of the first step of the deviation that lasts to the end of `counts`; their length if none does.

    First the ratio R of counts to expectation over the last steps: as many of them, up to `recent`, as make "R times
    the expectation" beat "as expected" by most, under Poisson counts, R deviating in the direction asked for. Then the
    most likely change point: the step from which on this R beats it by most. As R stays fixed, what was a little off
    for hours is not the beginning of what is far off now.

    >>> onset(np.array([5.0, 4, 6, 5, 30, 31, 28]), np.full(7, 5.0), rises=True)
    4
    >>> onset(np.array([50.0, 45, 52, 48, 0, 0, 0]), np.full(7, 50.0), rises=False)
    4
    >>> onset(np.array([9.0, 8, 9, 8, 9, 8, 30]), np.full(7, 5.0), rises=True)
    6
    """
    if len(counts) == 0:
        return 0
    seen, usual = np.cumsum(counts[::-1]), np.cumsum(expected[::-1])
    ratio = np.clip((seen + _LEAST) / (usual + _LEAST), _LEAST, _MOST)[:recent]
    gain = seen[:recent] * np.log(ratio) - usual[:recent] * (ratio - 1)
    gain[(ratio > 1) != rises] = 0.0
    best = int(np.argmax(gain))
    if gain[best] <= 0:
        return len(counts)
    steady = float(ratio[best])
    return len(counts) - 1 - int(np.argmax(seen * np.log(steady) - usual * (steady - 1)))
