"""Marks sorted by case and time: what is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.cases.marks import Marks

    Ints = NDArray[np.int64]

COLUMNS = ("case", "time", "scope", "counts", "value", "used")


class Kept(NamedTuple):
    """What a memory keeps of marks.

    Attributes:
        first: of the marks of a case in one slot the first instead of the last.
        counted: how many there were.
        valued: the times that they carry.
        spent: whether a mark was used up.

    """

    first: bool = False
    counted: bool = False
    valued: bool = False
    spent: bool = False


class Run:
    """Columns of one length, sorted by case, then time.

    Attributes:
        case: int64, the hash.
        time: int32, ms since the beginning of the block.
        scope: int32.
        counts: int32, events that a mark stands for; None: one each.
        value: int64; None: they carry none.
        used: bool; None: they are never used up.

    """

    def __init__(
        self,
        case: NDArray[np.int64],
        time: NDArray[np.int32],
        scope: NDArray[np.int32],
        counts: NDArray[np.int32] | None,
        value: NDArray[np.int64] | None,
        used: NDArray[np.bool_] | None,
    ) -> None:
        self.case = case
        self.time = time
        self.scope = scope
        self.counts = counts
        self.value = value
        self.used = used

    @classmethod
    def of(cls, marks: Marks, counts: Ints, start_ms: int, kept: Kept) -> Run:
        """Of marks that are sorted, in a block that begins at `start_ms`."""
        order = np.lexsort((marks.time, marks.case))
        case, time, scope, value = (column[order] for column in marks)
        return cls(
            case,
            (time - start_ms).astype(np.int32),
            scope.astype(np.int32),
            counts[order].astype(np.int32) if kept.counted else None,
            value if kept.valued else None,
            np.zeros(case.size, bool) if kept.spent else None,
        )

    @classmethod
    def joined(cls, runs: Sequence[Run]) -> Run:
        """Of the same kind and block."""
        case = np.concatenate([run.case for run in runs])
        time = np.concatenate([run.time for run in runs])
        order = np.lexsort((time, case))

        def column(name: str) -> NDArray[np.int64] | None:
            parts = [getattr(run, name) for run in runs]
            return None if parts[0] is None else np.concatenate(parts)[order]

        return cls(case[order], time[order], column("scope"), column("counts"), column("value"), column("used"))  # type: ignore[arg-type] # each keeps its kind

    @property
    def size(self) -> int:
        """How many marks."""
        return self.case.size

    def moved(self, by_ms: int) -> Run:
        """In a block that begins so much earlier."""
        return Run(self.case, self.time + np.int32(by_ms), self.scope, self.counts, self.value, self.used)

    def last(self, case: Ints, oldest: Ints, newest: Ints) -> Ints:
        """int64[n]: where the last mark of each case lies whose time is in [oldest, newest]; -1 where there is none."""
        at = np.searchsorted(self.case, case, "right") - 1
        while True:
            there = at >= 0
            there[there] = self.case[at[there]] == case[there]
            past = there.copy()
            past[there] = self.time[at[there]] > newest[there]
            if self.used is not None:
                past[there] |= self.used[at[there]]
            if not past.any():
                break
            at[past] -= 1
        there[there] = self.time[at[there]] >= oldest[there]
        return np.where(there, at, -1)

    def first(self, case: Ints, oldest: Ints, newest: Ints) -> Ints:
        """The same, the first."""
        at = np.searchsorted(self.case, case, "left")
        while True:
            there = at < self.size
            there[there] = self.case[at[there]] == case[there]
            before = there.copy()
            before[there] = self.time[at[there]] < oldest[there]
            if self.used is not None:
                before[there] |= self.used[at[there]]
            if not before.any():
                break
            at[before] += 1
        there[there] = self.time[at[there]] <= newest[there]
        return np.where(there, at, -1)

    def count(self, case: Ints, oldest: Ints, newest: Ints) -> Ints:
        """int64[n]: events of each case with a time in [oldest, newest]."""
        begin, end = np.searchsorted(self.case, case, "left"), np.searchsorted(self.case, case, "right")
        some = np.flatnonzero(end > begin)
        total = np.zeros(case.size, np.int64)
        if not some.size:
            return total
        # Where a case has several marks, times are searched by bisection: all of one case lie in order.
        left = self._bisected(begin[some], end[some], oldest[some], after=False)
        right = self._bisected(begin[some], end[some], newest[some], after=True)
        if self.counts is None:
            total[some] = np.maximum(right - left, 0)
        else:
            sums = np.concatenate(([0], np.cumsum(self.counts, dtype=np.int64)))
            total[some] = np.maximum(sums[right] - sums[left], 0)
        return total

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
