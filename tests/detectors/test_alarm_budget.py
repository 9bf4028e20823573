"""From what people accept to the evidence that a warning needs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from detectors.alarm_budget import AlarmBudget, limit, limit_of_window
from detectors.bank import LOOKS


@given(st.floats(1e-3, 100), st.integers(1, 80), st.integers(0, 5_000), st.booleans())
def test_the_series_of_a_metric_share_what_it_may_have(a_day: float, metrics: int, parts: int, whole: bool) -> None:
    judged = np.ones(parts + whole, dtype=bool)
    allowed = AlarmBudget(a_day, metrics).of_series(judged, 0 if whole else -1)

    if len(judged):
        assert allowed.sum() == pytest.approx(a_day / metrics)


def test_a_hundred_times_more_parts_need_more_evidence_each_and_the_whole_no_more() -> None:
    budget = AlarmBudget(1.0, 10)
    few, many = (budget.of_series(np.ones(parts + 1, dtype=bool), 0) for parts in (10, 1_000))
    looks = LOOKS[0].a_day(np.full(11, 100.0))

    assert few[0] == many[0]
    assert limit(many[:11], looks)[1] - limit(few, looks)[1] == pytest.approx(np.log(100))


def test_series_that_are_not_judged_take_nothing() -> None:
    judged = np.array([True, True, False, True])

    assert AlarmBudget(1.0, 1).of_series(judged, 0)[1] == pytest.approx(0.35)


def test_a_series_of_more_events_needs_more_evidence_up_to_a_look_a_tick() -> None:
    limits = limit(np.full(4, 1e-3), LOOKS[0].a_day(np.array([10.0, 100.0, 1e6, 1e8])))

    assert (np.diff(limits) > -1e-9).all()
    assert limits[3] - limits[2] < 0.01


@pytest.mark.parametrize(("window_steps", "seed"), [(6, 1), (60, 2)])
def test_windows_that_slide_pass_their_limit_as_often_as_people_accept(window_steps: int, seed: int) -> None:
    rng, series, steps, a_day = np.random.default_rng(seed), 200, 20_000, 3.0
    summed = np.cumsum(rng.normal(size=(steps, series)), axis=0)
    heights = (summed[window_steps:] - summed[:-window_steps]) / np.sqrt(window_steps)
    nats = limit_of_window(np.array([a_day]), 10 * window_steps, 10.0)[0]
    passed = np.abs(heights) >= -special.ndtri_exp(-nats)
    episodes = 0
    for of_series in passed.T:
        at = np.flatnonzero(of_series)
        episodes += int(len(at) > 0) + int((np.diff(at) > window_steps).sum())

    assert episodes == pytest.approx(a_day * series * len(heights) * 10 / 86_400, rel=0.2)


def test_a_longer_window_says_something_new_less_often_and_needs_less() -> None:
    limits = [limit_of_window(np.array([1e-3]), window_s, window_s / 60)[0] for window_s in (600, 3_600, 86_400)]

    assert limits == sorted(limits, reverse=True)
    assert limits[2] < limits[0] - np.log(10)
