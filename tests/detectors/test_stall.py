"""The sequential test of a count that stops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.judgement import LIMIT, Reason
from detectors.stall import StallDetector

TICK_S = 10.0


def run(detector: StallDetector, counts: np.ndarray, expected: float, dispersion: float = 0.0) -> np.ndarray:
    """float64[ticks, n]: scores after each tick of float64[ticks, n] counts."""
    n = counts.shape[1]
    detector.grow(n)
    scores = []
    for row in counts:
        detector.follow(row.astype(float), np.full(n, expected), np.full(n, dispersion), TICK_S)
        scores.append(detector.judge().score)
    return np.array(scores)


def ticks_until_sure(stragglers: int, expected: float) -> int:
    counts = np.zeros((400, 1))
    counts[60 : 60 + stragglers] = 1  # well within the run, so that they do not begin it anew
    return int(np.argmax(run(StallDetector(10), counts, expected)[:, 0] >= 1)) + 1


@pytest.mark.parametrize(("stragglers", "events"), [(0, 14.5), (1, 17.7), (2, 20.9)])
def test_it_is_sure_after_so_many_expected_events(stragglers: int, events: float) -> None:
    assert ticks_until_sure(stragglers, 0.1) * 0.1 == pytest.approx(events, abs=0.15)


def test_the_run_says_when_it_stopped() -> None:
    counts = np.random.default_rng(5).poisson(2.0, (100, 1))
    counts[80:] = 0
    detector = StallDetector(10)
    run(detector, counts, 2.0)

    assert abs(detector.seconds[0] - 200) <= 20
    assert Reason(int(detector.judge().reason[0])) is Reason.STALL


def test_at_the_expected_rate_a_run_is_as_rare_as_its_score_says() -> None:
    # e^-s bounds the chance of each run; there is at most one new run a tick.
    counts = np.random.default_rng(7).poisson(1.0, (2_000, 400))
    scores = run(StallDetector(1), counts, 1.0)
    begins = counts.size

    for limit in (3.0, 5.0, 7.0):
        above = scores * -np.log(LIMIT) >= limit
        reached = (above[1:] & ~above[:-1]).sum()
        assert 0 < reached <= begins * np.exp(-limit)


@given(st.floats(0, 5), st.floats(0, 0.5), st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_dispersion_and_events_never_make_a_stall_more_certain(
    expected: float, dispersion: float, counts: list[int]
) -> None:
    column = np.array(counts, dtype=float)[:, None]
    plain = run(StallDetector(1), column, expected)
    wide = run(StallDetector(1), column, expected, dispersion)
    more = run(StallDetector(1), column + 1, expected)

    assert (wide <= plain + 1e-9).all()
    assert (more <= plain + 1e-9).all()


def test_what_lasted_for_hours_is_forgotten_within_two_minutes_of_ordinary_flow() -> None:
    counts = np.zeros((1_000, 1))
    counts[-12:] = 1
    scores = run(StallDetector(10), counts, 1.0)[:, 0]

    assert scores[-13] == 2
    assert scores[-1] < 0.7


def test_where_nothing_is_known_there_is_no_run() -> None:
    assert run(StallDetector(10), np.zeros((100, 3)), np.nan).max() == 0


def test_after_a_break_all_runs_begin_anew() -> None:
    detector = StallDetector(10)
    run(detector, np.zeros((20, 1)), 1.0)
    detector.begin()

    assert detector.judge().score.tolist() == [0]
    assert detector.seconds.tolist() == [0]


def test_a_restored_detector_goes_on_where_it_was() -> None:
    one, other = StallDetector(10), StallDetector(10)
    run(one, np.zeros((12, 2)), 1.0)
    other.restore(one.to_bytes())

    np.testing.assert_array_equal(run(one, np.zeros((5, 2)), 1.0), run(other, np.zeros((5, 2)), 1.0))


def test_a_limit_that_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="is 1"):
        StallDetector(10, limit=1)
