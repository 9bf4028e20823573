"""Squares of single values in two parts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.cells.squares import SQUARE_BITS, square_parts

MOST = 10**13


@given(st.lists(st.integers(-MOST, MOST), min_size=1))
def test_both_parts_of_a_square_are_those_of_whole_numbers_for_one_number_and_for_many(values: list[int]) -> None:
    expected = [divmod(value * value, 1 << SQUARE_BITS) for value in values]

    high, low = square_parts(np.array(values, np.int64))

    assert list(zip(high.tolist(), low.tolist(), strict=True)) == expected
    assert [square_parts(value) for value in values] == expected
