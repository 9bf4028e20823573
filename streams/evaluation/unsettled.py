"""Troubles whose end cannot be seen yet: the window that showed them has too little left to judge by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.state import grown
from streams.catalogue.metric import Direction
from streams.evaluation.end_finder import REACH_MS, Sign
from streams.records.verdicts import CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.end_finder import EndFinder
    from streams.evaluation.moment import Moment
    from streams.evaluation.past import Past

_LOOK_MS = 60_000
_MOST = 20  # series of a tick: steps are dear to read


class UnsettledTroubles:
    """By series, which window showed its last trouble, and whether the end of that is still to be seen. State.

    In a thin series the window that showed a trouble may drop below the minimum exposure while it still holds the
    trouble. A longer window that has enough dilutes it and would call it over; a few cases more in the short one, and
    the same bad events would open a second trouble. So such a series counts as not judged until what came since the
    trouble says that it is over, as long as its steps can be read, which is two hours.

    Attributes:
        bad: the last tick at which a series was not clear, ms; 0 where it never was.

    """

    def __init__(self, metric: Metric, ends: EndFinder) -> None:
        self._ends = ends
        self._above = metric.direction is Direction.UP
        # Of what is not said of cases, that nothing comes says something.
        self._applies = metric.traits.of_cases and metric.direction is not Direction.BOTH
        self._shown: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # the window, s
        self.bad: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._until: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # not judged before this tick

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._shown, self.bad, self._until = (grown(of, size) for of in (self._shown, self.bad, self._until))

    def settle(
        self,
        moment: Moment,
        best: Judgement,
        best_windows: NDArray[np.int32],
        able: NDArray[np.int32],
        reported: NDArray[np.bool_],
        past: Past,
    ) -> NDArray[np.bool_]:
        """The series that are unsettled, bool[n]; they are not judged at this tick.

        Args:
            moment: the tick.
            best: the most surprising judgements.
            best_windows: their windows.
            able: int32[n], the shortest window with enough to judge by; the largest number where none has.
            reported: bool[n], the series that deviated lately.
            past: told of ends that are found.

        """
        unclear = best.score >= CLEAR_SCORE
        self._shown = np.where(best.score >= 1, best_windows, self._shown)
        self.bad = np.where(unclear & ((best.score >= 1) | reported), moment.now_ms, self.bad)
        candidates = reported & ~unclear & (able > self._shown) & (self._shown > 0)
        candidates &= (past.found < self.bad) & (moment.now_ms - self.bad <= REACH_MS)
        self._until[~candidates] = 0
        if not self._applies:
            return np.zeros(moment.size, dtype=np.bool_)
        asked = np.flatnonzero(candidates & (self._until <= moment.now_ms))[:_MOST]
        for series in asked.tolist():
            end = self._ends.look(moment, series, int(self._shown[series]), above=self._above)
            if end.sign is Sign.OPEN:
                self._until[series] = moment.now_ms + _LOOK_MS
            elif end.sign is Sign.OVER:
                past.note(series, end.until, moment.now_ms)
        unsettled: NDArray[np.bool_] = candidates & (self._until > moment.now_ms)
        return unsettled

    def ended(self, past: Past) -> NDArray[np.bool_]:
        """bool[n]: where the end of the last trouble was found."""
        over: NDArray[np.bool_] = (past.found > 0) & (past.found >= self.bad)
        return over

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {"unsettled.shown": self._shown, "unsettled.bad": self.bad, "unsettled.until": self._until}

    def restore(self, arrays: Mapping[str, NDArray[Any]], size: int) -> None:
        """Takes over what `arrays` described; a state of before there was any knows of no trouble."""
        nothing = np.zeros(size, dtype=np.int64)
        self._shown, self.bad, self._until = (
            arrays.get(f"unsettled.{name}", nothing).copy() for name in ("shown", "bad", "until")
        )
