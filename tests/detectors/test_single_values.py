"""Sums, means and variations of single values: how often chance alone is called news, and what one value may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.amount_mean import AmountMeanDetector, ExpectedMean
from detectors.compound import CompoundDetector, ExpectedSum
from detectors.single_values import Moments, SingleValues
from detectors.variation import variation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement

WINDOWS = 20_000


def drawn(values: float, spread: float) -> tuple[Moments, float, float]:
    """Windows of a Poisson number of lognormal values; the true mean and mean square of a value."""
    rng = np.random.default_rng(5)
    numbers = rng.poisson(values, WINDOWS)
    window = np.repeat(np.arange(WINDOWS), numbers)
    value = np.exp(rng.normal(0, spread, len(window)))
    sums = (np.bincount(window, of, WINDOWS) for of in (value, value**2))
    return Moments(numbers.astype(float), *sums), float(np.exp(spread**2 / 2)), float(np.exp(2 * spread**2))


def of_sum(values: float, seen: Moments, mean: float, square: float) -> Judgement:
    every = np.full(WINDOWS, 1.0)
    expected = ExpectedSum(values * every, values * every, mean * every, square * every, 0 * every)
    return CompoundDetector(minimum_effect=0.0, minimum_exposure=1).judge(seen.total, seen, expected, 60)


def of_mean(values: float, seen: Moments, mean: float, square: float) -> Judgement:
    del values
    every = np.full(WINDOWS, 1.0)
    expected = ExpectedMean(mean * every, square * every, 0 * every)
    told = seen.total / np.maximum(seen.number, 1)
    return AmountMeanDetector(minimum_effect=0.0, minimum_exposure=1).judge(told, seen, expected)


@pytest.mark.parametrize("judge", [of_sum, of_mean])
@pytest.mark.parametrize("spread", [0.5, 1.2])
@pytest.mark.parametrize("values", [30.0, 100.0])
def test_chance_is_as_surprising_as_its_score_says_or_less(judge: object, values: float, spread: float) -> None:
    judged = judge(values, *drawn(values, spread))  # type: ignore[operator]  # either of the two

    for direction in (1, -1):
        scores = judged.score[judged.direction == direction]
        # A score of a third means a probability of a hundredth.
        assert (scores >= 1 / 3).sum() <= 0.012 * WINDOWS
        assert (scores >= 2 / 3).sum() <= 0.0004 * WINDOWS


def test_that_none_of_many_contacts_was_handed_on_is_as_surprising_as_that_many_are_rare() -> None:
    """Of 1,000 contacts of which one in a hundred is handed on, none is handed on with probability exp(-10)."""
    expected = ExpectedMean(np.array([0.01]), np.array([0.01]), np.zeros(1))
    seen = Moments(np.array([1_000.0]), np.zeros(1), np.zeros(1))

    judged = AmountMeanDetector(minimum_effect=0.5, minimum_exposure=100).judge(np.zeros(1), seen, expected)

    assert judged.score[0] == pytest.approx(10 / np.log(1e6), rel=0.03)


@given(
    usual=st.lists(st.floats(1, 1_000), min_size=100, max_size=200),
    wrong=st.floats(1e5, 1e12),
)
def test_one_value_adds_no_more_than_its_reach_however_large_it_is(usual: list[float], wrong: float) -> None:
    values = SingleValues()
    values.learn(moments(usual))
    square = values.usual_square()

    within = values.within_reach(moments([*usual, wrong]), square)

    assert within.total[0] <= sum(usual) + 25 * np.sqrt(square[0])
    assert within.total[0] >= sum(usual) * (1 - 1e-6)
    assert within.squares[0] < wrong**2


@given(usual=st.lists(st.floats(1, 10), min_size=100, max_size=200))
def test_values_within_reach_are_left_as_they_are(usual: list[float]) -> None:
    values = SingleValues()
    values.learn(moments(usual))

    assert values.within_reach(moments(usual), values.usual_square()) == moments(usual)


def test_nothing_is_cut_before_it_is_known_how_large_values_are() -> None:
    values = SingleValues()
    values.learn(moments([1.0] * 20))

    assert np.isnan(values.usual_square())
    assert values.within_reach(moments([1e9]), values.usual_square()) == moments([1e9])


@given(values=st.lists(st.floats(1, 1_000), min_size=2, max_size=50), times=st.floats(0.1, 100))
def test_a_variation_is_that_of_the_sample_and_has_no_unit(values: list[float], times: float) -> None:
    expected = np.std(values, ddof=1) / np.mean(values)

    assert variation(moments(values))[0] == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert variation(moments([value * times for value in values]))[0] == pytest.approx(expected, rel=1e-5, abs=1e-6)


def moments(values: list[float]) -> Moments:
    def one(value: float) -> NDArray[np.float64]:
        return np.array([value])

    return Moments(one(float(len(values))), one(sum(values)), one(sum(value**2 for value in values)))
