"""Counts against an expectation: surges and collapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.tails import negative_binomial_lower, negative_binomial_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class SurgeDetector:
    """Finds counts that are too high or too low for a negative binomial distribution around their expectation.

    The expectation is an interval: a count within `low` and `high` deviates from nothing, which is how a planned peak,
    an uncertain edge of the day or an activity that lags behind is allowed for. A series so thin that even zero
    in the window is no news is `SilenceDetector`'s; successes among trials are `BinomialDetector`'s.

    Parameters:
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: a surge needs so many events, a collapse so many expected ones.
        limit: probability that has score 1.

    Examples:
        >>> detector = SurgeDetector(minimum_effect=0.5, minimum_exposure=10)
        >>> expected = np.full(3, 10.0)
        >>> judged = detector.judge(np.array([80.0, 12.0, 0.0]), expected, expected, np.full(3, 0.05), 60)
        >>> [Reason(code).name for code in judged.reason]
        ['SURGE', 'NORMAL', 'NORMAL']

    References:
        J. Hilbe, Negative Binomial Regression (2011), NB2: Var = mean + dispersion * mean^2.

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float, limit: float = LIMIT) -> None:
        if minimum_effect < 0:
            raise ValueError(f"minimum_effect is {minimum_effect}, not 0 or more")
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.limit = limit

    def judge(self, counts: Array, low: Array, high: Array, dispersion: Array, window_s: int) -> Judgement:
        """Judgements of n series; value and band are per minute.

        Args:
            counts: of the window, float64[n].
            low: the expected count is at least this; NaN where none is known, which is insufficient.
            high: the expected count is at most this.
            dispersion: Var = mean + dispersion * mean^2.
            window_s: length of the window in seconds.

        """
        known = np.isfinite(low) & np.isfinite(high)
        low, high = np.where(known, low, 0.0), np.where(known, high, 0.0)
        nearest = np.clip(counts, low, high)
        # Without a deviation there is nothing to be nearest to: the middle is what people want to see.
        mean = np.where(nearest == counts, (low + high) / 2, nearest)
        enough = known & (np.where(counts > high, counts, low) >= self.minimum_exposure)
        per_minute = 60.0 / window_s

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            k, m, wide = counts[rows], nearest[rows], dispersion[rows]
            return np.where(above, negative_binomial_upper(k, m, wide), negative_binomial_lower(k, m, wide))

        return decide(
            value=counts * per_minute,
            expected=np.where(known, mean, counts) * per_minute,
            scale=np.sqrt(mean + dispersion * mean**2) * per_minute,
            deviation=(counts - nearest) * per_minute,
            exposure=np.maximum(counts, mean),
            excess=np.abs(counts - nearest),
            enough=enough,
            minimum=self.minimum_effect * nearest * per_minute,
            tail=tail,
            reasons=(Reason.SURGE, Reason.COLLAPSE),
            limit=self.limit,
        )
