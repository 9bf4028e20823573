from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.merge.ahead import Ahead
from streams.merge.windows import Windows, step_of

additions = st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 5), st.integers(-3, 3)), min_size=1, max_size=8)


def columns(cells: list[tuple[int, int, int]]) -> list[np.ndarray]:
    return [np.array(column, np.int64) for column in zip(*cells, strict=True)]


@given(st.lists(st.tuples(additions, st.integers(0, 400)), max_size=12))
def test_each_cell_comes_out_once_in_slot_order(steps: list[tuple[list[tuple[int, int, int]], int]]) -> None:
    ahead, before = Ahead(), 0
    put: Counter[tuple[int, int]] = Counter()
    got: Counter[tuple[int, int]] = Counter()
    for cells, forward in [*steps, ([(0, 0, 0)], 10_000)]:
        shifted = [(before + slot, key, value) for slot, key, value in cells]
        ahead.add(*columns(shifted))
        for slot, key, value in shifted:
            put[slot, key] += value
        before += forward
        due = ahead.take(before)
        assert (np.diff(due.slot) >= 0).all()
        assert not due.slot.size or due.slot.max() < before
        for slot, key, value in zip(due.slot.tolist(), due.key.tolist(), due.value.tolist(), strict=True):
            assert (slot, key) not in got
            got[slot, key] = value

    assert got == {place: value for place, value in put.items() if value}


@given(st.lists(st.tuples(additions, st.integers(0, 400)), max_size=12), st.integers(0, 3_000), st.integers(0, 900))
def test_a_range_of_slots_can_be_read_while_it_waits(
    steps: list[tuple[list[tuple[int, int, int]], int]], ahead_of: int, length: int
) -> None:
    ahead, before = Ahead(), 0
    put: Counter[tuple[int, int]] = Counter()
    for cells, forward in steps:
        shifted = [(before + slot, key, value) for slot, key, value in cells]
        ahead.add(*columns(shifted))
        for slot, key, value in shifted:
            put[slot, key] += value
        before += forward
        ahead.take(before)
    first, end = before + ahead_of, before + ahead_of + length
    found: Counter[int] = Counter()
    held = len(ahead)
    for key, value in zip(*(column.tolist() for column in ahead.between(first, end)), strict=True):
        found[key] += value
    expected: Counter[int] = Counter()
    for (slot, key), value in put.items():
        expected[key] += value if first <= slot < end else 0

    assert {key: value for key, value in found.items() if value} == {k: v for k, v in expected.items() if v}
    assert len(ahead) == held


def test_beyond_the_limit_cells_are_dropped_and_counted() -> None:
    ahead = Ahead(limit=3)
    ahead.add(*columns([(1, 0, 1), (1, 0, 1), (2, 0, 1)]))
    ahead.add(*columns([(3, 0, 1), (4, 0, 1), (5, 0, 1)]))

    assert (len(ahead), ahead.dropped) == (3, 2)


def test_a_window_that_is_not_kept_is_a_clear_error() -> None:
    windows = Windows(1, (60,))
    with pytest.raises(ValueError, match="no window of 300 s"):
        windows.sums(300)
    with pytest.raises(ValueError, match="multiple of 60 s"):
        step_of(1_810)
    with pytest.raises(ValueError, match="35 days"):
        step_of(40 * 86_400)
