"""How rare a number is, and how far beyond the others it lies."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.novelty import Novelty

KNOWN = np.array([[True]])


def after(numbers: np.ndarray, memory: float = 1e9) -> Novelty:
    novelty = Novelty(rows=1, memory=memory)
    novelty.grow(1)
    for number in numbers:
        novelty.add(np.array([[number]]), KNOWN)
    return novelty


def added(novelty: Novelty, number: float) -> tuple[float, float]:
    rarity, beyond = novelty.add(np.array([[number]]), KNOWN)
    return float(rarity[0, 0]), float(beyond[0, 0])


def test_the_largest_of_a_thousand_has_three_decades_of_rarity_however_large() -> None:
    numbers = np.random.default_rng(1).exponential(size=999)

    assert [round(added(after(numbers), number)[0], 2) for number in (20, 2000)] == [3.0, 3.0]


def test_the_same_number_lies_less_far_beyond_a_nervous_series() -> None:
    rng = np.random.default_rng(2)
    calm, nervous = after(np.abs(rng.normal(size=2000))), after(np.abs(rng.standard_t(2, size=2000)))

    assert added(calm, 20)[1] > added(nervous, 20)[1] + 2


def test_little_is_beyond_while_little_is_known() -> None:
    numbers = np.abs(np.random.default_rng(3).normal(size=2000))

    assert added(after(numbers[:100]), 10)[1] < added(after(numbers), 10)[1]


def test_numbers_of_long_ago_are_forgotten() -> None:
    numbers = np.concatenate([np.full(500, 50.0), np.random.default_rng(4).exponential(size=2000)])

    assert added(after(numbers, memory=200.0), 20)[0] > 2 > added(after(numbers), 20)[0]


@given(st.lists(st.tuples(st.floats(0, 1e300), st.booleans()), max_size=150))
def test_rarity_and_tail_are_never_below_nought_and_nothing_where_nothing_is_known(
    told: list[tuple[float, bool]],
) -> None:
    novelty = after(np.arange(80.0))

    for number, known in told:
        for said in novelty.add(np.array([[number]]), np.array([[known]])):
            assert np.isfinite(said[0, 0])
            assert said[0, 0] >= -1e-12 if known else said[0, 0] == 0
