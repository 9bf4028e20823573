"""How far a figure can be trusted that rests on so many cases: 95 % intervals of ratios and of net scores.

They say what chance does to cases counted one by one. What is usual and how far a shop moves by itself are other
questions, and the band of what is expected answers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Z: Final = 1.959963984540054  # of 95 %, half of the rest on either side


class Interval(NamedTuple):
    """Its two ends, float64[n]; NaN where there was no case."""

    low: Array
    high: Array


def wilson(ratio: Array, cases: Array, z: float = Z) -> Interval:
    """The interval of a ratio: within 0 and 1, and as wide as it must be where every case went the same way.

    Args:
        ratio: successes / cases, float64[n].
        cases: how many, float64[n].
        z: of the standard normal distribution, 1.96 for 95 %.

    Examples:
        >>> [end.round(3).tolist() for end in wilson(np.array([27 / 30, 1.0]), np.array([30.0, 30.0]))]
        [[0.744, 0.886], [0.965, 1.0]]

    References:
        E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).

    """
    with np.errstate(divide="ignore", invalid="ignore"):
        cases = np.where(cases > 0, cases, np.nan)
        middle = ratio + z * z / (2 * cases)
        half = z * np.sqrt(np.maximum(ratio * (1 - ratio), 0.0) / cases + (z / (2 * cases)) ** 2)
        scale = 1 + z * z / cases
        low, high = (middle - half) / scale, (middle + half) / scale
    # Rounding must not leave out the value itself: of nothing but successes the upper end is 1.
    return Interval(np.clip(np.minimum(low, ratio), 0.0, 1.0), np.clip(np.maximum(high, ratio), 0.0, 1.0))


def net_score(score: Array, decided: Array, answers: Array, z: float = Z) -> Interval:
    """The interval of a net score, from -1 to 1: for less against, of answers that may be neither.

    The variance is that of a multinomial sample. Where all answers are alike it is 0, and says too much: there the
    share that could have answered otherwise is what Wilson's interval leaves open, at the other end in the worst case.

    Args:
        score: (for - against) / answers, float64[n].
        decided: (for + against) / answers, float64[n].
        answers: how many, float64[n].
        z: of the standard normal distribution, 1.96 for 95 %.

    Examples:
        >>> ends = net_score(np.array([-5 / 11, 0.45]), np.array([9 / 11, 0.75]), np.array([11.0, 100.0]))
        >>> [(100 * end).round(1).tolist() for end in ends]
        [[-91.7, 30.5], [0.8, 59.5]]

    References:
        L. A. Goodman, On simultaneous confidence intervals for multinomial proportions, Technometrics 7 (1965): the
        variance of a difference of two shares.

    """
    with np.errstate(divide="ignore", invalid="ignore"):
        answers = np.where(answers > 0, answers, np.nan)
        variance = np.maximum(decided - score * score, 0.0)
        half = z * np.sqrt(variance / answers)
        open_share = 1 - wilson(np.ones_like(answers), answers, z).low
    alike = variance <= 1e-12
    half = np.where(alike, np.where(decided > 0.5, 2.0, 1.0) * open_share, half)
    return Interval(np.clip(score - half, -1.0, 1.0), np.clip(score + half, -1.0, 1.0))
