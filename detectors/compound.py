"""Sums of single values against an expectation: a compound Poisson count."""

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


class ExpectedSum(NamedTuple):
    """What is expected of a window, float64[n] each; NaN where nothing is known.

    Attributes:
        low, high: how many values, at least and at most.
        mean: of a value.
        square: the mean square of a value.
        dispersion: Var = the sum of squares + dispersion * mean sum^2.

    """

    low: Array
    high: Array
    mean: Array
    square: Array
    dispersion: Array


class CompoundDetector:
    """Finds sums that are too high or too low, given how many values make them and how large these are.

    A sum of a Poisson number of values varies by the sum of their squares. It is held against a negative binomial
    count of as many equal values as give the same mean and variance; a sum of values of both signs against a normal
    distribution. Upwards the squares seen count where they are more than the usual ones: so a few very large values
    carry no more weight than a few. A sum of ones is a count, and `SurgeDetector`'s.

    Parameters:
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: a surge needs so many values, a collapse so many expected ones.
        signed: whether values of both signs are usual, which cancel out.

    References:
        G. Bohm, G. Zech, Statistics of weighted Poisson events and its applications, Nucl. Instrum. Methods A 748
        (2014): the scaled Poisson distribution.

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float, *, signed: bool = False) -> None:
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.signed = signed

    def judge(
        self, told: Array, seen: Moments, expected: ExpectedSum, window_s: int, limit: Array | float = LIMIT
    ) -> Judgement:
        """Judgements of n series; value and band are per minute.

        Args:
            told: the sums as they are.
            seen: the values of the window, those beyond reach cut (`SingleValues.within_reach`): these are judged.
            expected: of the window.
            window_s: length of the window in seconds.
            limit: probability that has score 1, of each series or of all.

        """
        known = np.isfinite(expected.low) & np.isfinite(expected.high) & np.isfinite(expected.mean)
        known &= np.isfinite(expected.square)
        few, many, mean, square = (np.where(known, of, 0.0) for of in expected[:4])
        low, high = np.minimum(few * mean, many * mean), np.maximum(few * mean, many * mean)
        nearest = np.clip(seen.total, low, high)
        middle = np.where(nearest == seen.total, (low + high) / 2, nearest)
        values = np.clip(seen.number, few, many)
        above = seen.total > high
        squares = np.maximum(values * square, np.where(above, seen.squares, 0.0))
        squares = np.maximum(squares, 1e-12)
        per_minute = 60.0 / window_s

        def tail(rows: NDArray[np.intp], upwards: NDArray[np.bool_]) -> Array:
            total, usual, variance = seen.total[rows], nearest[rows], squares[rows]
            sign = np.where(usual < 0, -1.0, 1.0)
            each = variance / np.maximum(np.abs(usual), 1e-9)
            k, m, wide = np.maximum(sign * total, 0.0) / each, np.abs(usual) / each, expected.dispersion[rows]
            counted = np.where(
                upwards == (sign > 0), negative_binomial_upper(k, m, wide), negative_binomial_lower(k, m, wide)
            )
            normal = normal_upper(np.abs(total - usual) / np.sqrt(variance + wide * usual**2))
            return normal if self.signed else counted

        each = np.maximum(square, 1e-12) / np.maximum(np.abs(mean), 1e-9)
        return decide(
            value=told * per_minute,
            expected=np.where(known, middle, told) * per_minute,
            scale=np.sqrt(squares + np.nan_to_num(expected.dispersion) * middle**2) * per_minute,
            deviation=(seen.total - nearest) * per_minute,
            exposure=np.maximum(seen.number, values),
            excess=np.abs(seen.number - values) if self.signed else np.abs(seen.total - nearest) / each,
            enough=known & (np.where(above, seen.number, few) >= self.minimum_exposure),
            minimum=self.minimum_effect * np.abs(nearest) * per_minute,
            tail=tail,
            reasons=(Reason.SURGE, Reason.COLLAPSE),
            limit=limit,
            least=-np.inf if self.signed else np.where(known & (mean > 0), 0.0, -np.inf),
        )
