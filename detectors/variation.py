"""The coefficient of variation of single values: how unlike one another they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.single_values import Moments
from detectors.state import grown, pack, unpack
from detectors.tails import normal_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FORGET = 0.995  # per quarter: two days
_ENOUGH = 100.0  # values from which on it is known what is usual
_PRIOR = 40.0  # values by which a thin series is drawn towards the whole
_LEAST_QUARTER = 10.0  # values of a quarter that tell something of its variation
_PRIOR_SPREAD = 4.0  # variance of the logarithm of a variation, times the values it is of: of lognormal durations
_SPREAD_PRIOR = 16.0  # quarters
_BETWEEN = 0.01  # and what it varies from hour to hour, however many values there are
_UNSETTLED = 0.2  # and from day to day, while nobody has seen one: it halves with every half day
_SETTLES = 48.0  # quarters
_PARTS = 0.1  # and from part to part
_ODD = 4.0
_ODD_WEIGHT = 0.1  # a quarter that is far off is taken in by so much


def variation(moments: Moments) -> Array:
    """float64[n]: the sample standard deviation over the absolute mean; 0 of fewer than two values, or of a mean of 0.

    >>> variation(Moments(np.array([4.0]), np.array([10.0]), np.array([30.0]))).round(4).tolist()
    [0.5164]
    """
    count = moments.number
    mean = np.abs(moments.total) / np.maximum(count, 1.0)
    squares = np.maximum(moments.squares - moments.total**2 / np.maximum(count, 1.0), 0.0)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1.0))
    known = (count >= 2) & (mean > 0)
    found: Array = np.where(known, deviation / np.where(known, mean, 1.0), 0.0)
    return found


class UsualVariation(NamedTuple):
    """float64[n] each: the usual moments of a value, and the variation that they make.

    Attributes:
        mean: of a value.
        square: the mean square of a value.
        variation: NaN where it is unknown.
        spread: the variance of the logarithm of a variation, times the values that it is of.
        weight: the values that the usual variation is of.
        between: the variance of that logarithm however many values there are: wide while few days are known.

    """

    mean: Array
    square: Array
    variation: Array
    spread: Array
    weight: Array
    between: Array


class VariationBaseline:
    """Learns the moments of single values of n series, and how much the variation of a quarter differs from theirs."""

    def __init__(self) -> None:
        self._sums: Array = np.zeros((3, 0))
        self._spread: Array = np.zeros((2, 0))  # squared deviations of logarithms times values; how many quarters
        self._seen: Array = np.zeros(0)  # quarters with values, ever

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        self._sums, self._spread = grown(self._sums, size), grown(self._spread, size)
        self._seen = grown(self._seen, size)

    def learn(self, moments: Moments) -> None:
        """Takes in a closed quarter of n series."""
        self.grow(len(moments.number))
        usual, seen = self.usual(-1), variation(moments)
        telling = np.isfinite(usual.variation) & (moments.number >= _LEAST_QUARTER) & (seen > 0)
        away = np.where(telling, np.log(np.where(telling, seen / usual.variation, 1.0)) ** 2 * moments.number, 0.0)
        limit = _ODD**2 * (usual.spread + _BETWEEN * moments.number)
        self._sums = self._sums * _FORGET + np.array(moments) * np.where(away > limit, _ODD_WEIGHT, 1.0)
        self._spread *= _FORGET
        self._spread += np.array([np.minimum(away, limit), telling])
        self._seen += moments.number > 0

    def begin_anew(self, rows: NDArray[np.intp], moments: Moments) -> None:
        """Takes these moments in the place of what it knows of some series; how they spread stays."""
        self._sums[:, rows] = np.array(moments)

    def usual(self, whole: int) -> UsualVariation:
        """What is usual; with `whole`, thin series are drawn towards that one."""
        sums = self._sums
        own, enough = sums[0], sums[0] >= _ENOUGH
        if 0 <= whole < sums.shape[1] and sums[0, whole] >= _ENOUGH:
            drawn = sums + _PRIOR * sums[:, [whole]] / sums[0, whole]
            drawn[:, whole] = sums[:, whole]
            sums, enough = drawn, np.full(len(sums[0]), True)  # a part is expected to be like the whole, if not quite
        count = np.maximum(sums[0], 1.0)
        found = variation(Moments(*sums))
        known = enough & (found > 0)
        squares, quarters = self._spread
        spread = (squares + _PRIOR_SPREAD * _SPREAD_PRIOR) / (quarters + _SPREAD_PRIOR)
        between = _BETWEEN + _UNSETTLED * 2.0 ** (-self._seen / _SETTLES) + _PARTS * _PRIOR / (_PRIOR + own)
        return UsualVariation(
            sums[1] / count,
            sums[2] / count,
            np.where(known, found, np.nan),
            spread,
            np.where(known, count, 1.0),
            between,
        )

    def counts(self) -> Array:
        """float64[n]: recent values: the usual weights of segments."""
        counts: Array = self._sums[0]
        return counts

    def to_bytes(self) -> bytes:
        """What was learned."""
        return pack({"sums": self._sums, "spread": self._spread, "seen": self._seen})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._sums, self._spread, self._seen = arrays["sums"], arrays["spread"], arrays["seen"]


class VariationDetector:
    """Finds values that have become more erratic, or steadier, than usual, while their mean may stay.

    The logarithm of a coefficient of variation is nearly normal; how wide is learned. Where durations are known by
    bins only, a spread of quantiles says the same.

    Parameters:
        minimum_effect: smallest change that matters, relative to the expectation.
        minimum_exposure: values a window needs.

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float) -> None:
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 2.0)

    def judge(self, seen: Moments, usual: UsualVariation, limit: Array | float = LIMIT) -> Judgement:
        """Judgements of n series; `limit` is the probability that has score 1, of each series or of all."""
        value, known = variation(seen), np.isfinite(usual.variation)
        expected = np.where(known, usual.variation, value)
        count = np.maximum(seen.number, 1.0)
        sd = np.sqrt(usual.spread * (1 / count + 1 / usual.weight) + usual.between)
        # Values that are all the same are as steady as can be, not infinitely surprising.
        z = np.log(np.maximum(value, 1e-3) / np.maximum(expected, 1e-3)) / sd

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            return normal_upper(np.where(above, z[rows], -z[rows]))

        return decide(
            value=value,
            expected=expected,
            scale=expected * sd,
            deviation=value - expected,
            exposure=seen.number,
            excess=seen.number * np.minimum(np.abs(value - expected) / np.maximum(expected, 1e-9), 1.0),
            enough=known & (seen.number >= self.minimum_exposure),
            minimum=self.minimum_effect * expected,
            tail=tail,
            reasons=(Reason.SHIFT, Reason.SHIFT),
            limit=limit,
        )
