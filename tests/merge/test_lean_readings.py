"""The series that are exported are those of a sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.merge.lean_names import LeanNames
from streams.merge.lean_readings import largest


def names_of(count: int) -> LeanNames:
    names = LeanNames(("store",), count)
    for number in reversed(range(count)):
        names.number((f"m{number:06d}",))
    return names


@given(values=st.lists(st.integers(0, 4), min_size=1, max_size=60), count=st.integers(1, 20))
def test_the_largest_are_those_of_a_sort_with_ties_by_name(values: list[int], count: int) -> None:
    names = names_of(len(values))
    there = [number for number in range(len(values)) if values[number] > 0]
    wanted = sorted(there, key=lambda number: (-values[number], names.values(number)))[:count]

    assert largest(np.array(values, np.int32), names, count) == wanted


def test_the_fifty_of_three_hundred_thousand_by_zipf_are_those_of_a_sort() -> None:
    names = names_of(300_000)
    shares = 1 / np.arange(1, 300_001)
    values = np.random.default_rng(3).poisson(2_000_000 * shares / shares.sum()).astype(np.int32)
    wanted = sorted(range(300_000), key=lambda number: (-values[number], names.values(number)))[:50]

    assert largest(values, names, 50) == wanted
