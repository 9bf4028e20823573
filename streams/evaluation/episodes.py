"""The last deviation of each series: what feedback speaks of when it says no more than an anomaly's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.law import Law
from detectors.state import grown
from streams.records.verdicts import CLEAR_SCORE, REPORTED_FOR_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detectors.judgement import Judgement

    Array = NDArray[np.float64]

_NAMES = ("began", "last", "peak", "size", "direction")


def sizes(value: Array, expected: Array, law: Law) -> Array:
    """How large deviations are: of ratios their distance, of all else the same as a share of what was expected."""
    away: Array = np.abs(value - expected)
    return away if law is Law.RATIO else away / np.maximum(np.abs(expected), 1e-9)


class Episodes:
    """By series, the deviation that is on, or else the last one. Part of the state.

    Scores are those of the detectors, before feedback has changed any: a deviation that is excused goes on here.

    Attributes:
        began, last: the ticks at which it was found, and at which it was last not clear, ms; 0 where there was none.
        peak: the greatest score.
        size: the largest deviation in its direction, see `sizes`.
        direction: +1 or -1, of the greatest score.

    """

    def __init__(self, law: Law) -> None:
        self._law = law
        self.began: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.last: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.peak: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self.size: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self.direction: NDArray[np.int8] = np.zeros(0, dtype=np.int8)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        for name in _NAMES:
            setattr(self, name, grown(getattr(self, name), size))

    def note(self, now_ms: int, judgement: Judgement) -> None:
        """Takes in what one detector says at a tick."""
        score = judgement.score
        rows = np.flatnonzero(score >= CLEAR_SCORE)
        if not rows.size:
            return
        on = self.on(now_ms)[rows]
        rows, on = rows[on | (score[rows] >= 1)], on[on | (score[rows] >= 1)]
        fresh = rows[~on]
        self.began[fresh] = now_ms
        self.peak[fresh] = self.size[fresh] = 0.0
        self.last[rows] = now_ms
        above = rows[score[rows] > self.peak[rows]]
        self.peak[above] = score[above]
        turned = above[self.direction[above] != judgement.direction[above]]
        self.direction[turned], self.size[turned] = judgement.direction[turned], 0.0
        same = rows[(judgement.direction[rows] == self.direction[rows]) & (score[rows] >= 1)]
        seen = sizes(judgement.value[same], judgement.expected[same], self._law)
        self.size[same] = np.maximum(self.size[same], seen)

    def on(self, now_ms: int) -> NDArray[np.bool_]:
        """bool[n]: those that were not clear within the last 20 minutes."""
        lately: NDArray[np.bool_] = (self.last > 0) & (now_ms - self.last <= REPORTED_FOR_MS)
        return lately

    def together(self, series: int, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """bool[len(rows)]: those that deviate, or last did, when the series did, and in the same direction."""
        near = np.abs(self.last[rows] - self.last[series]) <= REPORTED_FOR_MS
        found: NDArray[np.bool_] = near & (self.last[rows] > 0) & (self.direction[rows] == self.direction[series])
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {f"episode.{name}": getattr(self, name) for name in _NAMES}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        for name in _NAMES:
            setattr(self, name, arrays[f"episode.{name}"])
