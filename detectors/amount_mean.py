"""A mean of amounts against the mean that was expected, by how much single amounts vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.tails import gamma_lower, gamma_upper, normal_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.single_values import Moments

    Array = NDArray[np.float64]

_ONE_SIGN = 0.05  # as in `detectors.compound`
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

    @property
    def one_sign(self) -> NDArray[np.bool_]:
        """Where values of both signs do not cancel out."""
        same: NDArray[np.bool_] = (self.mean**2 >= _ONE_SIGN * self.square) & (self.mean > 0)
        return same


class AmountMeanDetector:
    """Finds means of money, numbers or differences that are too high or too low, below 0 as well.

    The variance of a mean is that of its values over their number, of the usual values or of those seen, whichever is
    larger. Where values are of one sign it is held against a gamma distribution, else against a normal one. Means of
    waits, whose single values nobody squares, are `MeanDetector`'s.

    Parameters:
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: values a window needs.
        limit: probability that has score 1.

    Examples:
        >>> from detectors.single_values import Moments
        >>> detector = AmountMeanDetector(minimum_effect=0.2, minimum_exposure=30)
        >>> expected = ExpectedMean(np.full(2, 250.0), np.full(2, 9e4), np.full(2, 25.0))
        >>> seen = Moments(np.full(2, 100.0), np.array([42_000.0, 26_000.0]), np.array([25e6, 9e6]))
        >>> judged = detector.judge(seen.total / seen.number, seen, expected)
        >>> [Reason(code).name for code in judged.reason]
        ['SHIFT', 'NORMAL']

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float, limit: float = LIMIT) -> None:
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.limit = limit

    def judge(self, told: Array, seen: Moments, expected: ExpectedMean) -> Judgement:
        """Judgements of n series.

        Args:
            told: the means as they are.
            seen: the values of the window, those beyond reach cut: these are judged.
            expected: what is usual.

        """
        known = np.isfinite(expected.mean) & np.isfinite(expected.square)
        mean, square = np.where(known, expected.mean, 0.0), np.where(known, expected.square, 0.0)
        count = np.maximum(seen.number, 1.0)
        value = seen.total / count
        single = np.maximum(square - mean**2, seen.squares / count - value**2)
        variance = np.maximum(single / count + np.nan_to_num(expected.between), _LEAST_VARIANCE * square + 1e-18)
        one_sign = known & expected.one_sign

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            x, m, v = value[rows], mean[rows], variance[rows]
            usual, relative = np.maximum(m, 1e-9), np.clip(v / np.maximum(m, 1e-9) ** 2, 1e-6, 4.0)
            # Below 0 a gamma distribution has nothing: such a mean of values of one sign is as good as nought.
            positive = np.maximum(x, 1e-3 * usual)
            skewed = np.where(above, gamma_upper(positive, usual, relative), gamma_lower(positive, usual, relative))
            return np.where(one_sign[rows], skewed, normal_upper(np.abs(x - m) / np.sqrt(v)))

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
            limit=self.limit,
            least=np.where(one_sign, 0.0, -np.inf),
        )
