"""When a deviation began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def onset(counts: Array, expected: Array) -> int:
    """The index of the first minute of the deviation that lasts to the end of `counts`; their length if none does.

    The most likely change point: from which minute on does "R times the expectation" beat "as expected" by most, under
    Poisson counts, R being the ratio over the last five minutes? Deviations may go up or down.

    >>> onset(np.array([5.0, 4, 6, 5, 30, 31, 28]), np.full(7, 5.0))
    4
    >>> onset(np.array([50.0, 45, 52, 48, 20, 0, 0]), np.full(7, 50.0))
    4
    """
    recent = slice(-min(5, len(counts)), None)
    best, start = 0.0, len(counts)
    # The last minutes may be only partly affected: the ratio of the last one, and of up to five, are both tried.
    for window in (slice(-1, None), recent):
        ratio = (counts[window].sum() + 0.01) / (expected[window].sum() + 0.01)
        log_ratio = np.log(np.clip(ratio, 0.01, 1e6))
        gain = np.cumsum((counts * log_ratio - expected * (np.clip(ratio, 0.01, 1e6) - 1))[::-1])
        at = int(np.argmax(gain))
        if gain[at] > best:
            best, start = float(gain[at]), len(counts) - 1 - at
    if 0 < start < len(counts):
        # It rarely begins on the full minute: a first minute that is hit in part counts as well.
        before = (counts[start - 1] - expected[start - 1]) * np.sign(counts[start] - expected[start])
        start -= int(before > 3 * np.sqrt(max(expected[start - 1], 1.0)))
    return start
