"""What a detector says: one judgement per series, on one scale of scores for all detectors."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT = 1e-6  # a result this improbable is the limit of normal
MAXIMUM_SCORE = 100.0
ALMOST = 0.99  # the most that a series has which is not told by itself


class Reason(enum.IntEnum):
    """Why a series was judged as it was."""

    NORMAL = 0
    INSUFFICIENT_EXPOSURE = 1
    WARMING_UP = 2
    CLOSED = 3
    BELOW_MINIMUM_EFFECT = 4
    CLIFF = 5
    LEAK = 6
    SHIFT = 7
    SURGE = 8
    COLLAPSE = 9
    SILENCE = 10
    OVERDUE = 11
    STALL = 12
    THRESHOLD = 13
    DRIFT = 14
    CLUSTER = 15
    LEVEL_AT_RISK = 16
    LEVEL_LOST = 17
    UNDERSTAFFED = 18

    @property
    def insufficient(self) -> bool:
        """Whether there was too little to judge by: neither normal nor anomalous."""
        return self in {Reason.INSUFFICIENT_EXPOSURE, Reason.WARMING_UP, Reason.CLOSED}


_INSUFFICIENT = (np.int8(Reason.INSUFFICIENT_EXPOSURE), np.int8(Reason.CLOSED))  # looked up at every tick


@dataclass(frozen=True, slots=True)
class Judgement:
    """Judgements of n series, by columns of length n.

    Attributes:
        score: 0 to 100; 1 is the limit of normal, 2 twice as surprising in log-probability.
        value, expected, lower, upper: what was seen, what was expected, and the band of normal, in one unit.
        exposure: how many events the judgement rests on.
        excess: events too many or too few, never negative.
        reason: int8, a `Reason`.
        direction: int8, +1 where the value lies above what was expected, -1 below, 0 equal or not judged.

    """

    score: NDArray[np.float64]
    value: NDArray[np.float64]
    expected: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    exposure: NDArray[np.float64]
    excess: NDArray[np.float64]
    reason: NDArray[np.int8]
    direction: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.score)

    def beats(self, other: Judgement) -> NDArray[np.bool_]:
        """Where this one should be kept instead of `other`: more surprising, or judged where the other was not."""
        judged, other_judged = ~insufficient(self.reason), ~insufficient(other.reason)
        wins: NDArray[np.bool_] = (judged & ~other_judged) | ((judged == other_judged) & (self.score > other.score))
        return wins

    def put(self, rows: NDArray[np.intp], other: Judgement) -> None:
        """Overwrites these rows with those of `other`, which has one for each."""
        for name in COLUMNS:
            getattr(self, name)[rows] = getattr(other, name)

    def taken(self, rows: NDArray[np.intp]) -> Judgement:
        """A judgement of these rows only."""
        return Judgement(*[getattr(self, name)[rows] for name in COLUMNS])


COLUMNS = tuple(field.name for field in fields(Judgement))
"""Names of the columns of a judgement, in order."""


def nothing(size: int) -> Judgement:
    """Judgements that say that there was too little to judge.

    >>> nothing(2).reason.tolist()
    [1, 1]
    """
    reason = np.full(size, Reason.INSUFFICIENT_EXPOSURE, dtype=np.int8)
    score, value, expected, lower, upper, exposure, excess = np.zeros((7, size))
    return Judgement(
        score, value, expected, lower, upper, exposure, excess, reason, direction=np.zeros(size, dtype=np.int8)
    )


def insufficient(reason: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Where a column of reasons says that there was too little to judge."""
    return (reason >= _INSUFFICIENT[0]) & (reason <= _INSUFFICIENT[1])


def score(log_probability: NDArray[np.float64], limit: NDArray[np.float64] | float = LIMIT) -> NDArray[np.float64]:
    """The score of results as improbable as that (natural logarithms): log p / log limit, within 0 and 100.

    >>> score(np.log([1.0, 1e-3, 1e-6, 1e-12])).round(2).tolist()
    [0.0, 0.5, 1.0, 2.0]
    """
    scores: NDArray[np.float64] = np.abs(log_probability) / -np.log(limit)
    return np.minimum(scores, MAXIMUM_SCORE)
