"""Cases that are open, by the step of their deadline, and how many of them will miss it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectors.closing_curve import STEPS, ClosingCurve
from streams.catalogue.metric import Component
from streams.cells.lead import STEP_MS
from streams.cells.record import SLOT_MS
from streams.merge.ahead import Ahead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from streams.merge.ahead import Ints

STEP_SLOTS = STEP_MS // SLOT_MS
_NONE = np.zeros(0, np.int64)


class Leads(NamedTuple):
    """Columns of cells, in the order of their slots: that of the event; `place` as `streams.cells.lead` has it."""

    slot: Ints
    place: Ints
    series: Ints
    value: Ints

    def chosen(self, rows: slice | NDArray[np.bool_]) -> Leads:
        """Some of them."""
        return Leads(*(column[rows] for column in self))


class Forecast(NamedTuple):
    """Cells of the windows, in the order of their slots, of the ends of steps.

    By component: how many will miss (NUMERATOR), are open (DENOMINATOR), and would usually miss (EXPOSURE).
    """

    slot: Ints
    component: Ints
    series: Ints
    value: Ints


class OpenCases:
    """Opened less closed by the step of the deadline, for the next two hours and for later.

    Everything is entered by the time of the event that opened or closed a case, never by when it was read: so the
    forecast of a tick depends on the events before it only, although deadlines that lie ahead wait.

    Attributes:
        step: the one that goes on, in steps since the epoch.
        further: opened less closed by series, for deadlines more than two hours ahead.

    """

    def __init__(self) -> None:
        self.step = 0
        self.further = Ahead()
        self._curve = ClosingCurve()
        self._open: Ints = np.zeros((STEPS, 0), np.int64)  # by steps left; 0: the deadline lies in this step
        self._closed: Ints = np.zeros((STEPS, 0), np.int64)  # in this step
        self._learned = 0  # the last step that the curve was taught

    def start(self, slot: int) -> None:
        """The first slot that is entered."""
        self.step = self._learned = slot // STEP_SLOTS

    def reserve(self, series_count: int) -> None:
        """Room for that many series."""
        if series_count > self._open.shape[1]:
            more = ((0, 0), (0, series_count - self._open.shape[1]))
            self._open, self._closed = np.pad(self._open, more), np.pad(self._closed, more)

    def go_on(self, frontier: int, leads: Leads, whole: int) -> Forecast:
        """Enters the cells before the slot `frontier`; the forecasts at the ends of the steps on the way.

        `whole` is the series that all others are parts of, -1 where there is none yet.
        """
        found = list(self._steps(frontier, leads, whole))
        return Forecast(*(np.concatenate([each[place] for each in found] or [_NONE]) for place in range(4)))

    def enter_late(self, slot: int, leads: Leads) -> None:
        """Cells by their quarter's first slot, two hours after its end; what they close teaches nothing."""
        deadline = slot // STEP_SLOTS + (leads.place >> 1)
        value = np.where(leads.place & 1, leads.value, -leads.value)
        ahead = deadline >= self.step
        self._add(deadline[ahead] - self.step, leads.series[ahead], value[ahead])

    def _steps(self, frontier: int, leads: Leads, whole: int) -> Iterator[Forecast]:
        last, begin = frontier // STEP_SLOTS, 0
        while self.step < last:
            if not self._open.any() and not self._closed.any():
                self._skip(last, int(leads.slot[begin]) // STEP_SLOTS if begin < leads.slot.size else last)
                if self.step == last:
                    break
            end = int(np.searchsorted(leads.slot, (self.step + 1) * STEP_SLOTS))
            self._enter(leads.chosen(slice(begin, end)))
            begin = end
            yield self._end_step(whole)
        self._enter(leads.chosen(slice(begin, None)))

    def _skip(self, last: int, busy: int) -> None:
        """Passes over the steps in which there is nothing, however many they are."""
        first = self.further.first_slot()
        near = last if first is None else first - STEPS  # at its end there is something to forecast
        self.step = max(self.step, min(last, busy, near))

    def _enter(self, leads: Leads) -> None:
        lead = leads.place >> 1
        opens = leads.place & 1 == Component.DENOMINATOR
        self._add(lead, leads.series, np.where(opens, leads.value, -leads.value))
        closes = ~opens & (lead < STEPS)
        np.add.at(self._closed, (lead[closes], leads.series[closes]), leads.value[closes])

    def _add(self, lead: Ints, series: Ints, value: Ints) -> None:
        near = lead < STEPS
        np.add.at(self._open, (lead[near], series[near]), value[near])
        self.further.add(self.step + lead[~near], series[~near], value[~near])

    def _end_step(self, whole: int) -> Forecast:
        """Teaches the curve what was closed in the step, and forecasts what comes after it."""
        at_risk = self._open + self._closed
        if at_risk.any():
            passed = self.step - self._learned
            self._curve.learn(self.step, at_risk.astype(float), self._closed.astype(float), whole, max(passed, 1))
            self._learned = self.step
        self._open[:-1], self._open[-1] = self._open[1:], 0
        self._closed[:] = 0
        self.step += 1
        self._fetch()
        return self._forecast(whole)

    def _fetch(self) -> None:
        """Takes in the deadlines that have come within two hours."""
        due = self.further.take(self.step + STEPS)
        np.add.at(self._open, (due.slot - self.step, due.key), due.value)

    def _forecast(self, whole: int) -> Forecast:
        cases = np.maximum(self._open, 0)
        series = np.flatnonzero(cases.any(axis=0))
        if not series.size or not self._curve.knows(whole):
            return Forecast(_NONE, _NONE, _NONE, _NONE)
        found = self._curve.misses(self.step, cases.astype(float), whole)
        missed, usual = (np.rint(column[series]).astype(np.int64) for column in found)
        value = np.concatenate([missed, cases.sum(axis=0)[series], usual])
        component = np.repeat([Component.NUMERATOR, Component.DENOMINATOR, Component.EXPOSURE], series.size)
        told = np.flatnonzero(value)
        slot = np.full(told.size, self.step * STEP_SLOTS - 1, np.int64)
        return Forecast(slot, component[told], np.tile(series, 3)[told], value[told])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays, but for what lies further ahead."""
        return {
            "open": self._open,
            "closed": self._closed,
            "curve": np.frombuffer(self._curve.to_bytes(), np.uint8),
            "steps": np.array([self.step, self._learned], np.int64),
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self._open, self._closed = arrays["open"], arrays["closed"]
        self._curve = ClosingCurve.from_bytes(arrays["curve"].tobytes())
        self.step, self._learned = arrays["steps"].tolist()
