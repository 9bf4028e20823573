"""Gauges against their usual level."""

from __future__ import annotations

import numpy as np

from detectors.gauge import GaugeDetector
from detectors.judgement import Reason


def taught(level: float, minutes: int = 600) -> GaugeDetector:
    rng = np.random.default_rng(2)
    detector = GaugeDetector(minimum_effect=1.0, least=10.0)
    for minute in range(minutes):
        detector.follow(minute * 60.0 % 86_400, rng.poisson(level, 1).astype(float), 60, np.array([True]))
    return detector


def test_a_queue_that_is_usually_empty_may_hold_a_few() -> None:
    judged = taught(0.5).judge(0, np.array([9.0]))

    assert judged.score[0] == 0


def test_a_queue_far_above_its_level_is_a_shift_upwards() -> None:
    judged = taught(20).judge(0, np.array([300.0]))

    assert judged.score[0] > 1
    assert (judged.direction[0], Reason(int(judged.reason[0]))) == (1, Reason.SHIFT)
    assert abs(judged.expected[0] - 20) < 3


def test_what_is_learned_for_less_than_an_hour_warms_up() -> None:
    judged = taught(20, minutes=50).judge(0, np.array([300.0]))

    assert Reason(int(judged.reason[0])) is Reason.WARMING_UP


def test_what_is_not_calm_is_not_learned() -> None:
    detector = taught(20)
    for minute in range(600):
        detector.follow(minute * 60.0, np.array([900.0]), 60, np.array([False]))

    assert detector.judge(0, np.array([300.0])).score[0] > 1


def test_a_restored_detector_says_the_same() -> None:
    first, second = taught(20), GaugeDetector(minimum_effect=1.0, least=10.0)
    second.restore(first.to_bytes())

    assert first.judge(0, np.array([90.0])).score.tolist() == second.judge(0, np.array([90.0])).score.tolist()


def test_an_hour_of_the_week_has_its_own_level() -> None:
    rng = np.random.default_rng(5)
    detector = GaugeDetector(minimum_effect=1.0, least=10.0)
    for minute in range(0, 3 * 7 * 1440, 5):
        level = 300 if minute // 1440 % 7 == 0 else 15
        detector.follow(minute * 60.0, rng.poisson(level, 1).astype(float), 300, np.array([True]))

    monday, tuesday = (detector.judge(21 * 86_400.0 + day * 86_400.0, np.array([300.0])) for day in (0, 1))

    assert monday.score[0] < 1 < tuesday.score[0]
    assert monday.expected[0] > 4 * tuesday.expected[0]
