"""How well scores of points agree with labels of points."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Labels = NDArray[np.bool_]

DELAY = 7  # points after the first of a segment within which it has to be found
ANY = 10**9


class Agreement(NamedTuple):
    """The best F1 that one threshold for all series gives, and that threshold: scores from there on are alarms."""

    f1: float
    threshold: float


def best_f1(scores: Sequence[Array], labels: Sequence[Labels], within: int | None = DELAY) -> Agreement:
    """The best F1 over all points of all series, with one threshold.

    With `within`, a segment of labelled points counts as found, all of it, where a score reaches the threshold no more
    than that many points after its first one, else as missed, all of it (the rule of the AIOps challenge of 2018;
    `ANY` gives the usual point adjustment). With None points count one by one.

    >>> score, label = np.array([0.3, 0.2, 0.9, 0.1]), np.array([False, True, True, False])
    >>> best_f1([score], [label]).f1, round(best_f1([score], [label], None).f1, 3)
    (1.0, 0.8)
    """
    score = np.concatenate([_credited(*pair, within) for pair in zip(scores, labels, strict=True)])
    label = np.concatenate(list(labels))
    order = np.argsort(-score, kind="stable")
    right, said = np.cumsum(label[order]), np.arange(1, len(score) + 1)
    ranked = score[order]
    f1 = np.where(np.append(ranked[1:] != ranked[:-1], True), 2 * right / np.maximum(said + right[-1], 1), 0.0)
    best = int(f1.argmax())
    return Agreement(float(f1[best]), float(ranked[best]))


def segments(label: Labels) -> list[tuple[int, int]]:
    """Begin and end of the runs of labelled points.

    >>> segments(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    change = np.diff(np.concatenate([[0], label.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(change == 1).tolist(), np.flatnonzero(change == -1).tolist(), strict=True))


def _credited(score: Array, label: Labels, within: int | None) -> Array:
    if within is None:
        return score
    credited = score.copy()
    for begin, end in segments(label):
        credited[begin:end] = score[begin : min(end, begin + within + 1)].max()
    return credited
