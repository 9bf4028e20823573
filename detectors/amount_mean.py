"""A mean of amounts against the mean that was expected, by how much single amounts vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.tails import negative_binomial_lower, negative_binomial_upper, normal_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.single_values import Moments

    Array = NDArray[np.float64]

_LEAST_VARIANCE = 1e-6  # of a mean, relative to the mean square


class ExpectedMean(NamedTuple):
    """What is expected, float64[n] each; NaN where nothing is known.

    Attributes:
        mean: of the values.
        square: the mean square of a value.
        between: the variance of means from window to window beyond that of their values.

    """

    mean: Array
    square: Array
    between: Array


class AmountMeanDetector:
    """Finds means of money, numbers or differences that are too high or too low, below 0 as well.

    The variance of a mean is that of its values over their number, of the usual values or of those seen, whichever is
    larger. Where values are of one sign it is held against a negative binomial count of as many equal values as have
    this mean and variance, as sums are (`detectors.compound`): most contacts are never handed on, and a mean of 0 is no
    wonder where a few were to be expected. Else it is held against a normal distribution. Means of waits, whose single
    values nobody squares, are `MeanDetector`'s.

    Parameters:
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: values a window needs.
        signed: whether values of both signs are usual, which cancel out.

    Examples:
        >>> from detectors.single_values import Moments
        >>> detector = AmountMeanDetector(minimum_effect=0.2, minimum_exposure=30)
        >>> expected = ExpectedMean(np.full(2, 250.0), np.full(2, 9e4), np.full(2, 25.0))
        >>> seen = Moments(np.full(2, 100.0), np.array([42_000.0, 26_000.0]), np.array([25e6, 9e6]))
        >>> judged = detector.judge(seen.total / seen.number, seen, expected)
        >>> [Reason(code).name for code in judged.reason]
        ['SHIFT', 'NORMAL']

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float, *, signed: bool = False) -> None:
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.signed = signed

    def judge(self, told: Array, seen: Moments, expected: ExpectedMean, limit: Array | float = LIMIT) -> Judgement:
        """Judgements of n series.

        Args:
            told: the means as they are.
            seen: the values of the window, those beyond reach cut: these are judged.
            expected: what is usual.
            limit: probability that has score 1, of each series or of all.

        """
        known = np.isfinite(expected.mean) & np.isfinite(expected.square)
        mean, square = np.where(known, expected.mean, 0.0), np.where(known, expected.square, 0.0)
        count = np.maximum(seen.number, 1.0)
        value = seen.total / count
        single = np.maximum(square - mean**2, seen.squares / count - value**2)
        within = np.maximum(single / count, _LEAST_VARIANCE * square + 1e-18)
        variance = within + np.nan_to_num(expected.between)
        one_sign = known & (mean > 0) & (not self.signed)

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            x, m, v = value[rows], mean[rows], within[rows]
            usual = np.maximum(m, 1e-9)
            each, wide = v / usual, np.nan_to_num(expected.between)[rows] / usual**2
            k, number = np.maximum(x, 0.0) / each, usual / each
            counted = np.where(
                above, negative_binomial_upper(k, number, wide), negative_binomial_lower(k, number, wide)
            )
            return np.where(one_sign[rows], counted, normal_upper(np.abs(x - m) / np.sqrt(variance[rows])))

        return decide(
            value=told,
            expected=np.where(known, mean, told),
            scale=np.sqrt(variance),
            deviation=np.where(known, value - mean, 0.0),
            exposure=seen.number,
            excess=seen.number * np.minimum(np.abs(value - mean) / np.maximum(np.sqrt(square), 1e-9), 1.0),
            enough=known & (seen.number >= self.minimum_exposure),
            minimum=self.minimum_effect * np.where(one_sign, mean, np.sqrt(square)),
            tail=tail,
            reasons=(Reason.SHIFT, Reason.SHIFT),
            limit=limit,
            least=np.where(one_sign, 0.0, -np.inf),
        )
