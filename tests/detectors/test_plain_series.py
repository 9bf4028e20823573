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
    pairs = zip(times, values, strict=True)
    return np.array([detector.update(np.array([time]), np.array([value]))[0] for time, value in pairs])


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
        assert 0 <= detector.update(np.array([place * spacing]), np.array([value]))[0] <= 1


def test_missing_values_teach_nothing() -> None:
    times, values = season(4)
    detector, other = PlainSeriesDetector(), PlainSeriesDetector()

    for before, after in pairwise(times):
        time, value = np.array([before]), values[[int(before // 300)]]
        assert detector.update(time, value) == other.update(time, value)
        other.update((time + after) / 2, np.array([math.nan]))


def test_a_warm_up_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        PlainSeriesDetector(warm_up=0)


def test_series_side_by_side_have_the_scores_they_have_alone() -> None:
    rng = np.random.default_rng(4)
    times = np.arange(600) * 300.0
    values = rng.standard_t(2, (600, 3)).cumsum(axis=0) * [0, 1, 1] + rng.standard_t(2, (600, 3))
    values[rng.random((600, 3)) < 0.1] = math.nan
    detector = PlainSeriesDetector()

    together = np.array([detector.update(np.full(3, time), row) for time, row in zip(times, values, strict=True)])

    for series in range(3):
        assert np.array_equal(together[:, series], scores_of(times, values[:, series]))


def test_a_restored_detector_says_the_same() -> None:
    times, values = season(3)
    first, second = PlainSeriesDetector(), PlainSeriesDetector()
    for time, value in zip(times[:800], values[:800], strict=True):
        first.update(np.array([time]), np.array([value]))
    second.restore(first.to_bytes())

    for time, value in zip(times[800:], values[800:] ** 2, strict=True):
        now = np.array([time]), np.array([value])
        assert first.update(*now) == second.update(*now)
    assert first.to_bytes() == second.to_bytes()
