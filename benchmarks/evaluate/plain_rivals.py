"""What people watch a series with: each gives, at every minute, by how many deviations it lies from what is expected.

All take float64[minutes, series] and give the same shape; values above 0 lie above the expectation, NaN is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_WEEK_MIN = 7 * 1_440
_DAY_MIN = 1_440
_RATE_MIN = 5
_FORGET = 0.02  # of the moving average, per minute: an hour and a half
_LEVEL, _SEASON = 0.01, 0.2  # of Holt and Winters, per minute and per day
_LEAST = 0.5  # events: a deviation that is nought would make everything infinite


def moving_average(counts: Array) -> Array:
    """An exponentially weighted mean and variance, each minute against those of the minute before.

    >>> counts = np.full((300, 1), 10.0) + np.resize([1.0, -1.0], (300, 1))
    >>> counts[-1] = 20.0
    >>> bool(moving_average(counts)[-1, 0] > 5), bool(abs(moving_average(counts)[-2, 0]) < 2)
    (True, True)
    """
    start = counts[:60].mean(axis=0, keepdims=True)
    mean = _smoothed(counts, start)
    deviation = counts - np.concatenate([start, mean[:-1]])
    variance = _smoothed(deviation**2, counts[:60].var(axis=0, keepdims=True))
    before = np.concatenate([variance[:1], variance[:-1]])
    z: Array = deviation / np.sqrt(np.maximum(before, _LEAST**2))
    return z


def _smoothed(values: Array, start: Array) -> Array:
    smooth, _ = lfilter([_FORGET], [1, _FORGET - 1], values, axis=0, zi=(1 - _FORGET) * start)
    found: Array = smooth
    return found


def holt_winters(counts: Array) -> Array:
    """A level, and by minute of the day a season and a deviation, as RRDtool's aberrant behaviour has them.

    Reference: J. Brutlag, Aberrant behavior detection in time series for network monitoring, LISA 2000. Without a
    trend, which a shop does not have within days.
    """
    size = counts.shape[1]
    first = counts[:_DAY_MIN]
    level = first.mean(axis=0)
    # A season of one day's single minutes is mostly noise: each starts as the hour around it.
    season = np.stack([_around(first[:, number]) for number in range(size)], axis=1) - level
    apart = np.sqrt(np.maximum(season + level, _LEAST))
    z = np.full(counts.shape, np.nan)
    for minute in range(_DAY_MIN, len(counts)):
        at = minute % _DAY_MIN
        expected = level + season[at]
        off = counts[minute] - expected
        z[minute] = off / np.maximum(apart[at], _LEAST)
        level = level + _LEVEL * off
        season[at] += _SEASON * (counts[minute] - level - season[at])
        apart[at] += _SEASON * (np.abs(off) - apart[at])
    return z


def _around(day: Array) -> Array:
    found: Array = np.convolve(np.concatenate([day[-30:], day, day[:30]]), np.full(61, 1 / 61), "valid")
    return found


def rule_of_a_week(counts: Array) -> Array:
    """A Prometheus rule, where `shop:orders:rate5m`, sum(rate(shop_orders_total[5m])), is recorded every minute.

    (shop:orders:rate5m - avg_over_time(shop:orders:rate5m[1w])) / stddev_over_time(shop:orders:rate5m[1w])
    """
    counts = lfilter(np.full(_RATE_MIN, 1 / _RATE_MIN), np.ones(1), counts, axis=0)
    sums = np.cumsum(np.concatenate([np.zeros((1, counts.shape[1])), counts]), axis=0)
    squares = np.cumsum(np.concatenate([np.zeros((1, counts.shape[1])), counts**2]), axis=0)
    end = np.arange(1, len(counts) + 1)
    begin = np.maximum(end - _WEEK_MIN, 0)
    of = (end - begin)[:, None]
    mean = (sums[end] - sums[begin]) / of
    variance = (squares[end] - squares[begin]) / of - mean**2
    z: Array = (counts - mean) / np.sqrt(np.maximum(variance, 1e-9))
    z[:_DAY_MIN] = np.nan
    return z


RIVALS: dict[str, tuple[Callable[[Array], Array], float]] = {
    "EWMA z-score": (moving_average, 4.0),
    "Holt-Winters band": (holt_winters, 4.0),
    "Prometheus rule over a week": (rule_of_a_week, 3.0),
}
