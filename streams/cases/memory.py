"""The marks of one role that may still be asked for: sorted columns by hour, so that what is over rarely changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.cases.run import Kept, Run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.cases.marks import Marks

    Ints = NDArray[np.int64]

HOUR_MS = 3_600_000
_DAY_HOURS = 24
_NEVER = -(1 << 62)


class Found(NamedTuple):
    """Marks that were found, by columns; `known` says for which rows there is one.

    Attributes:
        time, scope, value: int64[n], of the mark.
        block, run, place: where it lies, for `Memory.use_up`.

    """

    known: NDArray[np.bool_]
    time: Ints
    scope: Ints
    value: Ints
    block: Ints
    run: Ints
    place: Ints

    @classmethod
    def nothing(cls, size: int) -> Found:
        """For so many rows."""
        columns = [np.zeros(size, np.int64) for _ in range(6)]
        return cls(np.zeros(size, bool), *columns)


class Block:
    """The marks of an hour, or of a day that is over: runs, each sorted by case and time.

    A run joins the one before it once it is half as long: few are searched, and each mark moves rarely.

    Attributes:
        hours: how many hours it holds.
        runs: see `Run`.
        changed: since the last snapshot.

    """

    def __init__(self, hours: int = 1) -> None:
        self.hours = hours
        self.runs: list[Run] = []
        self.changed = True

    def __len__(self) -> int:
        return sum(run.size for run in self.runs)

    def add(self, run: Run) -> None:
        """One more run."""
        self.changed = True
        self.runs.append(run)
        while len(self.runs) > 1 and self.runs[-1].size * 2 >= self.runs[-2].size:
            self.runs[-2:] = [Run.joined(self.runs[-2:])]

    def whole(self) -> Run:
        """Everything as one run."""
        if len(self.runs) > 1:
            self.runs = [Run.joined(self.runs)]
        return self.runs[0]


class Memory:
    """Remembers marks for `reach_ms`. 16 bytes each, and 1 to 9 more where values or use are kept.

    Args:
        kept: what is remembered of each.
        limit: marks held at most; beyond, the oldest hour is forgotten and counted in `forgotten`.

    Attributes:
        blocks: by the first hour since the epoch that they hold.

    """

    def __init__(self, kept: Kept, limit: int = 40_000_000) -> None:
        self.kept = kept
        self.limit = limit
        self.forgotten = 0
        self.blocks: dict[int, Block] = {}
        self._held = 0
        self._due_ms = _NEVER  # when there is something to tidy up

    def __len__(self) -> int:
        return self._held

    @property
    def since_ms(self) -> int | None:
        """How far back it reaches; None while it holds nothing."""
        return min(self.blocks) * HOUR_MS if self.blocks else None

    def add(self, marks: Marks, slot_ms: int, used: NDArray[np.bool_] | None = None) -> None:
        """Marks sorted by case, time and scope. Of a case the last one is kept for each slot, or every one.

        `used`: those that are used up already.
        """
        if not marks.case.size:
            return
        chosen = marks
        if not self.kept.every:  # the last of a slot is always nearer than those before it
            slot = marks.time // slot_ms
            lasts = np.concatenate(((marks.case[1:] != marks.case[:-1]) | (slot[1:] != slot[:-1]), [True]))
            chosen, used = marks.chosen(lasts), None if used is None else used[lasts]
        hours = chosen.time // HOUR_MS
        self._held += chosen.case.size
        for hour in range(int(hours.min()), int(hours.max()) + 1):
            inside = hours == hour
            if not inside.any():
                continue
            first = self._home(hour)
            block = self.blocks.get(first)
            if block is None:
                block = self.blocks[first] = Block()
                self._due_ms = _NEVER
            spent = None if used is None else used[inside]
            block.add(Run.of(chosen.chosen(inside), first * HOUR_MS, self.kept, spent))

    def put(self, first: int, block: Block) -> None:
        """A block as it was saved."""
        self.blocks[first] = block
        self._held += len(block)
        self._due_ms = _NEVER

    def last(self, case: Ints, oldest: Ints, newest: Ints) -> Found:
        """For each case, in ascending order, the last mark whose time lies in [oldest, newest]."""
        return self._best(case, oldest, newest, first=False)

    def first(self, case: Ints, oldest: Ints, newest: Ints) -> Found:
        """The same, the first."""
        return self._best(case, oldest, newest, first=True)

    def count(self, case: Ints, oldest: Ints, newest: Ints) -> Ints:
        """int64[n]: how many events were marked of each case, in ascending order, with a time in [oldest, newest]."""
        total = np.zeros(case.size, np.int64)
        for first in self._asked(oldest, newest):
            start_ms = first * HOUR_MS
            for run in self.blocks[first].runs:
                rows, number = run.count(case, oldest - start_ms, newest - start_ms)
                total[rows] += number
        return total

    def use_up(self, found: Found, rows: NDArray[np.bool_]) -> None:
        """The marks of these rows are not found again."""
        for block, number in set(zip(found.block[rows].tolist(), found.run[rows].tolist(), strict=True)):
            here = rows & (found.block == block) & (found.run == number)
            self.blocks[block].runs[number].use_up(found.place[here])
            self.blocks[block].changed = True

    def go_on(self, now_ms: int, kept_ms: int) -> None:
        """Tidies up what is over, lets go of what ended `kept_ms` ago, and keeps to the limit."""
        if now_ms >= self._due_ms:
            self._tidy(now_ms, kept_ms)
        while self._held > self.limit:
            oldest = self.blocks.pop(min(self.blocks))
            self.forgotten += len(oldest)
            self._held -= len(oldest)

    def _tidy(self, now_ms: int, kept_ms: int) -> None:
        for first in sorted(self.blocks):
            block = self.blocks[first]
            if (first + block.hours) * HOUR_MS <= now_ms - kept_ms:
                self._held -= len(self.blocks.pop(first))
            elif (first + block.hours) * HOUR_MS <= now_ms:
                block.whole()
        yesterday = now_ms // (HOUR_MS * _DAY_HOURS) - 1
        for day in sorted({first // _DAY_HOURS for first, block in self.blocks.items() if block.hours == 1}):
            if day < yesterday:
                self._join_day(day)
        next_hour = (now_ms // HOUR_MS + 1) * HOUR_MS
        ends = ((first + block.hours) * HOUR_MS + kept_ms for first, block in self.blocks.items())
        self._due_ms = min(ends, default=next_hour)
        self._due_ms = min(self._due_ms, next_hour)

    def _join_day(self, day: int) -> None:
        """Hours of a day that is over become one block: few are searched, however long memory reaches."""
        first = day * _DAY_HOURS
        hours = [hour for hour in sorted(self.blocks) if first <= hour < first + _DAY_HOURS]
        parts = [self.blocks.pop(hour) for hour in hours]
        block = Block(_DAY_HOURS)
        moved = [
            run.moved((hour - first) * HOUR_MS) for hour, part in zip(hours, parts, strict=True) for run in part.runs
        ]
        block.runs = [Run.joined(moved)]
        self.blocks[first] = block

    def _home(self, hour: int) -> int:
        """The block that holds an hour: that of its day, where that is one."""
        day = hour // _DAY_HOURS * _DAY_HOURS
        return day if day in self.blocks and self.blocks[day].hours > 1 else hour

    def _asked(self, oldest: Ints, newest: Ints) -> list[int]:
        """The blocks that may hold what is asked for, in order."""
        if not oldest.size:
            return []
        least, most = int(oldest.min()), int(newest.max())
        return sorted(
            first
            for first, block in self.blocks.items()
            if (first + block.hours) * HOUR_MS > least and first * HOUR_MS <= most
        )

    def _best(self, case: Ints, oldest: Ints, newest: Ints, *, first: bool) -> Found:
        best = Found.nothing(case.size)
        missing = np.arange(case.size)  # what a block has need not be looked for in those that are further away
        blocks = self._asked(oldest, newest)
        for block in blocks if first else reversed(blocks):
            start_ms = np.int64(block * HOUR_MS)
            for number, run in enumerate(self.blocks[block].runs):
                search = run.first if first else run.last
                rows, place = search(case, oldest - start_ms, newest - start_ms)
                if not rows.size:
                    continue
                asked, time = missing[rows], run.time[place] + start_ms
                better = ~best.known[asked] | ((time < best.time[asked]) if first else (time >= best.time[asked]))
                asked, time, place = asked[better], time[better], place[better]
                best.known[asked] = True
                best.time[asked], best.scope[asked] = time, run.scope[place]
                best.value[asked] = 0 if run.value is None else run.value[place]
                best.block[asked], best.run[asked], best.place[asked] = block, number, place
            left = ~best.known[missing]
            if not left.all():
                missing, case, oldest, newest = missing[left], case[left], oldest[left], newest[left]
                if not missing.size:
                    break
        return best
