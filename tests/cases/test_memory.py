"""What a memory of marks finds is what a list of all marks holds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cases.marks import Marks
from streams.cases.memory import HOUR_MS, Memory
from streams.cases.run import Kept

SLOT_MS = 10_000
START_MS = 1_800_000_000_000 // (24 * HOUR_MS) * 24 * HOUR_MS
KEPT_MS = 5 * 24 * HOUR_MS


class Mark(NamedTuple):
    case: int
    time: int
    scope: int
    value: int


def columns_of(marks: list[Mark]) -> Marks:
    """Sorted as they are added."""
    columns = zip(*sorted(marks), strict=True) if marks else ((), (), (), ())
    return Marks(*(np.array(column, np.int64) for column in columns))


def ints(values: list[int]) -> Any:
    return np.array(values, np.int64)


at_times = st.one_of(
    st.integers(0, 40).map(lambda step: START_MS + step * 3_000),
    st.integers(0, 100).map(lambda step: START_MS + step * HOUR_MS + step % 7 * 1_000),
)
mark_lists = st.lists(
    st.builds(Mark, st.integers(1, 4), at_times, st.integers(0, 3), st.integers(0, 9)),
    max_size=30,
    unique_by=lambda m: m[:2],
)
asked = st.lists(st.tuples(st.integers(1, 5), at_times, st.integers(0, 60 * HOUR_MS)), min_size=1, max_size=8)
EVERY = Kept(every=True, valued=True)


def memory_of(marks: list[Mark], kept: Kept, cuts: list[int], go_on: bool) -> Memory:
    """In parts, each of which is added at once; hours join to days where time goes on."""
    memory = Memory(kept)
    ordered = sorted(marks, key=lambda mark: mark.time)
    for begin, end in zip([0, *cuts], [*cuts, len(ordered)], strict=True):
        memory.add(columns_of(ordered[begin:end]), SLOT_MS)
        if go_on and ordered[begin:end]:
            memory.go_on(ordered[end - 1].time, KEPT_MS)
    return memory


def cuts_of(data: st.DataObject, marks: list[Mark]) -> list[int]:
    return sorted(data.draw(st.lists(st.integers(0, len(marks)), max_size=5)))


@settings(max_examples=200, deadline=None)
@given(marks=mark_lists, questions=asked, data=st.data(), go_on=st.booleans())
def test_the_last_and_the_first_mark_and_their_number_are_those_of_a_list(
    marks: list[Mark], questions: list[tuple[int, int, int]], data: st.DataObject, go_on: bool
) -> None:
    memory = memory_of(marks, EVERY, cuts_of(data, marks), go_on)
    questions = sorted(questions)
    case, newest, reach = (ints([question[place] for question in questions]) for place in range(3))

    last, first = memory.last(case, newest - reach, newest), memory.first(case, newest - reach, newest)
    number = memory.count(case, newest - reach, newest)

    for row, (of, until, back) in enumerate(questions):
        near = sorted(mark[1:] for mark in marks if mark.case == of and until - back <= mark.time <= until)
        assert number[row] == len(near)
        assert last.known[row] == first.known[row] == bool(near)
        if near:
            assert (last.time[row], last.scope[row], last.value[row]) == near[-1]
            assert (first.time[row], first.scope[row], first.value[row]) == near[0]
    assert len(memory) == len(marks)


@settings(max_examples=100, deadline=None)
@given(marks=mark_lists, data=st.data(), go_on=st.booleans(), asks=st.lists(st.integers(1, 4), max_size=6))
def test_a_mark_that_was_used_up_is_not_found_again_and_still_counts(
    marks: list[Mark], data: st.DataObject, go_on: bool, asks: list[int]
) -> None:
    memory = memory_of(marks, Kept(every=True, spent=True), cuts_of(data, marks), go_on)
    left = sorted(marks, key=lambda mark: mark.time)
    far = START_MS + 1_000 * HOUR_MS
    for case in asks:
        found = memory.last(ints([case]), ints([0]), ints([far]))
        memory.use_up(found, found.known)
        of_case = [mark for mark in left if mark.case == case]
        assert found.known[0] == bool(of_case)
        if of_case:
            assert found.time[0] == of_case[-1].time
            left.remove(of_case[-1])
    cases = ints([1, 2, 3, 4])
    count = memory.count(cases, ints([0] * 4), ints([far] * 4))
    assert count.tolist() == [sum(mark.case == case for mark in marks) for case in (1, 2, 3, 4)]


def test_of_a_case_one_mark_is_kept_for_each_slot_where_no_more_are_asked_for() -> None:
    marks = [Mark(7, START_MS + at, at, 0) for at in (0, 9_999, 10_000, 25_000)]
    plain, every = Memory(Kept()), Memory(Kept(every=True))
    for memory in (plain, every):
        memory.add(columns_of(marks), SLOT_MS)

    assert (len(plain), len(every)) == (3, 4)
    found = plain.last(ints([7]), ints([START_MS]), ints([START_MS + 9_999]))
    assert found.time.tolist() == [START_MS + 9_999]


def test_marks_go_when_nobody_can_ask_for_them_any_more() -> None:
    memory = Memory(Kept())
    for hour in range(30):
        memory.add(columns_of([Mark(1, START_MS + hour * HOUR_MS, 0, 0)]), SLOT_MS)
    memory.go_on(START_MS + 30 * HOUR_MS, 10 * HOUR_MS)

    assert (len(memory), memory.since_ms) == (10, START_MS + 20 * HOUR_MS)
    assert memory.forgotten == 0


def test_the_hours_of_a_day_that_is_over_become_one_block() -> None:
    memory = Memory(Kept())
    for hour in range(49):
        memory.add(columns_of([Mark(hour % 5 + 1, START_MS + hour * HOUR_MS + 7, 0, 0)]), SLOT_MS)
        memory.go_on(START_MS + hour * HOUR_MS + 8, KEPT_MS)

    assert sorted(block.hours for block in memory.blocks.values()) == [1] * 25 + [24]
    late = [Mark(9, START_MS + HOUR_MS, 0, 0)]
    memory.add(columns_of(late), SLOT_MS)
    assert memory.last(ints([9]), ints([START_MS]), ints([START_MS + HOUR_MS])).known.all()
    assert len(memory.blocks) == 26


def test_beyond_its_limit_a_memory_forgets_its_oldest_hours_and_counts_them() -> None:
    memory = Memory(Kept(), limit=5)
    for hour in range(3):
        marks = [Mark(case, START_MS + hour * HOUR_MS + case, 0, 0) for case in (1, 2, 3)]
        memory.add(columns_of(marks), SLOT_MS)
        memory.go_on(START_MS + hour * HOUR_MS + 10, KEPT_MS)

    assert (len(memory), memory.forgotten, memory.since_ms) == (3, 6, START_MS + 2 * HOUR_MS)
    assert not memory.last(ints([1]), ints([0]), ints([START_MS + HOUR_MS])).known.any()
    assert memory.last(ints([1]), ints([0]), ints([START_MS + 3 * HOUR_MS])).known.all()
