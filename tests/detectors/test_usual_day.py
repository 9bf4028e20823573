"""What holds of expected counts whatever was learned."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.day import Day
from detectors.seasonal import SLOTS, SeasonalBaseline
from tests.detectors.support.weeks import DOUBLE_SATURDAYS, MONDAY, OFFICE, ONE_HUMP, Rhythm, drawn, teach

RHYTHMS = (
    DOUBLE_SATURDAYS,
    Rhythm((1, 1, 1, 1, 1, 0, 0), OFFICE, level=3.0),
    Rhythm((1, 1, 1, 1, 1.2, 0.6, 0.4), off=ONE_HUMP, level=0.3, growth=0.03),
)


@cache
def counts_of(days: int) -> np.ndarray:
    rng = np.random.default_rng(days)
    return np.stack([drawn(rhythm, MONDAY, days, rng) for rhythm in RHYTHMS], axis=2)


@cache
def taught(days: int) -> SeasonalBaseline:
    baseline = SeasonalBaseline()
    teach(baseline, counts_of(days))
    return baseline


@given(days=st.sampled_from((9, 20)), day=st.integers(0, 8), slot=st.integers(1, 96), quarters=st.integers(2, 300))
def test_the_expectation_of_a_window_is_the_sum_of_its_quarters(days: int, day: int, slot: int, quarters: int) -> None:
    baseline = taught(days)
    ends = Day(MONDAY + days + day)

    window = baseline.usual(slot * 900, quarters * 900, day=ends).middle
    parts = []
    for quarter in range(slot - quarters, slot):
        back, start = divmod(quarter, SLOTS)
        parts.append(baseline.usual((start + 1) * 900, 900, day=ends.plus(back)).middle)

    assert window == pytest.approx(np.sum(parts, axis=0), rel=1e-9, abs=1e-9)


@given(
    days=st.sampled_from((1, 2, 6, 9, 20)),
    day=st.integers(0, 8),
    end_s=st.floats(0, 86_400),
    window_s=st.sampled_from((60, 300, 900, 3_600, 86_400, 604_800)),
    whole=st.sampled_from((-1, 0)),
)
def test_the_middle_lies_between_the_edges_and_nothing_is_negative(
    days: int, day: int, end_s: float, window_s: int, whole: int
) -> None:
    usual = taught(days).usual(end_s, window_s, whole, day=Day(MONDAY + days + day))

    known = np.isfinite(usual.middle)
    low, middle, high = usual.low[known], usual.middle[known], usual.high[known]
    assert (low >= 0).all()
    assert (low <= middle * (1 + 1e-9)).all()
    assert (middle <= high * (1 + 1e-9)).all()
    assert (usual.spread > 0).all()


@pytest.mark.parametrize("order", [[0, 2, 1], [2, 0, 1]])
def test_series_are_learned_the_same_in_whichever_order_they_stand(order: list[int]) -> None:
    baseline = SeasonalBaseline()
    teach(baseline, counts_of(9)[:, :, order])

    for window_s in (60, 3_600, 172_800):
        ours, theirs = (one.usual(50_000, window_s, day=Day(MONDAY + 10)) for one in (baseline, taught(9)))
        for found, expected in zip(ours, theirs, strict=True):
            assert np.array_equal(found, expected[order], equal_nan=True)


@pytest.mark.parametrize("until", [1, 97, 6 * SLOTS + 3, 8 * SLOTS])
def test_a_baseline_that_went_through_bytes_goes_on_as_if_it_had_not(until: int) -> None:
    quarters = counts_of(9).reshape(-1, 3)
    one = SeasonalBaseline()
    for place, counts in enumerate(quarters[:until]):
        one.learn(place % SLOTS, counts, Day(MONDAY + place // SLOTS))
    other = SeasonalBaseline.from_bytes(one.to_bytes())
    one.usual(40_000, 900, day=Day(MONDAY + 3))  # reading leaves no trace

    for place, counts in enumerate(quarters[until:], start=until):
        for baseline in (one, other):
            baseline.learn(place % SLOTS, counts, Day(MONDAY + place // SLOTS))

    assert one.to_bytes() == other.to_bytes()


def test_a_series_costs_less_memory_than_half_a_kilobyte() -> None:
    baseline = SeasonalBaseline(1_000)

    assert len(baseline.to_bytes()) < 450 * 1_000 + 2_000


def test_right_after_closing_time_hardly_anything_is_expected() -> None:
    baseline = SeasonalBaseline()
    day = np.where(np.arange(SLOTS) < 38, 240.0, 4.0)  # until half past nine
    teach(baseline, np.tile(day, (5, 1)))

    usual = baseline.usual(9.5 * 3600 + 400, 300, day=Day(MONDAY + 5))

    assert usual.middle[0] < 12
    assert baseline.usual(9.5 * 3600 - 400, 300, day=Day(MONDAY + 5)).middle[0] > 60


def test_a_part_that_sleeps_at_night_is_not_expected_then_because_the_whole_is_awake() -> None:
    baseline = SeasonalBaseline()
    awake = np.arange(SLOTS) >= 32
    whole, part = np.full(SLOTS, 60.0), np.where(awake, 6.0, 0.0)
    teach(baseline, np.tile(np.stack([whole, part], axis=1), (4, 1, 1)))

    night = sum(baseline.usual((slot + 1) * 900, 900, 0, day=Day(MONDAY + 4)).middle[1] for slot in range(32))

    assert 0 < night < 5  # of 192 that its share of the day would be


def test_a_first_saturday_may_close_at_noon_and_a_first_tuesday_may_not() -> None:
    day = np.full((1, SLOTS), 60.0)
    lows = []
    for days in (5, 1):
        baseline = SeasonalBaseline()
        teach(baseline, np.tile(day, (days, 1)))
        for slot in range(48):
            baseline.learn(slot, np.array([60.0]), Day(MONDAY + days))
        lows.append(float(baseline.usual(13 * 3600, 900, day=Day(MONDAY + days)).low[0]))

    assert lows[0] == 0
    assert lows[1] > 15
