"""Counts beside what was expected of them, for people to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import Judgement, Reason
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def beside_expected(
    counts: Array,
    low: Array,
    high: Array,
    dispersion: Array,
    window_s: int,
    minimum_effect: float,
    minimum_exposure: float,
) -> Judgement:
    """Judgements of n series without a score; value and band are per minute.

    The expectation is an interval: a count within `low` and `high` deviates from nothing. Whether a deviation is more
    than chance is `Bank`'s to say, which looks at more than one window.

    Args:
        counts: of the window, float64[n].
        low: the expected count is at least this; NaN where none is known, which is insufficient.
        high: the expected count is at most this.
        dispersion: Var = mean + dispersion * mean^2.
        window_s: length of the window in seconds.
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: a rise needs so many events, a fall so many expected ones.

    """
    known = np.isfinite(low) & np.isfinite(high)
    low, high = np.where(known, low, 0.0), np.where(known, high, 0.0)
    nearest = np.clip(counts, low, high)
    # Without a deviation there is nothing to be nearest to: the middle is what people want to see.
    middle = np.where(nearest == counts, (low + high) / 2, nearest)
    per_minute = 60.0 / window_s
    least = max(minimum_exposure, 1.0)

    def never(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
        del above
        return np.zeros(len(rows))

    return decide(
        value=counts * per_minute,
        expected=np.where(known, middle, counts) * per_minute,
        scale=np.sqrt(middle + dispersion * middle**2) * per_minute,
        deviation=(counts - nearest) * per_minute,
        exposure=np.maximum(counts, middle),
        excess=np.abs(counts - nearest),
        enough=known & (np.where(counts > high, counts, low) >= least),
        minimum=minimum_effect * nearest * per_minute,
        tail=never,
        reasons=(Reason.SURGE, Reason.COLLAPSE),
    )
