"""Which events of a batch count, by what happened before in their cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.cases.marks import ranks_within
from streams.cases.memory import Found
from streams.cases.run import Kept, Run
from streams.catalogue.case_roles import AFTER, of_earlier
from streams.cells.case_record import NO_VALUE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.cases.marks import Marks
    from streams.cases.memory import Memory
    from streams.catalogue.case_roles import CaseLink, Comparison

    Ints = NDArray[np.int64]
    Places = tuple[Ints, Ints]
    Rows = NDArray[np.bool_]

_SPENT = Kept(spent=True)


class Batch(NamedTuple):
    """Marks of one role that are decided together, sorted by case, time and scope.

    Attributes:
        marks: of a slot, or of a quarter of an hour where they are late.
        late: whether marks after them may have been decided.

    """

    marks: Marks
    late: bool


class Here:
    """The earlier events of the same slot or quarter, which are not remembered yet.

    Args:
        marks: sorted by case, time and scope.

    Attributes:
        used: which of them were used up.

    """

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.used: Rows = np.zeros(marks.case.size, bool)
        self._start_ms = int(marks.time.min()) if marks.case.size else 0
        self._run = Run.of(marks, self._start_ms, _SPENT)

    def places(self, case: Ints, oldest: Ints, newest: Ints, *, first: bool) -> Places:
        """For which of the cases there is one, and where the last or the first one lies."""
        search = self._run.first if first else self._run.last
        return search(case, oldest, newest, self._start_ms)

    def count(self, case: Ints, oldest: Ints, newest: Ints) -> Places:
        """For which of the cases there are any, and how many."""
        return self._run.count(case, oldest, newest, self._start_ms)

    def use_up(self, places: Ints) -> None:
        """They are not found again."""
        self._run.use_up(places)
        self.used[places] = True

    def left(self) -> Marks:
        """Those that are to be remembered."""
        return self.marks.chosen(~self.used) if self.used.any() else self.marks


class Answer(NamedTuple):
    """What is known of each event of a batch, by columns.

    Attributes:
        counts: whether it counts.
        found: whether there was an earlier event.
        time, scope, value: of that.
        number: how many earlier ones there were, where that was asked.

    """

    counts: Rows
    found: Rows
    time: Ints
    scope: Ints
    value: Ints
    number: Ints

    def base(self, at: str, own: Ints) -> Ints:
        """What `at` of the term means: the event's own time, the earlier one's, or a time that this carried."""
        return self.value if of_earlier(at) else self.time if at == AFTER else own


class LookUp:
    """Answers for one link.

    An earlier event of the same millisecond came before, unless both may be the same event. Of events of one role that
    come after each other, the one whose scope comes first by name is the first.

    Args:
        link: the term.

    """

    def __init__(self, link: CaseLink) -> None:
        term = link.term
        self.link = link
        self._after = term.after
        self._nth = term.nth
        self._reach_ms = (term.reach_s if term.after is None else term.after.reach_s) * 1000
        self._nth_reach_ms = term.reach_s * 1000
        self._same = link.earlier is not None and link.earlier.same_events(link.later)
        shared = link.earlier is not None and link.earlier.events & link.later.events
        self._strictly_ms = 1 if shared and not self._same else 0

    def answer(self, batch: Batch, here: Here, memory: Memory | None, own: Memory | None) -> Answer:
        """What becomes of a batch of the later events.

        Args:
            batch: of the later role.
            here: of the earlier role, of the same slot or quarter.
            memory: of the earlier role; None where nothing is looked for.
            own: of the later role, where its events are numbered.

        """
        later = batch.marks
        size = later.case.size
        found, number = Found.nothing(size), np.zeros(size, np.int64)
        counts = np.ones(size, bool)
        if self._after is not None and memory is not None:
            found = self._found(batch, here, memory)
            if self.link.earlier is not None and not self.link.earlier.value:
                found = found._replace(value=found.time)  # it carries nothing but its own time
            counts = found.known.copy() if not self._after.missing else ~found.known
            if self.link.term.value:
                oldest = later.time - self._reach_ms
                number = memory.count(later.case, oldest, later.time)
                rows, there = here.count(later.case, oldest, later.time)
                number[rows] += there
        if self._nth and own is not None:
            counts &= self._places(later, own) == self._nth - 1
        for comparison in self.link.comparisons:
            counts &= _compared(comparison, later, found)
        answer = Answer(counts, found.known, found.time, found.scope, found.value, number)
        counts &= self._in_time(later.time, answer)
        return answer

    def _places(self, later: Marks, own: Memory) -> Ints:
        """How many events of its case were before each one, within reach."""
        before = own.count(later.case, later.time - self._nth_reach_ms, later.time)
        places: Ints = before + _within(later, _rank(later.case), self._nth_reach_ms)
        return places

    def _in_time(self, time: Ints, answer: Answer) -> Rows:
        term = self.link.term
        counts_for = answer.base(term.at, time) + term.plus_s * 1000
        fine = counts_for > 0  # the earlier event may not carry the time
        if term.no_later is not None:
            fine &= (time <= counts_for) == term.no_later
        if term.within_s is not None:
            fine &= time - counts_for <= term.within_s * 1000
        return fine

    def _found(self, batch: Batch, here: Here, memory: Memory) -> Found:
        after, later = self._after, batch.marks
        first, once = after is not None and after.take == "first", after is not None and after.once
        if self._same:
            return self._repeated(batch, memory, first=first)
        oldest, newest = later.time - self._reach_ms, later.time - self._strictly_ms
        if not once:
            return _either(later.case, oldest, newest, here, memory, first=first)
        # Of a case each takes what those before it have left.
        found = Found.nothing(later.case.size)
        rank = _rank(later.case)
        for turn in range(int(rank.max(initial=-1)) + 1):
            rows = np.flatnonzero(rank == turn)
            taken = _either(later.case[rows], oldest[rows], newest[rows], here, memory, first=first)
            inside = taken.known & (taken.block < 0)
            here.use_up(taken.place[inside])
            memory.use_up(taken, taken.known & ~inside)
            for column, values in zip(found, taken, strict=True):
                column[rows] = values
        return found

    def _repeated(self, batch: Batch, memory: Memory, *, first: bool) -> Found:
        """Events that come after another one of their own role."""
        later = batch.marks
        case, time, reach = later.case, later.time, self._reach_ms
        found = (memory.first if first else memory.last)(case, time - reach, time)
        place, rank = np.arange(case.size), _rank(case)
        inside = rank > 0
        if first:
            before = place - _within(later, rank, reach)
            inside &= (before < place) & ~found.known
        else:
            before = place - 1
            inside &= time[before] >= time - reach
        found.known[inside] = True
        for column, values in ((found.time, time), (found.scope, later.scope), (found.value, later.value)):
            column[inside] = values[before[inside]]
        if batch.late:  # the one that came after it was taken for the first
            found.known[:] |= memory.first(case, time, time + reach).known
        return found


def _within(marks: Marks, rank: Ints, reach: int) -> Ints:
    """int64[n]: how many marks of the case lie before each one in a sorted batch, no longer ago than the reach."""
    number = rank.copy()
    place = np.arange(rank.size)
    while (far := (number > 0) & (marks.time[place - number] < marks.time - reach)).any():
        number[far] -= 1
    return number


def _rank(case: Ints) -> Ints:
    """int64[n]: of sorted cases, the how manieth of its case each row is."""
    return ranks_within(np.concatenate(([True], case[1:] != case[:-1])))  # a batch is never empty


def _either(case: Ints, oldest: Ints, newest: Ints, here: Here, memory: Memory, *, first: bool) -> Found:
    """Of what is remembered and what came in the same batch; `block` is -1 for the latter."""
    found = memory.first(case, oldest, newest) if first else memory.last(case, oldest, newest)
    if not here.marks.case.size:
        return found
    rows, place = here.places(case, oldest, newest, first=first)
    time = here.marks.time[place]
    better = ~found.known[rows] | ((time < found.time[rows]) if first else (time >= found.time[rows]))
    rows, place = rows[better], place[better]
    found.known[rows] = True
    for column, values in zip((found.time, found.scope, found.value), here.marks[1:], strict=True):
        column[rows] = values[place]
    found.block[rows], found.place[rows] = -1, place
    return found


def _compared(comparison: Comparison, later: Marks, found: Found) -> Rows:
    condition = comparison.condition
    told = found.known & (later.value != NO_VALUE) & (found.value != NO_VALUE)
    seconds = np.where(told, (later.value - found.value) / 1000, 0.0)
    if not comparison.since_earlier:
        seconds = -seconds
    fine = np.ones(told.size, bool)
    if condition.above is not None:
        fine &= told & (seconds > condition.above)
    if condition.at_most is not None:
        fine &= told & (seconds <= condition.at_most)
    if condition.present is not None:
        fine &= told == condition.present
    return fine
