"""Intervals of ratios and of net scores: the vectors of the design, SciPy beside them, and what always holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from detectors.intervals import net_score, wilson


@given(st.integers(1, 100_000).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases))))
def test_the_interval_of_a_ratio_is_scipys(counted: tuple[int, int]) -> None:
    successes, cases = counted
    low, high = wilson(np.array([successes / cases]), np.array([float(cases)]))
    reference = binomtest(successes, cases).proportion_ci(0.95, method="wilson")

    assert low[0] == pytest.approx(reference.low, abs=1e-12)
    assert high[0] == pytest.approx(reference.high, abs=1e-12)
    assert low[0] <= successes / cases <= high[0]


def test_twenty_seven_of_thirty_may_be_three_quarters_or_nearly_all() -> None:
    low, high = wilson(np.array([0.9]), np.array([30.0]))

    assert (round(low[0], 3), round(high[0], 3)) == (0.744, 0.965)


@pytest.mark.parametrize(
    ("promoters", "detractors", "answers", "score", "ends"),
    [(2, 7, 11, -45.45, (-91.7, 0.8)), (60, 15, 100, 45.0, (30.5, 59.5))],
)
def test_the_interval_of_a_net_score_is_that_of_the_design(
    promoters: int, detractors: int, answers: int, score: float, ends: tuple[float, float]
) -> None:
    net = np.array([(promoters - detractors) / answers])
    low, high = net_score(net, np.array([(promoters + detractors) / answers]), np.array([float(answers)]))

    assert round(100 * net[0], 2) == score
    assert (round(100 * low[0], 1), round(100 * high[0], 1)) == ends


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))))
def test_the_interval_of_a_net_score_holds_the_score_and_has_a_width(counted: tuple[int, int, int]) -> None:
    one, other, answers = counted
    promoters, detractors = min(one, answers), min(other, answers - min(one, answers))
    net = (promoters - detractors) / answers
    low, high = net_score(np.array([net]), np.array([(promoters + detractors) / answers]), np.array([float(answers)]))

    assert -1 <= low[0] <= net <= high[0] <= 1
    assert high[0] > low[0]


def test_more_cases_of_the_same_ratio_narrow_the_interval() -> None:
    low, high = wilson(np.full(3, 0.9), np.array([10.0, 100.0, 1000.0]))

    assert (np.diff(high - low) < 0).all()


def test_without_a_case_there_is_no_interval() -> None:
    assert all(math.isnan(end[0]) for end in wilson(np.zeros(1), np.zeros(1)))
    assert all(math.isnan(end[0]) for end in net_score(np.zeros(1), np.zeros(1), np.zeros(1)))


def test_ten_promoters_alone_leave_room_for_others_and_ten_indifferent_ones_for_both() -> None:
    low, high = net_score(np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.full(2, 10.0))
    left_open = 1 - binomtest(10, 10).proportion_ci(0.95, method="wilson").low

    assert low.tolist() == pytest.approx([1 - 2 * left_open, -left_open])
    assert high.tolist() == pytest.approx([1.0, left_open])
