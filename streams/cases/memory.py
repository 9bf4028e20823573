"""The marks of one role that may still be asked for: sorted columns by time, so that what is over rarely changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.cases.block import HOUR_MS, Block
from streams.cases.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.cases.marks import Marks
    from streams.cases.run import Kept

    Ints = NDArray[np.int64]

_DAY_HOURS = 24
_SMALL = 1 << 18  # marks that move within 30 ms
_MOST_HOURS = 512  # whose ms an int32 holds
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


class Memory:
    """Remembers marks. 14 bytes each where scopes are few, else 16, and 1 to 9 more where values or use are kept.

    Few blocks are searched, however long it reaches: neighbours that are over and small become one as long as it spans
    no more than a quarter of that, and each day that is over is one block at last, whatever its size.

    Args:
        kept: what is remembered of each.
        limit: marks held at most; beyond, the oldest block is forgotten and counted in `forgotten`.

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
                rows, number = run.count(case, oldest, newest, start_ms)
                total[rows] += number
        return total

    def use_up(self, found: Found, rows: NDArray[np.bool_]) -> None:
        """The marks of these rows are not found again."""
        for block, number in set(zip(found.block[rows].tolist(), found.run[rows].tolist(), strict=True)):
            here = rows & (found.block == block) & (found.run == number)
            self.blocks[block].runs[number].use_up(found.place[here])
            self.blocks[block].changed = True

    def go_on(self, now_ms: int, kept_ms: int) -> Iterator[None]:
        """Lets go of what ended `kept_ms` ago, keeps to the limit, and tidies up what is over.

        In pieces of a few ms, to be taken to their end: to join a large day takes a second.
        """
        if now_ms >= self._due_ms:
            yield from self._tidy(now_ms, kept_ms)
        while self._held > self.limit:
            oldest = self.blocks.pop(min(self.blocks))
            self.forgotten += len(oldest)
            self._held -= len(oldest)

    def _tidy(self, now_ms: int, kept_ms: int) -> Iterator[None]:
        for first in sorted(self.blocks):
            if self._end_ms(first) <= now_ms - kept_ms:
                self._held -= len(self.blocks.pop(first))
        yield from self._join_days(now_ms)
        yield from self._join_small(now_ms, kept_ms // HOUR_MS // 4)
        next_hour = (now_ms // HOUR_MS + 1) * HOUR_MS
        self._due_ms = min((self._end_ms(first) + kept_ms for first in self.blocks), default=next_hour)
        self._due_ms = min(self._due_ms, next_hour)

    def _join_days(self, now_ms: int) -> Iterator[None]:
        """What lies within a day before yesterday."""
        today = now_ms // (HOUR_MS * _DAY_HOURS)
        days: dict[int, list[int]] = {}
        for first in sorted(self.blocks):
            last = first + self.blocks[first].hours - 1
            if first // _DAY_HOURS == last // _DAY_HOURS < today - 1:
                days.setdefault(first // _DAY_HOURS, []).append(first)
        for blocks in days.values():
            yield from self._join(blocks)

    def _join_small(self, now_ms: int, most_hours: int) -> Iterator[None]:
        """Neighbours of which the newer one is half as large: each mark moves rarely."""
        over: list[int] = []
        for first in sorted(first for first in self.blocks if self._end_ms(first) <= now_ms):
            over.append(first)
            yield from self._join([first])
            while len(over) > 1 and self._are_small(over[-2], over[-1], min(most_hours, _MOST_HOURS)):
                yield from self._join(over[-2:])
                over.pop()

    def _are_small(self, first: int, second: int, most_hours: int) -> bool:
        one, other = self.blocks[first], self.blocks[second]
        hours, size = second + other.hours - first, len(one) + len(other)
        return hours <= most_hours and size <= _SMALL and len(other) * 2 >= len(one)

    def _join(self, blocks: list[int]) -> Iterator[None]:
        """Neighbours, in order; of one its runs."""
        if sum(len(self.blocks[first].runs) for first in blocks) > 1:
            joined = yield from Block.joining([(first, self.blocks[first]) for first in blocks])
            for first in blocks:
                del self.blocks[first]
            self.blocks[blocks[0]] = joined

    def _end_ms(self, first: int) -> int:
        return (first + self.blocks[first].hours) * HOUR_MS

    def _home(self, hour: int) -> int:
        """The block that holds an hour."""
        if hour in self.blocks:
            return hour
        holding = (first for first, block in self.blocks.items() if first < hour < first + block.hours)
        return next(holding, hour)

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
            start_ms, hits = block * HOUR_MS, 0
            for number, run in enumerate(self.blocks[block].runs):
                rows, place = (run.first if first else run.last)(case, oldest, newest, start_ms)
                hits += rows.size
                if not rows.size:
                    continue
                asked, time = missing[rows], run.time[place] + np.int64(start_ms)
                better = ~best.known[asked] | ((time < best.time[asked]) if first else (time >= best.time[asked]))
                asked, time, place = asked[better], time[better], place[better]
                best.known[asked] = True
                best.time[asked], best.scope[asked] = time, run.scope[place]
                best.value[asked] = 0 if run.value is None else run.value[place]
                best.block[asked], best.run[asked], best.place[asked] = block, number, place
            if hits:
                left = ~best.known[missing]
                missing, case, oldest, newest = missing[left], case[left], oldest[left], newest[left]
                if not missing.size:
                    break
        return best
