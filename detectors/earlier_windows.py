"""The usual ratio of a long window: what the windows of the same length before it held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.ratio_baseline import UsualRatio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEAST_WINDOWS = 3  # with trials: from fewer nobody knows how much one differs from the next
_PRIOR_WINDOWS = 8.0
_LARGEST = 0.2


def usual_ratio(tops: Array, bottoms: Array, prior_dispersion: float, least_trials: float = 100.0) -> UsualRatio:
    """The ratio to expect of the next window, what it rests on, and how much such windows differ by themselves.

    All of the windows count alike and none is forgotten before it has left: a slow, thin shift must not become the
    expectation that it is measured by. For windows of up to a day, `RatioBaseline` also knows the hour.

    The dispersion is the correlation of trials within a window (Skellam 1948), by moments from the squares of the
    deviations beyond binomial ones, drawn towards the prior as if eight windows more had been seen. The weight is in
    trials that differ by chance only, so that a few windows that disagree do not pass for many trials.

    Args:
        tops: successes, float64[windows, n].
        bottoms: trials, float64[windows, n].
        prior_dispersion: what is assumed while nothing is known.
        least_trials: below them, or with trials in less than three windows, nothing is known: NaN.

    Examples:
        >>> weeks = np.full((8, 1), 100.0)
        >>> steady = usual_ratio(np.array([94.0, 95, 93, 96, 94, 95, 92, 93])[:, None], weeks, 0.003)
        >>> [round(float(steady.ratio[0]), 2), float(steady.seen[0]), round(float(steady.dispersion[0]), 4)]
        [0.94, 800.0, 0.0003]
        >>> unsteady = usual_ratio(np.array([99.0, 85, 97, 88, 99, 90, 100, 94])[:, None], weeks, 0.003)
        >>> bool(unsteady.dispersion[0] > 0.01), bool(unsteady.weight[0] < steady.weight[0] / 2)
        (True, True)

    """
    trials, windows = bottoms.sum(axis=0), np.count_nonzero(bottoms > 0, axis=0)
    known = (trials >= least_trials) & (windows >= _LEAST_WINDOWS)
    count = np.maximum(trials, 1.0)
    ratio = np.clip(tops.sum(axis=0) / count, 0.0, 1.0)
    # Of one trial; what never failed in n trials may well fail once in 2 n.
    unseen = 0.5 / (count + 1)
    variance = np.clip(ratio, unseen, 1 - unseen) * (1 - np.clip(ratio, unseen, 1 - unseen))
    pairs = (bottoms * np.maximum(bottoms - 1, 0)).sum(axis=0)
    # The ratio is that of the same windows, so their deviations are a little smaller than from the true one.
    by_chance = variance * (trials - (bottoms**2).sum(axis=0) / count)
    beyond = ((tops - ratio * bottoms) ** 2).sum(axis=0) - by_chance
    prior = _PRIOR_WINDOWS * pairs / np.maximum(windows, 1)
    found = (beyond / variance + prior_dispersion * prior) / np.maximum(pairs + prior, 1e-9)
    dispersion = np.clip(found, prior_dispersion / 10, _LARGEST)
    weight = trials / (1 + dispersion * pairs / count)
    return UsualRatio(np.where(known, ratio, np.nan), weight, dispersion, trials, dispersion)
