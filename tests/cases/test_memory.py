"""What a memory of marks finds is what a list of all marks holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cases.block import HOUR_MS
from streams.cases.marks import Marks
from streams.cases.memory import Memory
from streams.cases.run import LARGEST_CASE, Kept, Run

if TYPE_CHECKING:
    from collections.abc import Generator

    import pytest

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
kept_times = st.sampled_from([None, KEPT_MS, 100 * KEPT_MS])
EVERY = Kept(every=True, valued=True)


def go_on(memory: Memory, now_ms: int, kept_ms: int) -> None:
    """All pieces of it."""
    for _ in memory.go_on(now_ms, kept_ms):
        pass


def taken(joining: Generator[None, None, Run]) -> tuple[int, Run]:
    """How many pieces it took, and what came of it."""
    pieces = 0
    while True:
        try:
            next(joining)
        except StopIteration as end:
            return pieces, end.value
        pieces += 1


def memory_of(marks: list[Mark], kept: Kept, cuts: list[int], kept_ms: int | None) -> Memory:
    """In parts, each of which is added at once; hours become longer blocks where time goes on."""
    memory = Memory(kept)
    ordered = sorted(marks, key=lambda mark: mark.time)
    for begin, end in zip([0, *cuts], [*cuts, len(ordered)], strict=True):
        memory.add(columns_of(ordered[begin:end]), SLOT_MS)
        if kept_ms and ordered[begin:end]:
            go_on(memory, ordered[end - 1].time, kept_ms)
    return memory


def cuts_of(data: st.DataObject, marks: list[Mark]) -> list[int]:
    return sorted(data.draw(st.lists(st.integers(0, len(marks)), max_size=5)))


@settings(max_examples=200, deadline=None)
@given(marks=mark_lists, questions=asked, data=st.data(), kept_ms=kept_times)
def test_the_last_and_the_first_mark_and_their_number_are_those_of_a_list(
    marks: list[Mark], questions: list[tuple[int, int, int]], data: st.DataObject, kept_ms: int | None
) -> None:
    memory = memory_of(marks, EVERY, cuts_of(data, marks), kept_ms)
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
@given(
    marks=mark_lists,
    data=st.data(),
    kept_ms=kept_times,
    asks=st.lists(st.integers(1, 4), max_size=6),
)
def test_a_mark_that_was_used_up_is_not_found_again_and_still_counts(
    marks: list[Mark], data: st.DataObject, kept_ms: int | None, asks: list[int]
) -> None:
    memory = memory_of(marks, Kept(every=True, spent=True), cuts_of(data, marks), kept_ms)
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
    go_on(memory, START_MS + 30 * HOUR_MS, 10 * HOUR_MS)

    assert (len(memory), memory.since_ms) == (10, START_MS + 20 * HOUR_MS)
    assert memory.forgotten == 0


def test_the_hours_of_a_day_that_is_over_become_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.cases.memory._SMALL", 0)
    memory = Memory(Kept())
    for hour in range(49):
        memory.add(columns_of([Mark(hour % 5 + 1, START_MS + hour * HOUR_MS + 7, 0, 0)]), SLOT_MS)
        go_on(memory, START_MS + hour * HOUR_MS + 8, KEPT_MS)

    assert sorted(block.hours for block in memory.blocks.values()) == [1] * 25 + [24]
    late = [Mark(9, START_MS + HOUR_MS, 0, 0)]
    memory.add(columns_of(late), SLOT_MS)
    assert memory.last(ints([9]), ints([START_MS]), ints([START_MS + HOUR_MS])).known.all()
    assert len(memory.blocks) == 26


def test_small_hours_become_few_blocks_none_longer_than_a_quarter_of_what_is_kept() -> None:
    memory, days = Memory(Kept()), 5
    for hour in range(24 * days):
        memory.add(columns_of([Mark(hour % 5 + 1, START_MS + hour * HOUR_MS + 7, 0, 0)]), SLOT_MS)
        go_on(memory, START_MS + hour * HOUR_MS + 8, KEPT_MS)

    blocks = memory.blocks
    assert len(memory) == 24 * days
    assert len(blocks) < 12
    assert max(block.hours for block in blocks.values()) <= 24 * days // 4
    ends = [first + block.hours for first, block in sorted(blocks.items())]
    assert ends[:-1] == sorted(blocks)[1:]
    memory.add(columns_of([Mark(9, START_MS + HOUR_MS, 0, 0)]), SLOT_MS)
    assert memory.last(ints([9]), ints([START_MS]), ints([START_MS + HOUR_MS])).known.all()
    assert len(memory.blocks) == len(blocks)


def test_runs_that_are_joined_in_pieces_are_those_joined_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.cases.run._AT_ONCE", 100)
    rng, runs = np.random.default_rng(1), []
    for _ in range(3):
        case = np.sort(rng.choice([1, 7, *rng.integers(1, LARGEST_CASE, 400).tolist()], 500))
        time = np.arange(500, dtype=np.int32)
        runs.append(Run(case, time, time, None, rng.integers(0, 2, 500) > 0))
    pieces, joined = taken(Run.joining(runs))
    at_once = Run.joined(runs)

    assert pieces > 10
    assert joined.value is at_once.value is None
    for column in ("case", "time", "scope", "used"):
        assert (getattr(joined, column) == getattr(at_once, column)).all()


def test_scopes_that_need_more_bytes_are_found_beside_those_that_need_fewer() -> None:
    memory = Memory(Kept())
    scopes = [3, 65_535, 65_536, 1_000_000]
    for hour, scope in enumerate(scopes):
        memory.add(columns_of([Mark(hour + 1, START_MS + hour * HOUR_MS, scope, 0)]), SLOT_MS)
    go_on(memory, START_MS + 10 * HOUR_MS, 100 * KEPT_MS)

    assert len(memory.blocks) < len(scopes)
    asked = ints([1, 2, 3, 4])
    assert memory.last(asked, ints([START_MS] * 4), ints([START_MS + 9 * HOUR_MS] * 4)).scope.tolist() == scopes


def test_beyond_its_limit_a_memory_forgets_its_oldest_hours_and_counts_them() -> None:
    memory = Memory(Kept(), limit=5)
    for hour in range(3):
        marks = [Mark(case, START_MS + hour * HOUR_MS + case, 0, 0) for case in (1, 2, 3)]
        memory.add(columns_of(marks), SLOT_MS)
        go_on(memory, START_MS + hour * HOUR_MS + 10, KEPT_MS)

    assert (len(memory), memory.forgotten, memory.since_ms) == (3, 6, START_MS + 2 * HOUR_MS)
    assert not memory.last(ints([1]), ints([0]), ints([START_MS + HOUR_MS])).known.any()
    assert memory.last(ints([1]), ints([0]), ints([START_MS + 3 * HOUR_MS])).known.all()
