"""Limits that false alarms raise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.evaluation.raised_limits import HALVED_MS, LEAST_STEP, MOST, RaisedLimits

NOBODY = np.zeros(0, dtype=np.intp)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_a_limit_rises_by_a_quarter_at_least_and_to_three_times_at_most(peaks: list[float]) -> None:
    limits = RaisedLimits()
    before = 1.0
    for peak in peaks:
        limits.false_alarm(3, NOBODY, peak, now_ms=0)
        now = limits.at(3, 0)
        assert min(LEAST_STEP * before, MOST) - 1e-9 <= now <= MOST
        assert now > peak or now == pytest.approx(MOST) or peak < before
        before = now


@given(st.floats(0, 100), st.integers(0, 100))
def test_what_it_was_raised_by_is_halved_in_a_month(peak: float, days: int) -> None:
    limits = RaisedLimits()
    limits.false_alarm(3, NOBODY, peak, now_ms=0)
    excess = limits.at(3, 0) - 1

    assert limits.at(3, days * HALVED_MS) - 1 == pytest.approx(excess * 0.5**days)


def test_scores_are_measured_by_it_and_those_of_others_stay() -> None:
    limits = RaisedLimits()
    scores = np.array([4.0, 4.0, 4.0])
    assert limits.soften(scores, 0) is scores
    limits.raise_to(np.array([1]), 2.0, now_ms=0)

    assert limits.soften(scores, 0).tolist() == [4.0, 2.0, 4.0]
    assert scores.tolist() == [4.0, 4.0, 4.0]


def test_a_second_false_alarm_lowers_no_limit() -> None:
    limits = RaisedLimits()
    limits.false_alarm(0, np.array([1]), 10.0, now_ms=0)
    limits.false_alarm(1, np.array([0]), 0.5, now_ms=0)

    assert limits.at(0, 0) == MOST


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 5), st.integers(0, 10**9)), max_size=8))
def test_a_snapshot_gives_back_the_same_limits(raised: list[tuple[int, float, int]]) -> None:
    limits, restored = RaisedLimits(), RaisedLimits()
    for series, peak, now_ms in sorted(raised, key=lambda one: one[2]):
        limits.false_alarm(series, NOBODY, peak, now_ms)
    restored.restore(limits.arrays())

    assert [restored.at(series, 10**9) for series in range(10)] == [limits.at(series, 10**9) for series in range(10)]
