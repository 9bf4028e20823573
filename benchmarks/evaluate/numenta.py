"""The score of the Numenta Anomaly Benchmark, standard profile, by its published rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FALSE_ALARM = 0.11  # what one costs, of a window's worth
_PROBATION, _PROBATION_POINTS = 0.15, 750
_FAR = 3.0  # lengths of a window: a false alarm so far behind it costs the whole


class Scored(NamedTuple):
    """0 says nothing, 100 finds every window at its first point without a false alarm; at one threshold for all."""

    score: float
    threshold: float


class Windowed(NamedTuple):
    """Scores of one series, and its windows: first and last point that belong to an anomaly, in order of time."""

    scores: Array
    windows: list[tuple[int, int]]


def numenta_score(series: Sequence[Windowed], threshold: float | None = None) -> Scored:
    """The score with the best threshold, or with a given one.

    A window earns 1 for being found, and up to 1 for being found early; an alarm outside of all costs up to 0.11, less
    shortly after a window. The first 15 % of a series, at most 750 points, do not count.

    References:
        A. Lavin, S. Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark (2015).

    >>> scores = np.array([0.0, 0.0, 0.0, 0.0, 0.9, 0.1])
    >>> numenta_score([Windowed(scores, [(4, 5)])])
    Scored(score=100.0, threshold=0.9)
    """
    score, window, worth, count = _points(series)
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    best: dict[int, float] = {}
    steps = np.zeros(len(ranked))
    for place, (of, value) in enumerate(zip(window[order].tolist(), worth[order].tolist(), strict=True)):
        if of < 0:
            steps[place] = _FALSE_ALARM * value
        elif of not in best:
            best[of] = value
            steps[place] = 1 + value
        elif value > best[of]:
            steps[place], best[of] = value - best[of], value
    totals = np.where(np.append(ranked[1:] != ranked[:-1], True), np.cumsum(steps), -np.inf)
    if threshold is None:
        place = int(totals.argmax())
        threshold = float(ranked[place])
        total = max(float(totals[place]), 0.0)
    else:
        said = int((score >= threshold).sum())
        total = float(totals[said - 1]) if said else 0.0
    return Scored(100 * total / (2 * count), threshold)


def _points(series: Sequence[Windowed]) -> tuple[Array, NDArray[np.int64], Array, int]:
    """Of all points that count: score, window or -1, worth; and how many windows there are."""
    columns: list[tuple[Array, NDArray[np.int64], Array]] = []
    count = 0
    for one in series:
        window, worth = _worth(len(one.scores), one.windows)
        begin = min(int(_PROBATION * len(one.scores)), _PROBATION_POINTS)
        window = np.where(window >= 0, window + count, -1)[begin:]
        columns.append((one.scores[begin:], window, worth[begin:]))
        count += len(np.unique(window[window >= 0]))
    score, window, worth = (np.concatenate(column) for column in zip(*columns, strict=True))
    return score, window, worth, count


def _worth(points: int, windows: list[tuple[int, int]]) -> tuple[NDArray[np.int64], Array]:
    window, worth = np.full(points, -1), np.full(points, -1.0)
    ends = [*(begin for begin, _ in windows[1:]), points][: len(windows)]
    for place, ((first, last), until) in enumerate(zip(windows, ends, strict=True)):
        length = last - first + 1
        window[first : last + 1] = place
        within, after = np.arange(first, last + 1), np.arange(last + 1, max(until, last + 1))
        worth[first : last + 1] = _sigmoid(-(last - within + 1) / length) / _sigmoid(np.array(-1.0))
        lengths = (after - last) / max(length - 1.0, 1e-9)
        worth[last + 1 : max(until, last + 1)] = np.where(lengths > _FAR, -1.0, _sigmoid(np.minimum(lengths, _FAR)))
    return window, worth


def _sigmoid(place: Array) -> Array:
    value: Array = 2 / (1 + np.exp(5 * place)) - 1
    return value
