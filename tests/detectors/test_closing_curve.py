from __future__ import annotations

import numpy as np
import pytest

from detectors.closing_curve import STEPS, ClosingCurve

IN_90_MINUTES = 18


def waiting(*cases: float, left: int = IN_90_MINUTES) -> np.ndarray:
    """So many cases by series, all with the same time left."""
    held = np.zeros((STEPS, len(cases)))
    held[left] = cases
    return held


def work(share: float) -> tuple[np.ndarray, np.ndarray]:
    """Cases open in a step, and closed in it, where the share is closed evenly over the last 90 minutes."""
    step_share = 1 - (1 - share) ** (1 / (IN_90_MINUTES + 1))
    held = np.zeros((STEPS, 1))
    held[: IN_90_MINUTES + 1, 0] = 1000.0 * (1 - step_share) ** (IN_90_MINUTES - np.arange(IN_90_MINUTES + 1))
    return held, held * step_share


def taught(share: float, days: int = 1) -> ClosingCurve:
    """Knows a shop in which that share of the cases open with 90 minutes left is closed before the deadline."""
    curve = ClosingCurve()
    for step in range(288 - 288 * days, 288):
        curve.learn(step, *work(share), whole=0)
    return curve


def slowed(curve: ClosingCurve, share: float, steps: int, times: float) -> int:
    """Goes on for some steps with so many times the closings that are usual; the step that follows."""
    held, closed = work(share)
    for step in range(288, 288 + steps):
        curve.learn(step, held, closed * times, whole=0)
    return 288 + steps


def test_of_a_hundred_open_with_95_percent_usually_closed_before_five_miss() -> None:
    assert taught(0.95).misses(288, waiting(100.0), whole=0).present == pytest.approx([5.0], rel=0.01)


def test_of_a_hundred_open_with_40_percent_usually_closed_before_sixty_miss() -> None:
    assert taught(0.40).misses(288, waiting(100.0), whole=0).present == pytest.approx([60.0], rel=0.01)


def test_when_closing_slows_down_so_that_40_percent_close_before_sixty_miss() -> None:
    curve = taught(0.95, days=7)
    slow = np.log(0.6) / np.log(0.05)  # times the rate at which 95 % close
    step = slowed(curve, 0.95, 12, slow)
    assert curve.pace() == pytest.approx([slow], abs=0.02)  # nearly all that it remembers is of the last hour
    assert curve.misses(step, waiting(100.0), whole=0).present == pytest.approx([60.0], rel=0.06)


def test_a_stop_shows_within_a_quarter_of_an_hour() -> None:
    curve = taught(0.95)
    before = curve.misses(288, waiting(100.0), whole=0).present[0]
    step = slowed(curve, 0.95, 3, 0.0)
    assert curve.misses(step, waiting(100.0), whole=0).present[0] > 5 * before


def test_a_part_with_few_cases_is_forecast_as_the_whole() -> None:
    curve = taught(0.95)
    held, closed = work(0.95)
    curve.learn(288, np.hstack([held, waiting(2.0)]), np.hstack([closed, waiting(0.0)]), whole=0)
    whole, part = curve.misses(289, waiting(100.0, 100.0), whole=0).present
    assert part == pytest.approx(whole, rel=0.2)


def test_a_part_with_many_cases_has_a_curve_of_its_own() -> None:
    curve = ClosingCurve()
    held = waiting(1000.0, 500.0, left=0)
    for step in range(288):
        curve.learn(step, held, held * [0.9, 0.2], whole=0)
    whole, part = curve.misses(288, waiting(100.0, 100.0, left=0), whole=0).present
    assert (whole, part) == (pytest.approx(10, abs=1), pytest.approx(80, abs=1))


def test_a_half_hour_in_which_nothing_is_ever_closed_is_forecast_to_close_nothing() -> None:
    curve = ClosingCurve()
    held = waiting(100.0, left=0)
    for step in range(14 * 288):  # two weeks with nights from 0:00 to 6:00
        curve.learn(step, held, held * (0.0 if step % 288 < 72 else 0.4), whole=0)
    night = curve.misses(14 * 288 + 36, waiting(100.0, left=2), whole=0).present[0]
    morning = curve.misses(14 * 288 + 72, waiting(100.0, left=2), whole=0).present[0]
    assert night > 85
    assert morning == pytest.approx(60, abs=3)


def test_a_day_of_the_week_on_which_nothing_is_ever_closed_is_usual() -> None:
    curve = ClosingCurve()
    held = waiting(100.0, left=0)
    days = 4 * 7 + 6
    for step in range(days * 288):
        curve.learn(step, held, held * (0.0 if step // 288 % 7 == 6 else 0.4), whole=0)
    for later in range(12):  # the first hour of a day off
        curve.learn(days * 288 + later, held, held * 0.0, whole=0)
    assert curve.pace()[0] > 0.8
    forecast = curve.misses(days * 288 + 12, waiting(100.0, left=2), whole=0)
    assert forecast.present[0] == pytest.approx(forecast.usual[0], rel=0.05)
    assert forecast.usual[0] > 85


def test_what_is_usual_does_not_go_by_what_goes_on() -> None:
    curve = taught(0.95, days=7)
    step = slowed(curve, 0.95, 6, 0.0)
    forecast = curve.misses(step, waiting(100.0), whole=0)
    assert forecast.usual == pytest.approx([5.0], rel=0.1)
    assert forecast.present[0] > 30


def test_nothing_is_known_before_the_whole_has_had_cases_for_two_days() -> None:
    curve = ClosingCurve()
    few = ClosingCurve()
    for step in range(2 * 288 + 2):
        assert not curve.knows(0)
        curve.learn(step, waiting(99.0), waiting(9.0), whole=0)
        few.learn(step, waiting(0.1), waiting(0.0), whole=0)
    assert curve.knows(0)
    assert not few.knows(0)


def test_more_closings_than_open_cases_teach_no_more_than_all_closed() -> None:
    curve = ClosingCurve()
    for step in range(20):
        curve.learn(step, waiting(100.0, left=0), waiting(500.0, left=0), whole=0)
    assert 0 <= curve.misses(20, waiting(100.0, left=0), whole=0).present[0] < 1


def test_its_state_goes_on_as_if_nothing_had_happened() -> None:
    curve = taught(0.9)
    again = ClosingCurve.from_bytes(curve.to_bytes())
    for each in (curve, again):
        slowed(each, 0.9, 3, 0.4)
    assert again.to_bytes() == curve.to_bytes()
