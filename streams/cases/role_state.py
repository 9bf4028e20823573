"""The marks of one role that are not decided yet."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from streams.cases.marks import Marks, WaitingMarks, ranks_within
from streams.cases.scope_names import ScopeNames
from streams.cells.record import SLOT_MS
from streams.merge.quarters import CLOSING_SLOTS
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.case_roles import Role
    from streams.cells.case_record import RoleMarks

QUARTER_MS = QUARTER_SLOTS * SLOT_MS
CLOSING_MS = CLOSING_SLOTS * SLOT_MS
_MOST_IN_SLOT = 16
_AT_ONCE = 8_192


class RoleState:
    """Marks as records bring them, those that wait for their slot or quarter, and the names of their scopes.

    Records bring a few marks each: they become columns together, when something is to be decided or is asked.

    Attributes:
        waiting, late: what waits; `settle` first.

    """

    def __init__(self, role: Role) -> None:
        self.role = role
        self.names = ScopeNames()
        self.waiting = WaitingMarks(SLOT_MS)
        self.late = WaitingMarks(QUARTER_MS)
        self._brought: list[RoleMarks] = []
        self._rows = 0

    def bring(self, marks: RoleMarks) -> bool:
        """Takes what a record holds; returns whether it is time to `settle`."""
        self._brought.append(marks)
        self._rows += len(marks.case)
        return self._rows >= _AT_ONCE

    def settle(self, frontier_ms: int) -> int:
        """Lets wait what was brought since the last time, while the frontier was this one.

        Returns how many are too late: their quarter was closed.
        """
        brought, rows = self._brought, self._rows
        if not rows:
            return 0
        self._brought, self._rows = [], 0
        scopes = [(self.names.numbers(one.scopes), one.scope) for one in brought]
        marks = Marks(
            _column((one.case for one in brought), rows),
            _column((one.time for one in brought), rows),
            _column(([numbers[number] for number in scope] for numbers, scope in scopes), rows),
            _column((one.value or one.time for one in brought), rows),
        )
        late = (_column((one.late for one in brought), rows) != 0) | (marks.time < frontier_ms)
        if not late.any():
            self.waiting.add(marks)
            return 0
        closed = (marks.time // QUARTER_MS + 1) * QUARTER_MS + CLOSING_MS <= frontier_ms
        self.waiting.add(marks.chosen(~late))
        self.late.add(marks.chosen(late & ~closed))
        return int(np.count_nonzero(late & closed))

    def sorted(self, marks: Marks) -> Marks:
        """By case, time, the name of the scope, and what they carry: not by the order in which they came.

        Of a case the first `_MOST_IN_SLOT` in a slot are left: an account for tests may have thousands.
        """
        if marks.case.size < 2:
            return marks
        order = marks.case.argsort()
        case = marks.case[order]
        if (case[1:] != case[:-1]).all():  # nearly always in a small slot, and nothing else tells them apart then
            return marks.chosen(order)
        marks = marks.chosen(np.lexsort((marks.value, self.names.ranks(marks.scope), marks.time, marks.case)))
        slot = marks.time // SLOT_MS
        begins = np.concatenate(([True], (marks.case[1:] != marks.case[:-1]) | (slot[1:] != slot[:-1])))
        return marks.chosen(ranks_within(begins) < _MOST_IN_SLOT)


def _column(parts: Iterable[Sequence[int]], rows: int) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(parts), np.int64, rows)
