"""A stock of what is overdue, which every morning brings and every noon has worked off."""

from __future__ import annotations

import numpy as np

from detectors.judgement import Reason
from detectors.overdue import OverdueDetector

MINUTE_S = 60.0


def stock_at(minute: int) -> float:
    """Sixty at half past eight, none at noon, none at night."""
    into = minute % 1440
    return float(np.interp(into, (0, 480, 510, 720, 1440), (0, 0, 60, 0, 0)))


def followed(days: float) -> OverdueDetector:
    detector = OverdueDetector(minimum_effect=0.5, minimum_exposure=20)
    for minute in range(round(days * 1440)):
        detector.follow(minute % 1440 * MINUTE_S, np.array([stock_at(minute)]), MINUTE_S, np.array([True]))
    return detector


def reasons(detector: OverdueDetector, factor: float) -> set[str]:
    """What is said in the course of a day whose stock is so many times as large as usual."""
    judged = [detector.judge(minute * MINUTE_S, np.array([factor * stock_at(minute)])) for minute in range(0, 1440, 10)]
    return {Reason(int(one.reason[0])).name for one in judged if one.score[0] >= 1}


def test_a_time_of_day_that_was_not_seen_before_is_not_judged() -> None:
    assert reasons(followed(0.3), 10.0) == set()


def test_what_every_morning_brings_is_no_news_on_the_second_one() -> None:
    assert reasons(followed(1), 1.0) == set()
    assert reasons(followed(6), 1.2) == set()


def test_three_times_as_much_as_on_other_mornings_is() -> None:
    assert reasons(followed(6), 3.0) == {"OVERDUE"}


def test_what_is_usual_at_night_is_too_much_at_noon() -> None:
    detector = OverdueDetector(minimum_effect=0.5, minimum_exposure=20)
    for half_hour in range(144):
        at_s = half_hour % 48 * 1800.0
        detector.follow(at_s, np.array([200.0 if at_s < 6 * 3600 else 20.0]), 1800.0, np.array([True]))
    assert detector.judge(2 * 3600.0, np.array([200.0])).score[0] < 1
    assert detector.judge(12 * 3600.0, np.array([200.0])).score[0] >= 1


def test_a_state_tells_all_that_was_learned() -> None:
    before, after = followed(2), OverdueDetector(minimum_effect=0.5, minimum_exposure=20)
    after.restore(before.to_bytes())
    assert after.to_bytes() == before.to_bytes()
    assert after.usual(510 * MINUTE_S, 1).tolist() == before.usual(510 * MINUTE_S, 1).tolist()


def test_what_was_declared_usual_is_so_at_every_hour() -> None:
    detector = followed(6)
    detector.rebase(np.array([0]), np.array([150.0]))
    assert detector.judge(510 * MINUTE_S, np.array([160.0])).score[0] < 1
