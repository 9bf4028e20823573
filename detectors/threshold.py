"""A limit that people set, whatever is usual."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import MAXIMUM_SCORE, Judgement, Reason, insufficient

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_HOLDS = 0.9  # what trembles around its limit is still the same deviation


class ThresholdDetector:
    """Finds values that have reached a preset limit: known from the first minute, and blind to what is usual.

    The other detectors find what is unlike the usual, and a queue that is too long every evening is usual. Where people
    know what must never be, this one says it. The score is the way from the best possible value as a part of the way to
    the limit: 1 at it, 2 twice as far. Nothing is learned.

    Parameters:
        threshold: the limit, in the unit of the metric, between `lowest` and `highest`.
        above: whether values above the limit are the bad ones.
        lowest, highest: between which values lie; `highest` may be infinite.
        minimum_exposure: below it a value says nothing.

    Raises:
        ValueError: the threshold is not strictly between `lowest` and `highest`.

    Examples:
        >>> detector = ThresholdDetector(0.9, above=False, highest=1.0)
        >>> detector.reach(np.array([1.0, 0.9, 0.8])).round(2).tolist()
        [0.0, 1.0, 2.0]

    """

    def __init__(
        self,
        threshold: float,
        *,
        above: bool,
        lowest: float = 0.0,
        highest: float = np.inf,
        minimum_exposure: float = 0.0,
    ) -> None:
        if not lowest < threshold < highest:
            raise ValueError(f"the threshold is {threshold}, not between {lowest} and {highest}")
        self.threshold = threshold
        self.above = above
        self.lowest = lowest
        self.highest = highest
        self.minimum_exposure = minimum_exposure

    def reach(self, value: Array) -> Array:
        """How far values have gone towards the limit: float64[n], 1 at it; where no value is the best, its inverse."""
        if self.above:
            reach: Array = (value - self.lowest) / (self.threshold - self.lowest)
        elif np.isfinite(self.highest):
            reach = (self.highest - value) / (self.highest - self.threshold)
        else:
            reach = (self.threshold - self.lowest) / np.maximum(value - self.lowest, 1e-9)
        return np.clip(reach, 0.0, MAXIMUM_SCORE)

    def applied(self, judged: Judgement, told: Judgement, reported: NDArray[np.bool_]) -> Judgement:
        """The judgement, where a limit has been reached with that as its reason.

        What is further from the usual than from the limit keeps its own reason. Of what is reported the limit alone
        says when it is normal again, where it is not yet known what is usual or there is too little to tell.

        Args:
            judged: of n series, by another detector.
            told: the same in the unit of the metric.
            reported: bool[n], the series that deviated lately.

        """
        bad = 1 if self.above else -1
        known = (told.exposure >= self.minimum_exposure) & np.isfinite(told.value)
        reach = np.where(known, self.reach(told.value), 0.0)
        good = judged.direction == -bad
        reached = (reach >= 1) & ((reach >= judged.score) | good)
        reason = np.where(known & reported & insufficient(judged.reason), np.int8(Reason.NORMAL), judged.reason)
        return replace(
            judged,
            score=np.where(reached, reach, np.where(reach >= _HOLDS, np.maximum(judged.score, reach), judged.score)),
            reason=np.where(reached, np.int8(Reason.THRESHOLD), reason),
            direction=np.where(reached, np.int8(bad), judged.direction),
        )

    def band(self, told: Judgement) -> Judgement:
        """What is told, with a band of normal that ends at the limit; nothing beyond it is said to be expected."""
        if self.above:
            upper = np.minimum(told.upper, self.threshold)
            lower, expected = np.minimum(told.lower, upper), np.minimum(told.expected, upper)
        else:
            lower = np.maximum(told.lower, self.threshold)
            upper, expected = np.maximum(told.upper, lower), np.maximum(told.expected, lower)
        return replace(told, lower=lower, upper=upper, expected=expected)
