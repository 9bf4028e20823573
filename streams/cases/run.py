"""Marks sorted by case and time: what is searched."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from streams.cases.marks import Marks

    Ints = NDArray[np.int64]
    Places = tuple[Ints, Ints]

COLUMNS = ("case", "time", "scope", "value", "used")
LARGEST_CASE = 1 << 62
_FEW_SCOPES = 1 << 16
_AT_ONCE = 1 << 17  # marks that are joined within 20 ms


class Kept(NamedTuple):
    """What a memory keeps of marks.

    Attributes:
        every: all marks; else of a case in a slot the last one, which is nearer than those before it.
        valued: the times that they carry.
        spent: whether a mark was used up.

    """

    every: bool = False
    valued: bool = False
    spent: bool = False


class Run:
    """Columns of one length, sorted by case, then time.

    Attributes:
        case: int64, the hash.
        time: int32, ms since the beginning of the block.
        scope: uint16 where it is told by that, else int32.
        value: int64; None: they carry none.
        used: bool; None: they are never used up.

    """

    def __init__(
        self,
        case: NDArray[np.int64],
        time: NDArray[np.int32],
        scope: NDArray[np.uint16] | NDArray[np.int32],
        value: NDArray[np.int64] | None,
        used: NDArray[np.bool_] | None,
    ) -> None:
        self.case = case
        self.time = time
        self.scope = scope
        self.value = value
        self.used = used

    @classmethod
    def of(cls, marks: Marks, start_ms: int, kept: Kept, used: NDArray[np.bool_] | None = None) -> Run:
        """Of marks that are sorted, in a block that begins at `start_ms`; `used`: those that are used up already."""
        spent = np.zeros(marks.case.size, bool) if used is None else used
        return cls(
            marks.case,
            (marks.time - start_ms).astype(np.int32),
            marks.scope.astype(np.uint16) if marks.scope.max(initial=0) < _FEW_SCOPES else marks.scope.astype(np.int32),
            marks.value if kept.valued else None,
            spent if kept.spent else None,
        )

    @classmethod
    def joined(cls, runs: Sequence[Run]) -> Run:
        """Of the same kind and block."""
        if len(runs) == 1:
            return runs[0]
        case = np.concatenate([run.case for run in runs])
        time = np.concatenate([run.time for run in runs])
        if all(one.time.max() <= other.time.min() for one, other in pairwise(runs)):
            order = np.argsort(case, kind="stable")  # merges what is sorted already
        else:
            order = np.lexsort((time, case))

        def column(name: str) -> NDArray[np.int64] | None:
            parts = [getattr(run, name) for run in runs]
            return None if parts[0] is None else np.concatenate(parts)[order]

        return cls(case[order], time[order], column("scope"), column("value"), column("used"))  # type: ignore[arg-type] # each keeps its kind

    @classmethod
    def joining(cls, runs: Sequence[Run]) -> Generator[None, None, Run]:
        """`joined`, some hashes at a time: what is sorted stays in the processor's cache, and others may go on."""
        size = sum(run.size for run in runs)
        if size <= _AT_ONCE:
            return cls.joined(runs)
        kinds = zip(*(run.columns() for run in runs), strict=True)
        columns = [None if one[0] is None else np.empty(size, np.result_type(*one)) for one in kinds]
        bounds = np.linspace(0, LARGEST_CASE, size // _AT_ONCE + 2)[1:-1].astype(np.int64)
        cuts = [[0, *run.case.searchsorted(bounds).tolist(), run.size] for run in runs]
        done = 0
        for part in range(bounds.size + 1):
            here = [run.part(cut[part], cut[part + 1]) for run, cut in zip(runs, cuts, strict=True)]
            if not (filled := [run for run in here if run.size]):
                continue
            joined = cls.joined(filled)
            for column, values in zip(columns, joined.columns(), strict=True):
                if column is not None:
                    column[done : done + joined.size] = values
            done += joined.size
            yield
        return cls(*columns)  # type: ignore[arg-type] # each keeps its kind

    def columns(self) -> tuple[NDArray[Any] | None, ...]:
        """In the order of `COLUMNS`."""
        return self.case, self.time, self.scope, self.value, self.used

    def part(self, begin: int, end: int) -> Run:
        """Some rows."""
        return Run(*(None if column is None else column[begin:end] for column in self.columns()))  # type: ignore[arg-type] # as above

    @property
    def size(self) -> int:
        """How many marks."""
        return self.case.size

    def moved(self, by_ms: int) -> Run:
        """In a block that begins so much earlier."""
        return Run(self.case, self.time + np.int32(by_ms), self.scope, self.value, self.used)

    def last(self, case: Ints, oldest: Ints, newest: Ints, start_ms: int) -> Places:
        """The last mark of each case whose time is in [oldest, newest]: for which of the cases, and where it lies.

        The block begins at `start_ms`.
        """
        rows, _ = self._hits(case)
        if not rows.size:
            return rows, rows
        at = self.case.searchsorted(case[rows], "right") - 1
        asked, oldest, newest = case[rows], oldest[rows] - start_ms, newest[rows] - start_ms
        while (past := (at >= 0) & self._not_these(at, asked, self.time[at] > newest)).any():
            at[past] -= 1
        there = (at >= 0) & (self.case[at] == asked) & (self.time[at] >= oldest)
        return rows[there], at[there]

    def first(self, case: Ints, oldest: Ints, newest: Ints, start_ms: int) -> Places:
        """The same, the first."""
        rows, at = self._hits(case)
        if not rows.size:
            return rows, rows
        asked, oldest, newest = case[rows], oldest[rows] - start_ms, newest[rows] - start_ms
        at -= self.size  # counted from the end, so that 0 is beyond it, and still an index
        while (before := (at < 0) & self._not_these(at, asked, self.time[at] < oldest)).any():
            at[before] += 1
        there = (at < 0) & (self.case[at] == asked) & (self.time[at] <= newest)
        return rows[there], at[there] + self.size

    def count(self, case: Ints, oldest: Ints, newest: Ints, start_ms: int) -> Places:
        """Events of each case with a time in [oldest, newest], used up or not: for which of the cases, and how many."""
        rows, begin = self._hits(case)
        if not rows.size:
            return rows, rows
        end = self.case.searchsorted(case[rows], "right")
        # Where a case has several marks, times are searched by bisection: all of one case lie in order.
        left = self._bisected(begin, end, oldest[rows] - start_ms, after=False)
        right = np.maximum(self._bisected(begin, end, newest[rows] - start_ms, after=True), left)
        return rows, right - left

    def _hits(self, case: Ints) -> Places:
        """Which of the cases are there, and where each begins. Most are not: everything else is for these alone."""
        at = self.case.searchsorted(case)
        at[at == self.size] = 0
        rows = (self.case[at] == case).nonzero()[0] if self.size else at[:0]
        return rows, at[rows]

    def _not_these(self, at: Ints, case: Ints, beyond: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Marks of these cases that are out of reach or used up."""
        if self.used is not None:
            beyond = beyond | self.used[at]
        not_these: NDArray[np.bool_] = beyond & (self.case[at] == case)
        return not_these

    def _bisected(self, low: Ints, high: Ints, time: Ints, *, after: bool) -> Ints:
        low, high = low.copy(), high.copy()
        while (open_ := low < high).any():
            middle = (low + high) // 2
            here = self.time[np.minimum(middle, self.size - 1)]
            below = open_ & ((here <= time) if after else (here < time))
            low[below] = middle[below] + 1
            high[open_ & ~below] = middle[open_ & ~below]
        return low

    def use_up(self, places: Ints) -> None:
        """Marks that are not found again."""
        if self.used is not None:
            self.used[places] = True
