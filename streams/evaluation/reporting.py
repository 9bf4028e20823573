"""Which series are reported: those that deviate, and for a while those that did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown
from streams.records.verdicts import REPORTED_FOR_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LATELY_MS = 20_000  # beyond the last look: a score that trembles around the limit is still the same deviation
_FRESH_MS = 300_000  # until where it is and what it follows from is known
_FREEZE_MS = 7_200_000  # an anomaly older than this is followed after all


class Reporting:
    """By series, in ms. Part of the state.

    Attributes:
        since: the tick at which the present deviation was found; 0 where there is none.
        last: the last tick that was anomalous, or not yet clear after that; 0 where none was.

    """

    def __init__(self, every_ms: int) -> None:
        """None is reported; `every_ms`: how often what is reported is judged."""
        self._lately_ms = every_ms + _LATELY_MS
        self.since: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.last: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def fresh(self, now_ms: int) -> NDArray[np.bool_]:
        """bool[n]: those whose deviation was found within the last minutes."""
        found: NDArray[np.bool_] = (self.since > 0) & (now_ms - self.since <= _FRESH_MS)
        return found

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.since, self.last = grown(self.since, size), grown(self.last, size)

    def begin(self, now_ms: int, anomalous: NDArray[np.bool_]) -> None:
        """Notes since when there is a deviation."""
        self.since = np.where(anomalous, np.where(self.since > 0, self.since, now_ms), 0)

    def go_on(self, now_ms: int, unclear: NDArray[np.bool_]) -> None:
        """Notes what is anomalous, or not clear yet, at this tick."""
        self.last = np.where(unclear, now_ms, self.last)

    def reported(self, now_ms: int) -> NDArray[np.bool_]:
        """bool[n]: those that were not clear within the last 20 minutes."""
        return self._within(now_ms, REPORTED_FOR_MS)

    def deviating(self, now_ms: int) -> NDArray[np.bool_]:
        """bool[n]: those that were not clear at one of the last ticks that were judged."""
        return self._within(now_ms, self._lately_ms)

    def calm(self, now_ms: int, bad: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """bool[n]: those whose present may be learned from: not `bad`, or for so long that it is what is usual now."""
        return ~bad | (now_ms - self.since >= _FREEZE_MS)

    def _within(self, now_ms: int, span_ms: int) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (self.last > 0) & (now_ms - self.last <= span_ms)
        return found
