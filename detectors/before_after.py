"""A figure before and after a change of one's own, and how sure the difference is: 95 % intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.intervals import Z, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Days(NamedTuple):
    """Sums of days, float64[k] each: what was counted, of how many cases (or over how many seconds)."""

    counted: Array
    cases: Array


class Comparison(NamedTuple):
    """The figure before and after, the difference (or the multiple), and between what that lies; NaN without a case."""

    before: float
    after: float
    difference: float
    low: float
    high: float


def of_ratios(before: Days, after: Days) -> Comparison:
    """The difference of two ratios, by the hybrid score method.

    Days that differ by more than chance count as fewer cases: as many as would differ so by chance.

    Examples:
        >>> one = lambda counted, cases: Days(np.array([counted]), np.array([cases]))
        >>> [round(of, 4) for of in of_ratios(one(48.0, 80.0), one(56.0, 70.0))]
        [0.6, 0.8, 0.2, 0.0524, 0.3339]

    References:
        R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine
        17 (1998), method 10. J. Rao, A. Scott, A simple method for the analysis of clustered binary data, Biometrics 48
        (1992): fewer cases instead of a larger variance.

    """
    sides = []
    for days in (before, after):
        cases = days.cases.sum()
        ratio = days.counted.sum() / cases if cases > 0 else np.nan
        sides.append((ratio, cases))
    chance = [
        (days, ratio * days.cases, ratio * (1 - ratio) * days.cases)
        for days, (ratio, _) in zip((before, after), sides, strict=True)
    ]
    inflation = _inflation(chance)
    (first, first_cases), (then, then_cases) = sides
    low, high = wilson(np.array([first, then]), np.array([first_cases, then_cases]) / inflation)
    change = then - first
    return Comparison(
        float(first),
        float(then),
        float(change),
        float(change - np.hypot(then - low[1], high[0] - first)),
        float(change + np.hypot(high[1] - then, first - low[0])),
    )


def of_rates(before: Days, after: Days) -> Comparison:
    """How many times as much there is: `cases` are seconds, and counts are per minute.

    Of the logarithm the variance is that of two Poisson counts, times that by which days differ more than by chance.

    Examples:
        >>> one = lambda counted: Days(np.array([counted]), np.array([86_400.0]))
        >>> [round(of, 3) for of in of_rates(one(100.0), one(150.0))]
        [0.069, 0.104, 1.5, 1.165, 1.932]

    References:
        K. Rothman, S. Greenland, Modern Epidemiology (1998), the confidence interval of a rate ratio.

    """
    sides = []
    for days in (before, after):
        seconds = days.cases.sum()
        sides.append((days.counted.sum(), days.counted.sum() / seconds if seconds > 0 else np.nan))
    expected = [(days, rate * days.cases) for days, (_, rate) in zip((before, after), sides, strict=True)]
    inflation = _inflation([(days, of, of) for days, of in expected])
    (first, first_rate), (then, then_rate) = sides
    if not (first > 0 and then > 0):
        return Comparison(float(first_rate) * 60, float(then_rate) * 60, np.nan, np.nan, np.nan)
    times = then_rate / first_rate
    reach = np.exp(Z * np.sqrt(inflation * (1 / first + 1 / then)))
    figures = first_rate * 60, then_rate * 60, times, times / reach, times * reach
    return Comparison(*(float(figure) for figure in figures))


def _inflation(sides: list[tuple[Days, Array, Array]]) -> float:
    """Variance of days over that of chance, of (days, expected, variance); 1 at least, and 1 of too few days."""
    squares, freedom = 0.0, 0
    for days, expected, variance in sides:
        told = variance > 0
        squares += float(((days.counted - expected)[told] ** 2 / variance[told]).sum())
        freedom += max(int(told.sum()) - 1, 0)
    return max(squares / freedom, 1.0) if freedom >= 2 else 1.0
