"""Scores of series of unknown meaning against labels."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.evaluate.numenta import Windowed, numenta_score
from benchmarks.evaluate.plain_series import DATA, ewma_f1, ewma_z
from benchmarks.evaluate.point_labels import ANY, best_f1


def alarms(points: int, *at: int) -> np.ndarray:
    scores = np.zeros(points)
    scores[list(at)] = 1
    return scores


def test_a_segment_found_in_time_counts_whole_and_one_found_late_not_at_all() -> None:
    labels = np.zeros(1000, dtype=bool)
    labels[20:40] = labels[60:80] = True
    scores = alarms(1000, 25, 70)

    assert best_f1([scores], [labels], within=7).f1 == pytest.approx(2 * 20 / (40 + 20))
    assert best_f1([scores], [labels], within=ANY).f1 == 1
    assert best_f1([scores], [labels], within=None).f1 == pytest.approx(2 * 2 / (40 + 2))


def test_one_threshold_serves_all_series() -> None:
    labels = [alarms(50, 10) > 0, alarms(50, 20) > 0]

    found = best_f1([0.9 * alarms(50, 10, 30), 0.5 * alarms(50, 20)], labels, within=None)

    assert found.f1 == pytest.approx(4 / 5)
    assert found.threshold == 0.5


def test_a_window_found_at_its_first_point_is_worth_more_than_at_its_last() -> None:
    window = [(60, 79)]

    first, last = (numenta_score([Windowed(alarms(100, at), window)], 0.5).score for at in (60, 79))

    assert first == 100
    assert 50 < last < 70


def test_alarms_outside_of_windows_cost_and_none_is_worth_nothing() -> None:
    window = [(60, 79)]

    assert numenta_score([Windowed(alarms(100, 30, 60), window)], 0.5).score == pytest.approx(100 - 50 * 0.11)
    assert numenta_score([Windowed(alarms(100), window)], 0.5).score == 0
    assert numenta_score([Windowed(alarms(100, 14, 60), window)], 0.5).score == 100  # within the probation
    assert numenta_score([Windowed(alarms(100, 82, 60), window)], 0.5).score > 100 - 50 * 0.11  # shortly after


def test_the_z_score_of_a_spike_is_its_distance_from_the_mean_before_it() -> None:
    values = np.array([1.0, 3.0, 1.0, 3.0, 1.0, 3.0, 100.0, np.nan])

    scores = ewma_z(values, step=0.5)

    assert np.argmax(scores[2:]) == 4
    assert scores[-1] == 0


@pytest.mark.skipif(not DATA.exists(), reason="the labelled KPIs lie beside the project, in ../shared/data")
def test_the_row_that_the_goal_refers_to_is_that_of_the_issue() -> None:
    assert ewma_f1(DATA).f1 == pytest.approx(0.756, abs=0.005)
