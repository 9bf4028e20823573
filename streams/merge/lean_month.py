"""Sums by day of very many series, and what thirty of these days say is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detectors.state import grown
from streams.merge.day_sums import DaySums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.merge.ahead import Ints

DAYS: Final = 30
_SPARED: Final = 1  # yesterday: a window of a day never meets the days that it is compared with


def reserved(array: NDArray[Any], count: int) -> NDArray[Any]:
    """The array with room for that many series, by half as many again at a time; new places are 0.

    >>> reserved(np.array([[1, 2]]), 3).shape
    (1, 16)
    """
    have = array.shape[-1]
    return array if count <= have else grown(array, max(count, have * 3 // 2, 16))


class LeanMonth:
    """The days of the series of one lean scope.

    What is usual rests on thirty days that ended a day ago or more, so that no window lies in them.

    Args:
        components: how many are kept.

    Attributes:
        days: sums by natural day.
        first: int32[capacity], the first day with an event, however long ago; 0 where there is none.
        first_changed: whether that is another one than when it was set to False.

    """

    def __init__(self, components: int) -> None:
        self.days = DaySums(components, DAYS)
        self._sums: NDArray[np.int64] = np.zeros((components, 0), np.int64)
        self.first: NDArray[np.int32] = np.zeros(0, np.int32)
        self.first_changed = False
        self._usual: NDArray[np.float64] | None = None

    def add(self, day: int, component: Ints, number: Ints, value: Ints, count: int) -> None:
        """Cells of one day; `count`: how many series there are by now."""
        if day <= self.days.today - self.days.kept:
            return
        self.days.add(day, component, number, value)
        self.first = reserved(self.first, count)
        new = number[(self.first[number] == 0) | (self.first[number] > day)]
        if new.size:
            self.first[new] = day
            self.first_changed = True

    def go_on(self, today: int, count: int) -> None:
        """Goes on to a day: the thirty days move on with it."""
        before = self.days.today
        if today <= before:
            return
        if before and today == before + 1 and self._sums.shape[1]:
            left = self.days.day(before - DAYS - _SPARED)
            if left is not None:
                self._sums[:, left.series] -= left.sums
            self.days.go_on(today)
            come = self.days.day(today - 1 - _SPARED)
            if come is not None:
                self._sums = reserved(self._sums, count)
                self._sums[:, come.series] += come.sums
            self._usual = None
            return
        self.days.go_on(today)
        self.recount(count)

    def recount(self, count: int) -> None:
        """Computes the thirty days from what is kept: after a restore, and after days of silence."""
        self._usual = None
        days = self.days
        if not days.today:
            return
        self._sums = days.window(DAYS, count, end=days.today - 1 - _SPARED)

    def sums(self, count: int) -> NDArray[np.int64]:
        """int64[components, count]: of the thirty days. Not to be written to."""
        self._sums = reserved(self._sums, count)
        return self._sums[:, :count]

    def usual(self, count: int) -> NDArray[np.float64]:
        """float64[count]: of the first component, as if each series had been there for all of the thirty days.

        A series that came later had its part of what all series together had since.
        """
        if self._usual is None:
            self._usual = self._of_all_days(count)
        self._usual = reserved(self._usual, count)  # who is new since has nothing in these days
        return self._usual[:count]

    @property
    def today(self) -> int:
        """The day that was gone on to last."""
        return self.days.today

    def known_days(self) -> int:
        """On how many of the thirty days something could have been counted."""
        days = self.days
        return min(max(days.today - 1 - _SPARED - days.began + 1, 0), DAYS) if days.began else 0

    def _of_all_days(self, count: int) -> NDArray[np.float64]:
        sums = self.sums(count)[0].astype(np.float64)
        last = self.days.today - 1 - _SPARED
        totals = np.zeros(DAYS)
        for place, day in enumerate(range(last - DAYS + 1, last + 1)):
            seen = self.days.day(day)
            if seen is not None:
                totals[place] = seen.sums[0].sum()
        since = np.cumsum(totals[::-1])[::-1]
        first = np.clip(reserved(self.first, count)[:count] - (last - DAYS + 1), 0, DAYS - 1)
        there = np.maximum(since[first], 1e-9)
        return np.where(sums > 0, sums * (since[0] / there), 0.0)

    def of_series(self, number: int, days: int) -> NDArray[np.int64]:
        """int64[components, days]: one series by day, oldest first, today so far last."""
        found = np.zeros((self.days.components, days), np.int64)
        for place, day in enumerate(range(self.days.today - days + 1, self.days.today + 1)):
            seen = self.days.day(day)
            if seen is not None:
                at = int(np.searchsorted(seen.series, number))
                if at < seen.series.size and seen.series[at] == number:
                    found[:, place] = seen.sums[:, at]
        return found
