"""What no test can beat."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evaluate.bound import (
    NATS,
    at_best,
    nats_of_count,
    nats_of_share,
    shortest_delay,
    shortest_delay_along,
)


def test_a_fall_to_three_tenths_at_75_an_hour_says_042_nats_a_minute_and_takes_33_minutes() -> None:
    told = nats_of_count(75 / 60, 0.3 * 75 / 60)
    assert told == pytest.approx(0.42, abs=0.005)
    assert shortest_delay(told) == pytest.approx(33, abs=0.5)


def test_a_part_of_a_rate_at_six_times_a_tenth_a_minute_says_058_nats_and_takes_24_minutes() -> None:
    told = nats_of_count(0.1, 0.6)
    assert told == pytest.approx(0.58, abs=0.005)
    assert shortest_delay(told) == pytest.approx(24, abs=0.5)


def test_what_stops_altogether_says_one_nat_an_event_that_is_missed() -> None:
    assert nats_of_count(2.0, 0.0) == 2.0


def test_a_share_of_nothing_and_of_all_have_their_bound() -> None:
    assert nats_of_share(0.5, 0.0) == pytest.approx(math.log(2))
    assert nats_of_share(0.5, 1.0) == pytest.approx(math.log(2))


@given(usual=st.floats(0.01, 0.99), now=st.floats(0.0, 1.0))
def test_no_share_says_less_than_nothing(usual: float, now: float) -> None:
    assert nats_of_share(usual, now) >= -1e-12


@given(usual=st.floats(0.01, 100), size=st.floats(0, 10))
def test_along_a_level_that_stays_the_delay_is_that_of_the_level_in_whole_ticks(usual: float, size: float) -> None:
    told = nats_of_count(usual, usual * size)
    ticks = shortest_delay_along(np.full(3_000, told)) * 6
    if math.isfinite(ticks):
        assert told / 6 * (ticks - 1) < NATS <= told / 6 * ticks + 1e-6
    else:
        assert told / 6 * 3_000 < NATS


def test_what_a_test_that_knows_all_cannot_find_in_time_nobody_can() -> None:
    told = np.full((3, 100), 4.0)
    told[:, :10] = 5.0
    assert at_best(told) == (0.1, 12.0)
    assert at_best(np.array([[20.0] * 20, [-30.0] * 20])).share == 1.0  # it was said before
