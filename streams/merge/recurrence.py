"""Cases that come again: how many of the events of a slot are repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, finest_set, scope_sets
from streams.cells.record import SLOT_MS
from streams.merge.quarters import CLOSING_SLOTS
from streams.merge.seen_marks import NEVER, SeenMarks
from streams.merge.waiting_marks import Marks, WaitingMarks
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Term
    from streams.merge.ahead import Ints
    from streams.merge.series_table import Scope, SeriesTable


class Repeats(NamedTuple):
    """What is added to the numerator, by columns: a repeat adds to each scope to which its event belongs."""

    slot: Ints
    log_id: Ints
    value: Ints


class Recurrence:
    """Keeps marks until a tick enters their slot, and in memory for as long as their case may come again.

    Of n events of a case in one slot n - 1 are repeats; n, if the case was seen in one of the `again_s` / 10 slots
    before. Which of them is the first matters for the scopes only: the one whose scope comes first in the alphabet. So
    the order in which the source partitions were read changes nothing.

    Late marks are decided when their quarter closes, by what is known then: they are repeats if the case was seen
    within `again_s` on either side, for if it came after them, that one was taken for the first. A late mark between
    two that lie further apart than `again_s` makes one repeat where two would be right.

    Args:
        metric: one with a recurring term.
        term: that term.
        table: of the metric's series.

    """

    def __init__(self, metric: Metric, term: Term, table: SeriesTable) -> None:
        sets = scope_sets(metric)
        self._finest = finest_set(metric)
        self._reach = term.again_s * 1000 // SLOT_MS
        # The late ones of a quarter look back from its begin.
        self._kept_slots = self._reach + QUARTER_SLOTS + CLOSING_SLOTS
        self._table = table
        others = [number for number in component_sets(metric, Component.NUMERATOR) if number != self._finest]
        dimensions = sets[self._finest]
        self._projections = [
            (number, tuple(dimensions.index(name) for name in sets[number]))
            for number in dict.fromkeys([self._finest, *others])
        ]
        self.waiting = WaitingMarks(len(self._projections))
        self.late = WaitingMarks(len(self._projections))
        self.seen = SeenMarks()

    def of_finest(self, scopes: Sequence[Scope]) -> NDArray[np.bool_]:
        """bool[len(scopes)]: the scopes that marks may have."""
        return np.fromiter((number == self._finest for number, _ in scopes), bool, len(scopes))

    def scopes_of(self, scopes: Sequence[Scope], places: Ints) -> NDArray[np.int64]:
        """int64[n, k]: log ids of the scopes at `places`, which are finest ones, and of all coarser ones."""
        used, inverse = np.unique(places, return_inverse=True)
        ids = [self._table.log_ids(self._projected(scopes[place][1])) for place in used.tolist()]
        return np.array(ids, np.int64)[inverse]

    def _projected(self, values: tuple[str, ...]) -> list[Scope]:
        return [(number, tuple(values[at] for at in kept)) for number, kept in self._projections]

    def enter(self, frontier: int) -> Repeats:
        """The repeats in slots below `frontier`, which are final."""
        marks = self.waiting.take(frontier)
        return self._decided(marks, late=False)

    def close(self, frontier: int) -> Repeats:
        """The late repeats of all quarters that close when slots below `frontier` are final; then forgets."""
        marks = self.late.take((frontier - CLOSING_SLOTS) // QUARTER_SLOTS * QUARTER_SLOTS)
        repeats = self._decided(marks, late=True)
        self.seen.go_on(frontier, self._kept_slots)
        return repeats

    def _decided(self, marks: Marks, *, late: bool) -> Repeats:
        if not marks.mark.size:
            return Repeats(marks.mark, marks.mark, marks.mark)
        marks = marks.chosen(np.lexsort((marks.slot, marks.mark)))
        mark, slot = marks.mark, marks.slot
        begins = np.concatenate(([True], (mark[1:] != mark[:-1]) | (slot[1:] != slot[:-1])))
        first = np.flatnonzero(begins)  # of the rows of one case in one slot
        cases, slots = mark[first], slot[first]
        anew = np.concatenate(([True], cases[1:] != cases[:-1]))
        before = np.where(anew, NEVER, np.concatenate(([NEVER], slots[:-1])))
        if late:
            known = self.seen.near(cases, slots, self._reach)
        else:
            known = slots - self.seen.last(cases[anew])[np.cumsum(anew) - 1] <= self._reach
        known |= slots - before <= self._reach
        self.seen.add(cases, slots)
        repeats = marks.events.copy()
        repeats[self._firsts(marks, first, begins)[~known]] -= 1
        again = np.flatnonzero(repeats)
        scopes = marks.scopes[again]
        width = scopes.shape[1]
        return Repeats(np.repeat(slot[again], width), scopes.ravel(), np.repeat(repeats[again], width))

    def _firsts(self, marks: Marks, first: Ints, begins: NDArray[np.bool_]) -> Ints:
        """For each case and slot the row with the first of its events: of different scopes, the least by name."""
        chosen = first.copy()
        group = np.cumsum(begins) - 1
        differs = (marks.scopes != marks.scopes[first][group]).any(axis=1)
        names = self._table.log_scopes
        for number in np.unique(group[differs]).tolist():
            rows = np.flatnonzero(group == number).tolist()
            chosen[number] = min(rows, key=lambda row: [names[log_id] for log_id in marks.scopes[row].tolist()])
        return chosen
