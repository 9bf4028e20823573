"""How many cases that are still open will miss their deadlines: what is usually closed in the time left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

STEP_S = 300
STEPS = 24  # two hours
_HALF_HOURS = 48
_MEMORY_S = 7 * 86_400.0  # of what is usual
_PACE_S = 900.0  # of how it goes at present: nearly all that is remembered is of the last hour
_OF_WHOLE = 200.0  # cases of the whole that stand for a part of which nothing has been seen
_OF_HALF_HOUR = 20.0  # closings that stand for a half hour of the day of which nothing has been seen
_AS_USUAL = 10.0  # closings that say that it goes as usual where few are expected
_FASTEST = 3.0
_LEAST_SEEN = 100.0  # cases of the whole, before anything is forecast
_SUREST = 0.999  # of those open, what closes within a step at most


class ClosingCurve:
    """The share of open cases that stay open until their deadlines, by series and by the time left.

    A life table: of the cases that were open with k steps left, the share closed within the step, h(k). What is not
    closed with k steps left is the product over the steps that follow, (1 - h(k)) (1 - h(k - 1)) ... (1 - h(0)), so
    that every case teaches at once and not only when its deadline has passed. Where a series has few cases its shares
    are drawn towards those of the whole. Two things scale the rates -ln(1 - h): what is usual in the half hour of the
    day, and how many closed lately against how many usually would have. So a stop of work raises the forecast within
    minutes, and a night in which nothing is ever closed is a usual night.

    Examples:
        >>> curve = ClosingCurve()
        >>> open_cases, closed = np.zeros((2, STEPS, 1))
        >>> open_cases[18], closed[18] = 1000.0, 950.0  # with 90 minutes left
        >>> for step in range(300):
        ...     curve.learn(step, open_cases, closed, whole=0)
        >>> waiting = np.where(np.arange(STEPS)[:, None] == 18, 100.0, 0.0)
        >>> curve.misses(300, waiting, whole=0).round(1).tolist()
        [5.0]

    References:
        E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958).

    """

    def __init__(self) -> None:
        self._open: Array = np.zeros((STEPS, 0))  # cases by steps left, float64[STEPS, n]
        self._closed: Array = np.zeros((STEPS, 0))  # of those, closed within the step
        self._lately: Array = np.zeros((2, 0))  # closed, and usually closed, with the memory of the pace
        self._of_day: Array = np.zeros((2, _HALF_HOURS))  # the same of the whole, by half hour
        self._half_hour: Array = np.array([-1.0, 0.0, 0.0])  # the present one, which is not yet a part of the usual

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._open, self._closed = grown(self._open, size), grown(self._closed, size)
        self._lately = grown(self._lately, size)

    def knows(self, whole: int) -> bool:
        """Whether enough has been seen of the whole to forecast anything."""
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
        half_hour = _half_hour(step)
        rhythm = self._rhythm()[half_hour]
        pace, kept = np.exp(-passed * STEP_S / _PACE_S), np.exp(-passed * STEP_S / _MEMORY_S)
        self._lately = pace * self._lately + np.array([closed.sum(axis=0), usual * rhythm])
        self._of_day *= kept
        if half_hour != self._half_hour[0]:
            self._of_day[:, int(self._half_hour[0])] += self._half_hour[1:]
            self._half_hour = np.array([half_hour, 0.0, 0.0])
        if self.knows(whole):
            self._half_hour[1:] += closed[:, whole].sum(), usual[whole]
        self._open = kept * self._open + open_cases
        self._closed = kept * self._closed + closed

    def misses(self, step: int, open_cases: Array, whole: int) -> Array:
        """float64[n]: how many of the open cases, float64[STEPS, n] by steps left, will not be closed in time.

        `step` is the one that begins now.
        """
        self.grow(open_cases.shape[1])
        rates = -np.log1p(-np.minimum(self._shares(whole), _SUREST)) * self.pace()
        missed: Array = (np.maximum(open_cases, 0.0) * np.exp(-self._ahead(step) @ rates)).sum(axis=0)
        return missed

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
        return shares

    def _rhythm(self) -> Array:
        """float64[_HALF_HOURS]: how many are closed in a half hour of the day, in times of the usual."""
        closed, usual = self._of_day
        rhythm: Array = (closed + _OF_HALF_HOUR) / (usual + _OF_HALF_HOUR)
        return rhythm

    def _ahead(self, step: int) -> Array:
        """float64[STEPS, STEPS]: row k: by steps left, what the half hour makes of the rates that k steps left meet."""
        rhythm = self._rhythm()
        coming = np.array([rhythm[_half_hour(step + later)] for later in range(STEPS)])
        later = np.arange(STEPS)[:, None] - np.arange(STEPS)
        return np.where(later >= 0, coming[np.maximum(later, 0)], 0.0)

    def to_bytes(self) -> bytes:
        """The whole state."""
        usual = {"open": self._open, "closed": self._closed, "of_day": self._of_day}
        return pack(usual | {"lately": self._lately, "half_hour": self._half_hour})

    @classmethod
    def from_bytes(cls, payload: bytes) -> ClosingCurve:
        """What `to_bytes` described. Raises ValueError for anything else."""
        curve = cls()
        arrays = unpack(payload)
        curve._open, curve._closed = arrays["open"], arrays["closed"]
        curve._lately, curve._of_day, curve._half_hour = arrays["lately"], arrays["of_day"], arrays["half_hour"]
        return curve


def _half_hour(step: int) -> int:
    """Of the day in UTC: clocks of all zones are some half hours apart, and only what recurs matters."""
    return step * STEP_S // 1800 % _HALF_HOURS
