"""One of very many parts against all the others: what happens to all of them is expected of each.

A merchant among 300,000 has few events of its own. Its usual share, or its usual ratio drawn towards that of all, times
what the parts do together now, is what is expected of it: so a night, a sale or a trouble of the whole shop surprises
nobody here, and one merchant that differs from the others does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from detectors.judgement import Judgement, Reason
from detectors.tails import (
    beta_binomial_lower,
    beta_binomial_upper,
    negative_binomial_lower,
    negative_binomial_upper,
)
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_TELLING: Final = 10.0  # events of a part that say how it does by itself
_APART: Final = 3.0  # standard deviations: beyond, it is another story than that of all
_ROUNDS: Final = 6
_PARTS: Final = 2.0**38
_SURE: Final = 1e-6  # no ratio is taken as more certain
_LARGEST_STEP: Final = 2.0  # in the logarithm of odds


def exact_sum(values: Array) -> float:
    """The sum in any order of the values to the last bit: logs name parts in different orders. At most 16 million.

    Each value is taken as a multiple of the largest divided by 2**38.

    >>> values = np.random.default_rng(1).random(1_000)
    >>> exact_sum(values) == exact_sum(values[::-1]), abs(round(exact_sum(values) - float(values.sum()), 6))
    (True, 0.0)
    """
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0:
        return 0.0
    parts = np.rint(values * (_PARTS / largest)).astype(np.int64)
    return int(parts.sum()) * (largest / _PARTS)


def common_factor(seen: Array, usual: Array, dispersion: float) -> float:
    """In times of what is usual, how much the parts count now: the few that differ from the others have no say.

    Args:
        seen: float64[n], events of each part.
        usual: float64[n], what they are in proportion to.
        dispersion: relative variance of a part beyond chance.

    Examples:
        Two hundred parts do twice the usual; one, the largest, has stopped.

        >>> usual = np.array([5_000.0, *[20.0] * 200])
        >>> common_factor(np.where(usual > 100, 0.0, 40.0), usual, 0.05)
        2.0

    """
    whole = exact_sum(usual)
    if whole <= 0:
        return 0.0
    factor = exact_sum(seen) / whole
    large = np.flatnonzero(usual * factor >= _TELLING)
    if len(large):
        rates = seen[large] / usual[large]
        factor = _weighted_median(rates, _worth(usual[large] * max(factor, 1e-9), dispersion))
    for _ in range(_ROUNDS):
        expected = usual * factor
        apart = np.abs(seen - expected) > _APART * np.sqrt(expected + dispersion * expected**2)
        kept = ~(apart & (np.maximum(expected, seen) >= _TELLING))
        worth = _worth(expected, dispersion)[kept]
        held = exact_sum(worth)
        if held <= 0:
            break
        rates = np.divide(seen[kept], usual[kept], out=np.zeros(int(kept.sum())), where=usual[kept] > 0)
        before, factor = factor, exact_sum(worth * rates) / held
        if abs(factor - before) <= 1e-9 * before:
            break
    return factor


def common_shift(tops: Array, bottoms: Array, usual: Array, correlation: float) -> float:
    """How far the ratios of the parts have moved together, in the logarithm of odds.

    Args:
        tops: float64[n], successes of each part.
        bottoms: float64[n], its trials.
        usual: float64[n], the logarithm of its usual odds.
        correlation: of the trials of a part.

    Examples:
        The ratio of every part has fallen from 90 % to 50 %; that of one stays.

        >>> usual = np.full(50, np.log(9.0))
        >>> tops = np.where(np.arange(50) > 0, 10.0, 18.0)
        >>> bool(abs(common_shift(tops, np.full(50, 20.0), usual, 0.01) + np.log(9.0)) < 0.02)
        True

    """
    there = np.flatnonzero(bottoms > 0)
    if not len(there):
        return 0.0
    tops, bottoms, usual = tops[there], bottoms[there], usual[there]
    shift = 0.0
    large = np.flatnonzero(bottoms >= _TELLING)
    if len(large):
        odds = np.log((tops[large] + 0.5) / (bottoms[large] - tops[large] + 0.5))
        shift = _weighted_median(odds - usual[large], _worth(bottoms[large], correlation))
    for _ in range(_ROUNDS):
        ratio = special.expit(usual + shift)
        chance = np.maximum(bottoms * ratio * (1 - ratio), 1e-12)
        wide = 1 + (bottoms - 1) * correlation
        apart = np.abs(tops - bottoms * ratio) > _APART * np.sqrt(chance * wide)
        weight = np.where(apart & (bottoms >= _TELLING), 0.0, 1 / wide)
        held = exact_sum(weight * chance)
        if held <= 0:
            break
        step = exact_sum(weight * (tops - bottoms * ratio)) / held
        shift += float(np.clip(step, -_LARGEST_STEP, _LARGEST_STEP))
        if abs(step) < 1e-9:
            break
    return shift


class PartsDetector:
    """Judges parts by what is expected of each.

    Parameters:
        minimum_effect: the smallest change that matters: of counts relative, of ratios absolute.
        minimum_exposure: a surge needs so many events, a collapse so many expected ones, a ratio so many trials.

    Examples:
        >>> detector = PartsDetector(minimum_effect=0.1, minimum_exposure=20)
        >>> trials, ratio = np.array([40.0, 40.0]), np.array([0.9, 0.9])
        >>> judged = detector.of_ratios(np.array([35.0, 8.0]), trials, ratio, np.array([0.02, 0.02]), 1e-9)
        >>> (judged.score >= 1).tolist()
        [False, True]

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float) -> None:
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)

    def of_counts(self, seen: Array, expected: Array, dispersion: Array, window_s: float, limit: float) -> Judgement:
        """Judgements of n parts; value and band are per minute.

        Args:
            seen: float64[n], events of the window.
            expected: float64[n], of the window; NaN where nothing is known of a part.
            dispersion: float64[n]: Var = mean + dispersion * mean^2.
            window_s: its length in seconds.
            limit: probability that has score 1.

        """
        known = np.isfinite(expected)
        mean = np.where(known, expected, seen)
        per_minute = 60.0 / window_s
        above = seen > mean

        def tail(rows: NDArray[np.intp], upwards: NDArray[np.bool_]) -> Array:
            k, m, wide = seen[rows], mean[rows], dispersion[rows]
            return np.where(upwards, negative_binomial_upper(k, m, wide), negative_binomial_lower(k, m, wide))

        return decide(
            value=seen * per_minute,
            expected=mean * per_minute,
            scale=np.sqrt(mean + dispersion * mean**2) * per_minute,
            deviation=(seen - mean) * per_minute,
            exposure=np.maximum(seen, mean),
            excess=np.abs(seen - mean),
            enough=known & (np.where(above, seen, mean) >= self.minimum_exposure),
            minimum=self.minimum_effect * mean * per_minute,
            tail=tail,
            reasons=(Reason.SURGE, Reason.COLLAPSE),
            limit=limit,
        )

    def of_ratios(self, tops: Array, bottoms: Array, ratio: Array, correlation: Array, limit: float) -> Judgement:
        """Judgements of n parts.

        Args:
            tops: float64[n], successes.
            bottoms: float64[n], trials.
            ratio: float64[n], expected.
            correlation: float64[n], of the trials of a part: Var = n p (1 - p) (1 + (n - 1) correlation).
            limit: probability that has score 1.

        """
        trials = np.maximum(bottoms, 1e-12)
        tops = np.clip(tops, 0.0, np.maximum(bottoms, 0.0))  # what is counted of both sides may come apart for a while
        usual = np.clip(ratio, _SURE, 1 - _SURE)
        value = np.where(bottoms > 0, tops / trials, 0.0)
        variance = usual * (1 - usual) / trials * (1 + np.maximum(bottoms - 1, 0.0) * correlation)
        shape = 1 / np.clip(correlation, 1e-6, 0.999) - 1

        def tail(rows: NDArray[np.intp], upwards: NDArray[np.bool_]) -> Array:
            k, n = tops[rows], bottoms[rows]
            a, b = usual[rows] * shape[rows], (1 - usual[rows]) * shape[rows]
            return np.where(upwards, beta_binomial_upper(k, n, a, b), beta_binomial_lower(k, n, a, b))

        judged = decide(
            value=value,
            expected=usual,
            scale=np.sqrt(variance),
            deviation=value - usual,
            exposure=bottoms.astype(np.float64),
            excess=np.abs(tops - usual * bottoms),
            enough=bottoms >= self.minimum_exposure,
            minimum=np.full(len(tops), self.minimum_effect),
            tail=tail,
            reasons=(Reason.SHIFT, Reason.SHIFT),
            limit=limit,
        )
        np.minimum(judged.upper, 1.0, out=judged.upper)
        return judged


def _worth(events: Array, dispersion: float) -> Array:
    """What a part says of all: more with its events, up to what it varies by itself."""
    worth: Array = events / (1 + dispersion * events)
    return worth


def _weighted_median(values: Array, weights: Array) -> float:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(np.rint(weights[order] * (_PARTS / weights.max())).astype(np.int64))
    return float(values[order][np.searchsorted(below, below[-1] // 2)])
