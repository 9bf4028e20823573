"""The last slots, whichever ring they are read from."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.merge.windows import Windows

FIRST = 20_454 * 8_640


@settings(max_examples=25)
@given(st.integers(0, 2**32).map(Random))
def test_whole_buckets_of_any_ring_equal_a_direct_computation(rng: Random) -> None:
    windows = Windows(2, [10, 60, 3_600])
    windows.reserve(3)
    windows.frontier = FIRST
    length = 6 * rng.randint(1, 900)
    cells = np.array([[[rng.randint(0, 3) for _ in range(3)] for _ in range(2)] for _ in range(length)])
    for sums in cells:
        component, series = np.nonzero(sums)
        windows.enter(component, series, sums[component, series])

    for slots in (1, 2, 6, 12, 60, 360, 720):
        if slots <= length:
            found = windows.recent(1, slots)[:3]
            assert found.tolist() == cells[-slots:, 1].sum(axis=0).tolist()


@pytest.mark.parametrize("slots", [13, 45])
def test_beyond_the_slots_that_are_kept_it_begins_with_the_last_whole_minute_before(slots: int) -> None:
    windows = Windows(1, [10, 60, 3_600])
    windows.reserve(1)
    windows.frontier = FIRST
    one = np.zeros(1, np.int64)
    for _ in range(360):
        windows.enter(one, one, one + 1)

    assert windows.recent(0, slots)[0] == -(-slots // 6) * 6


def test_of_more_than_is_kept_it_gives_what_there_is() -> None:
    windows = Windows(1, [10, 60])
    windows.reserve(1)
    windows.frontier = FIRST
    one = np.zeros(1, np.int64)
    for _ in range(90):
        windows.enter(one, one, one + 1)

    assert windows.recent(0, 9_360)[0] == 90
