"""The series of one lean scope: sums by quarter of an hour and by day, of those that had an event in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streams.evaluation.lean_reader import WINDOWS
from streams.evaluation.window_reader import QUARTER_MS
from streams.merge.ahead import Ahead
from streams.merge.day_sums import DaySums
from streams.merge.lean_month import LeanMonth, reserved
from streams.merge.quarters import CLOSING_SLOTS
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.merge.ahead import Ints
    from streams.merge.lean_names import LeanNames
    from streams.register.natural_days import NaturalDays

_DAY_QUARTERS: Final = WINDOWS[-1]


class LeanSeries:
    """Takes in cells in log order and goes on from quarter to quarter. What is read depends on whole quarters only.

    Cells on time wait until their quarter is over and settled; what is late joins the days when its quarter closes two
    hours later, and no window.

    Args:
        names: of its series.
        natural: the days of the shop.
        components: how many are kept: 1 of counts, 2 of ratios and cohorts.

    Attributes:
        ahead: cells on time of quarters that are not over; their "slot" is the quarter.
        late: cells of the late plane, likewise.
        quarters: sums of the last day by quarter, as `DaySums` keeps those of days.
        month: sums by day, and what is usual.
        following: the first quarter that is not over; 0 before the first.
        closing: the next quarter to close.
        missed: late cells for a quarter already closed.

    """

    def __init__(self, names: LeanNames, natural: NaturalDays, components: int) -> None:
        self.names = names
        self.components = components
        self.ahead = Ahead()
        self.late = Ahead()
        self.quarters = DaySums(components, _DAY_QUARTERS)
        self.month = LeanMonth(components)
        self.following = 0
        self.closing = 0
        self.missed = 0
        self._natural = natural
        self._sums: dict[int, NDArray[np.int32]] = {
            quarters: np.zeros((components, 0), np.int32) for quarters in WINDOWS
        }

    def add(self, quarter: Ints, component: Ints, number: Ints, value: Ints, late: NDArray[np.bool_]) -> None:
        """Cells of one record."""
        kept = component < self.components
        key = number * self.components + component
        for store, rows in ((self.ahead, kept & ~late), (self.late, kept & late)):
            if rows.any():
                store.add(quarter[rows], key[rows], value[rows])

    def step(self, frontier: int) -> None:
        """Goes on to a frontier, in slots: enters the quarters that are over, closes those that are for good."""
        until = frontier // QUARTER_SLOTS
        if not self.following:
            first = self.ahead.first_slot()
            if first is None or first >= until:
                return
            self.following = self.closing = first
        if until <= self.following:
            return
        due = self.ahead.take(until)
        begin = 0
        while begin < due.slot.size:
            end = int(np.searchsorted(due.slot, due.slot[begin], "right"))
            quarter = int(due.slot[begin])
            if quarter >= self.following:  # on time, so nothing before it is
                self._pass(quarter)
                number, component = np.divmod(due.key[begin:end], self.components)
                self._enter(quarter, component, number, due.value[begin:end])
            begin = end
        self._pass(until)
        self._close((frontier - CLOSING_SLOTS) // QUARTER_SLOTS)

    def _enter(self, quarter: int, component: Ints, number: Ints, value: Ints) -> None:
        self._pass(quarter + 1)
        self.quarters.add(quarter, component, number, value)
        self.month.add(self._day(quarter), component, number, value, len(self.names))
        for quarters in WINDOWS:
            self._sums[quarters] = reserved(self._sums[quarters], len(self.names))
            np.add.at(self._sums[quarters], (component, number), value.astype(np.int32))

    def _pass(self, until: int) -> None:
        """Goes on to a quarter; what leaves a window on the way is taken from it."""
        if until <= self.following:
            return
        if until - self.following > _DAY_QUARTERS:
            for sums in self._sums.values():
                sums[:] = 0
        else:
            for quarter in range(self.following, until):
                for quarters, sums in self._sums.items():
                    leaving = self.quarters.day(quarter - quarters)
                    if leaving is not None:
                        sums[:, leaving.series] -= leaving.sums
        self.following = until
        self.quarters.go_on(until - 1)
        self.month.go_on(self._day(until - 1), len(self.names))

    def _close(self, until: int) -> None:
        """What is late of the quarters that close belongs to their days."""
        if until <= self.closing:
            return
        late = self.late.take(until)
        fine = late.slot >= self.closing
        self.missed += int(np.count_nonzero(~fine))
        for quarter in np.unique(late.slot[fine]).tolist():
            rows = late.slot == quarter
            number, component = np.divmod(late.key[rows], self.components)
            self.month.add(self._day(quarter), component, number, late.value[rows], len(self.names))
        self.closing = until

    def _day(self, quarter: int) -> int:
        return self._natural.day(quarter * QUARTER_MS)

    @property
    def end_ms(self) -> int:
        """Where the windows end."""
        return self.following * QUARTER_MS

    def window(self, quarters: int) -> NDArray[np.int32]:
        """int32[components, n]: sums of the last 1, 4 or 96 quarters that are over. Not to be written to."""
        self._sums[quarters] = reserved(self._sums[quarters], len(self.names))
        return self._sums[quarters][:, : len(self.names)]

    def course(self, number: int, count: int) -> NDArray[np.int64]:
        """int64[components, count]: one series by quarter, oldest first, up to a day."""
        found = np.zeros((self.components, count), np.int64)
        for place, quarter in enumerate(range(self.following - count, self.following)):
            seen = self.quarters.day(quarter)
            if seen is not None:
                at = int(np.searchsorted(seen.series, number))
                if at < seen.series.size and seen.series[at] == number:
                    found[:, place] = seen.sums[:, at]
        return found

    def totals(self, count: int) -> NDArray[np.int64]:
        """int64[components, count]: of all series together, likewise."""
        found = np.zeros((self.components, count), np.int64)
        for place, quarter in enumerate(range(self.following - count, self.following)):
            seen = self.quarters.day(quarter)
            if seen is not None:
                found[:, place] = seen.sums.sum(axis=1)
        return found

    def recount(self) -> None:
        """Computes the windows and the month from what is kept, after a restore."""
        count = len(self.names)
        for quarters in WINDOWS:
            if self.following:
                total = self.quarters.window(quarters, count, end=self.following - 1)
                self._sums[quarters] = total.astype(np.int32)
        self.month.recount(count)
