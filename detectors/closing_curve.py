"""How many cases that are still open will miss their deadlines: what is usually closed in the time left."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.recurring_pace import RecurringPace
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

STEP_S = 300
STEPS = 24  # two hours
_DAY, _HALF_HOUR, _QUARTER_DAY = 288, 6, 72  # steps
_MEMORY = 7.0 * _DAY  # of what is usual; of a part of the week, which comes seldom, four times as long
_PACE_S = 900.0  # of how it goes at present: nearly all that is remembered is of the last hour
_OF_WHOLE = 200.0  # cases of the whole that stand for a part of which nothing has been seen
_AS_USUAL = 10.0  # closings that say that it goes as usual where few are expected
_FASTEST = 3.0
_LEAST_SEEN = 100.0  # cases of the whole, before anything is forecast
_SUREST = 0.999  # of those open, what closes within a step at most


class Misses(NamedTuple):
    """How many of the open cases will not be closed in time, float64[n] each: as it goes at present, and as usual."""

    present: Array
    usual: Array


class ClosingCurve:
    """The share of open cases that stay open until their deadlines, by series and by the time left.

    A life table: of the cases that were open with k steps left, the share closed within the step, h(k). What is not
    closed with k steps left is the product over the steps that follow, (1 - h(k)) (1 - h(k - 1)) ... (1 - h(0)), so
    that every case teaches at once and not only when its deadline has passed. Where a series has few cases its shares
    are drawn towards those of the whole. Two things scale the rates -ln(1 - h): what is usual in the half hour of the
    day and the quarter of the day of the week, and how many closed lately against how many usually would have. So a
    stop of work raises the forecast within minutes, and a night or a Sunday in which nothing is ever closed is usual.

    Examples:
        >>> curve = ClosingCurve()
        >>> open_cases, closed = np.zeros((2, STEPS, 1))
        >>> open_cases[18], closed[18] = 1000.0, 950.0  # with 90 minutes left
        >>> for step in range(300):
        ...     curve.learn(step, open_cases, closed, whole=0)
        >>> waiting = np.where(np.arange(STEPS)[:, None] == 18, 100.0, 0.0)
        >>> curve.misses(300, waiting, whole=0).present.round(1).tolist()
        [5.0]

    References:
        E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958).

    """

    def __init__(self) -> None:
        self._open: Array = np.zeros((STEPS, 0))  # cases by steps left, times what day and week make of it
        self._closed: Array = np.zeros((STEPS, 0))  # of those, closed within the step
        self._lately: Array = np.zeros((2, 0))  # closed, and usually closed, with the memory of the pace
        self._steps = 0  # since there was enough to learn from
        self._of_day = RecurringPace(_DAY // _HALF_HOUR, _HALF_HOUR, _MEMORY)
        self._of_week = RecurringPace(7 * _DAY // _QUARTER_DAY, _QUARTER_DAY, 4 * _MEMORY)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._open, self._closed = grown(self._open, size), grown(self._closed, size)
        self._lately = grown(self._lately, size)

    def knows(self, whole: int) -> bool:
        """Whether enough has been seen of the whole to forecast anything: cases, and two days with their nights."""
        return self._has_cases(whole) and self._steps >= 2 * _DAY

    def _has_cases(self, whole: int) -> bool:
        return 0 <= whole < self._open.shape[1] and float(self._open[:, whole].sum()) >= _LEAST_SEEN

    def learn(self, step: int, open_cases: Array, closed: Array, whole: int, passed: int = 1) -> None:
        """Takes in a step that is over.

        Args:
            step: its number since the epoch.
            open_cases: float64[STEPS, n], by steps left: the cases that were open in it. 0 left: the deadline is in it.
            closed: float64[STEPS, n]: those of them that were closed in it.
            whole: the series that all others are parts of.
            passed: steps since the last one that was taken in.

        """
        self.grow(open_cases.shape[1])
        open_cases = np.maximum(open_cases, 0.0)
        closed = np.clip(closed, 0.0, open_cases)
        usual = (self._shares(whole) * open_cases).sum(axis=0)
        of_day, of_week = self._of_day.of(step), self._of_week.of(step)
        pace, kept = np.exp(-passed * STEP_S / _PACE_S), np.exp(-passed / _MEMORY)
        self._lately = pace * self._lately + np.array([closed.sum(axis=0), usual * of_day * of_week])
        if self._has_cases(whole):
            self._steps += passed
            seen, expected = float(closed[:, whole].sum()), float(usual[whole])
            # One after the other, or what is usual of the day would be taken for what is usual of the week.
            if self._steps > _DAY:
                self._of_day.learn(step, seen, expected, passed)
            if self._steps > 2 * _DAY:
                self._of_week.learn(step, seen, expected * of_day, passed)
        self._open = kept * self._open + open_cases * (of_day * of_week)  # where nobody works, nothing is at risk
        self._closed = kept * self._closed + closed

    def misses(self, step: int, open_cases: Array, whole: int) -> Misses:
        """How many of the open cases, float64[STEPS, n] by steps left, will not be closed in time.

        `step` is the one that begins now.
        """
        self.grow(open_cases.shape[1])
        rates = self._ahead(step) @ -np.log1p(-self._shares(whole))
        cases = np.maximum(open_cases, 0.0)
        return Misses(*((cases * np.exp(-rates * pace)).sum(axis=0) for pace in (self.pace(), 1.0)))

    def pace(self) -> Array:
        """float64[n]: how many were closed lately, in times of how many usually would have been."""
        closed, usual = self._lately
        pace: Array = np.minimum((closed + _AS_USUAL) / (usual + _AS_USUAL), _FASTEST)
        return pace

    def _shares(self, whole: int) -> Array:
        """float64[STEPS, n]: of the cases with so many steps left, what is usually closed within the step."""
        size = self._open.shape[1]
        if not 0 <= whole < size:
            return np.zeros((STEPS, size))
        of_whole = self._closed[:, whole] / (self._open[:, whole] + 1)
        shares: Array = (self._closed + _OF_WHOLE * of_whole[:, None]) / (self._open + _OF_WHOLE)
        shares[:, whole] = of_whole
        return np.minimum(shares, _SUREST)

    def _ahead(self, step: int) -> Array:
        """float64[STEPS, STEPS]: row k: what day and week make of the rates by steps left, of a case with k left."""
        coming = np.array([self._of_day.of(at) * self._of_week.of(at) for at in range(step, step + STEPS)])
        later = np.arange(STEPS)[:, None] - np.arange(STEPS)
        return np.where(later >= 0, coming[np.maximum(later, 0)], 0.0)

    def to_bytes(self) -> bytes:
        """The whole state."""
        state = {"open": self._open, "closed": self._closed, "lately": self._lately, "steps": np.array([self._steps])}
        state |= {"day": self._of_day.sums, "day.present": self._of_day.present}
        return pack(state | {"week": self._of_week.sums, "week.present": self._of_week.present})

    @classmethod
    def from_bytes(cls, payload: bytes) -> ClosingCurve:
        """What `to_bytes` described. Raises ValueError for anything else."""
        curve = cls()
        arrays = unpack(payload)
        curve._open, curve._closed, curve._lately = arrays["open"], arrays["closed"], arrays["lately"]
        curve._steps = int(arrays["steps"][0])
        curve._of_day.sums, curve._of_day.present = arrays["day"], arrays["day.present"]
        curve._of_week.sums, curve._of_week.present = arrays["week"], arrays["week.present"]
        return curve
