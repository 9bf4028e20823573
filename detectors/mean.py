"""A mean of durations against the mean that was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.tails import gamma_lower, gamma_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ITEM_VARIANCE = 2.0  # squared coefficient of variation of one wait: most wait nearly nothing, some for minutes


class MeanDetector:
    """Finds means of positive values that are too high or too low, by the tail of a gamma distribution.

    Means of waits have a heavier right tail than a normal distribution allows: a gamma distribution with their mean and
    variance has it. Shares of "within 20 s" are sharper than means and are `BinomialDetector`'s.

    Parameters:
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: values a window needs.
        floor: an expectation below it is raised to it: waits of a tenth of a second may become half a second.

    Examples:
        >>> detector = MeanDetector(minimum_effect=0.5, minimum_exposure=30)
        >>> judged = detector.judge(np.array([3000.0, 600.0]), np.array([60.0, 60.0]), np.full(2, 9.0), np.zeros(2))
        >>> [Reason(code).name for code in judged.reason]
        ['SHIFT', 'NORMAL']

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float, floor: float = 1.0) -> None:
        if minimum_effect < 0:
            raise ValueError(f"minimum_effect is {minimum_effect}, not 0 or more")
        if floor <= 0:
            raise ValueError(f"floor is {floor}, not above 0")
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.floor = floor

    def judge(
        self, total: Array, count: Array, expected: Array, dispersion: Array, limit: Array | float = LIMIT
    ) -> Judgement:
        """Judgements of n series.

        Args:
            total: sum of the values in the window, float64[n].
            count: their number, float64[n].
            expected: mean; NaN where none is known, which is insufficient.
            dispersion: squared relative deviation of the mean from window to window, beyond that of its values.
            limit: probability that has score 1, of each series or of all.

        """
        known = np.isfinite(expected)
        value = np.maximum(total, 0.0) / np.maximum(count, 1.0)
        mean = np.maximum(np.where(known, expected, self.floor), self.floor)
        variance = np.clip(ITEM_VARIANCE / np.maximum(count, 1.0) + dispersion, 1e-6, 4.0)

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            x, m, v = value[rows], mean[rows], variance[rows]
            return np.where(above, gamma_upper(np.maximum(x, 1e-9), m, v), gamma_lower(x, m, v))

        return decide(
            value=value,
            expected=np.where(known, mean, value),
            scale=mean * np.sqrt(variance),
            deviation=np.where(known, value - mean, 0.0),
            exposure=count,
            excess=count * np.minimum(np.abs(value / mean - 1), 1.0),
            enough=known & (count >= self.minimum_exposure),
            minimum=self.minimum_effect * mean,
            tail=tail,
            reasons=(Reason.SHIFT, Reason.SHIFT),
            limit=limit,
        )
