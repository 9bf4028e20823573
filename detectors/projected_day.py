"""What a figure of many days will be when today is over: today so far, and the rest at its usual volume and ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEWEST_DAYS: Final = 7
_VOLUME_KNOWN: Final = 0.15  # so much of a day over, and its own pace counts as much as the usual one
_SAME_DAY: Final = 0.8  # of the spread between days, the part that the hours of a day share with one another


class Fraction(NamedTuple):
    """Numerator and denominator of n series, or of n series on each of many days: float64[n] or float64[days, n]."""

    above: Array
    below: Array


class Projection(NamedTuple):
    """float64[n]: the figure at the end of the day, and its standard deviation; NaN where too little is known."""

    figure: Array
    spread: Array


def project(
    window: Fraction, today: Fraction, days: Fraction, passed: float, later: float, *, of_trials: bool
) -> Projection:
    """The figure of a window when today is over.

    The ratio of the rest of today lies between the usual one and that of today so far, by credibility (Bühlmann and
    Straub 1970): with trials that is the mean of a beta-binomial distribution. How far days lie from one another beyond
    chance is the moment estimate of the variance between them; what the hours of one day do not share of it, and the
    volume that is still to come, widen the result.

    Args:
        window: sums of the days of the window before today.
        today: sums of today so far.
        days: of past days, whole ones.
        passed: the part of a day's volume that has usually come by now, 0 to 1.
        later: the usual ratio of the rest of a day, in times of the whole day's.
        of_trials: whether numerators are those of the denominator that succeeded; else nothing is known of single ones.

    Examples:
        Half of a day is over; the rest is expected like all other days. 29 days and this one are 0.95 then.

        >>> many = np.full((28, 1), 1000.0)
        >>> half = project(
        ...     Fraction(np.array([27_550.0]), np.array([29_000.0])),
        ...     Fraction(np.array([475.0]), np.array([500.0])),
        ...     Fraction(many * 0.95, many),
        ...     0.5,
        ...     1.0,
        ...     of_trials=True,
        ... )
        >>> half.figure.round(4).tolist(), bool(0 < half.spread[0] < 0.001)
        ([0.95], True)

    """
    count = (days.below > 0).sum(axis=0)
    usual_below = np.maximum(days.below.sum(axis=0), 1e-9)
    mean = days.above.sum(axis=0) / usual_below
    chance, between = _variances(days, mean, of_trials=of_trials)
    shared = _SAME_DAY * between
    own = np.where(today.below > 0, today.above / np.maximum(today.below, 1e-9), mean)
    trust = np.divide(
        shared * today.below,
        shared * today.below + chance + (between - shared) * today.below,
        out=np.zeros_like(mean),
        where=(today.below > 0) & (between > 0),
    )
    ratio = mean + trust * (own - mean)
    ratio = np.clip(ratio * later, 0.0, 1.0) if of_trials else ratio * later
    rest, rest_spread = _rest(today.below, days.below, passed)
    below = np.maximum(window.below + today.below + rest, 1e-9)
    figure = (window.above + today.above + ratio * rest) / below
    known = np.maximum(count, 1)
    spread_of_ratio = shared * (1 - trust) + (between - shared) + between / known + chance / usual_below
    spread = rest**2 * spread_of_ratio + chance * rest + ((ratio - figure) * rest_spread) ** 2
    enough = count >= FEWEST_DAYS
    return Projection(np.where(enough, figure, np.nan), np.where(enough, np.sqrt(spread) / below, np.nan))


def _variances(days: Fraction, mean: Array, *, of_trials: bool) -> tuple[Array, Array]:
    """Of a single case by chance, and of the ratio between days."""
    away = (days.above - mean * days.below) ** 2
    squares = np.maximum((days.below**2).sum(axis=0), 1e-9)
    freedom = np.maximum((days.below > 0).sum(axis=0), 2)
    away_all = away.sum(axis=0) * freedom / (freedom - 1)  # the mean is that of these days
    if of_trials:
        chance = np.clip(mean * (1 - mean), 0.0, None)
        between = np.maximum(away_all - chance * days.below.sum(axis=0), 0.0) / squares
        return chance, between
    # Half of what is seen is taken for chance: without squares of single values nothing tells the two apart.
    return away_all / 2 / np.maximum(days.below.sum(axis=0), 1e-9), away_all / 2 / squares


def _rest(so_far: Array, days: Array, passed: float) -> tuple[Array, Array]:
    """The volume that is still to come, and its standard deviation."""
    usual = days.mean(axis=0)
    variation = np.divide(days.std(axis=0), usual, out=np.ones_like(usual), where=usual > 0)
    seen = usual * passed
    trust = passed / (passed + _VOLUME_KNOWN)
    pace = np.where(seen > 0, 1 + trust * (so_far / np.maximum(seen, 1e-9) - 1), 1.0)
    rest = usual * (1 - passed) * pace
    return rest, usual * (1 - passed) * variation * np.sqrt(1 - trust)
