"""Series of which nothing is known."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.plain_series import PlainSeriesDetector


def season(days: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    times = np.arange(days * 288) * 300.0
    noise = np.random.default_rng(seed).normal(0, 3, len(times))
    return times, 100 + 50 * np.sin(times / 86_400 * 2 * np.pi) + noise


def scores_of(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    detector = PlainSeriesDetector()
    return np.array([detector.update(float(time), float(value)) for time, value in zip(times, values, strict=True)])


def test_a_spike_in_a_season_has_the_highest_score() -> None:
    times, values = season(14)
    values[3000] += 60

    scores = scores_of(times, values)

    assert np.argmax(scores[1000:]) + 1000 == 3000


def test_a_morning_that_does_not_come_is_found_although_its_values_are_ordinary() -> None:
    times, noisy = season(14)
    hours = times % 86_400 / 3600
    values = np.where((hours >= 8) & (hours < 20), 300.0, 100.0) + np.random.default_rng(2).normal(0, 3, len(noisy))
    missed = 10 * 288 + 96
    values[missed : missed + 100] -= 200

    scores = scores_of(times, values)

    assert missed <= np.argmax(scores[1000:]) + 1000 <= missed + 5


def test_a_lasting_shift_is_said_once() -> None:
    times, values = season(14)
    values[3000:] += 80

    scores = scores_of(times, values)

    assert (scores[3000:3200] > 0.5).sum() <= 3


def test_no_score_looks_ahead() -> None:
    times, values = season(6)
    changed = values.copy()
    changed[1200:] *= 3

    assert np.array_equal(scores_of(times, values)[:1200], scores_of(times, changed)[:1200])


@given(st.lists(st.floats(width=32) | st.just(math.nan), max_size=200), st.floats(0.001, 1e6))
def test_any_numbers_give_scores_from_0_to_1(values: list[float], spacing: float) -> None:
    detector = PlainSeriesDetector(warm_up=3)

    for place, value in enumerate(values):
        assert 0 <= detector.update(place * spacing, value) <= 1


def test_missing_values_teach_nothing() -> None:
    times, values = season(4)
    detector, other = PlainSeriesDetector(), PlainSeriesDetector()

    for before, after in pairwise(times):
        value = values[int(before // 300)]
        assert detector.update(before, value) == other.update(before, value)
        other.update((before + after) / 2, math.nan)


@pytest.mark.parametrize("parameters", [{"warm_up": 0}, {"memory": 0}])
def test_parameters_out_of_range_are_refused(parameters: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        PlainSeriesDetector(**parameters)
