"""What a tail is, and how it moves with what is usual."""

from __future__ import annotations

import numpy as np

from detectors.tail_baseline import TailBaseline


def quarters(baseline: TailBaseline, counts: list[float], number: int) -> None:
    for quarter in range(number):
        baseline.learn(quarter // 4 % 24, np.array(counts)[:, None])


def test_tails_hold_at_most_what_is_wanted_on_either_side() -> None:
    baseline = TailBaseline(5, upper=0.1, lower=0.1)
    quarters(baseline, [8, 40, 42, 8, 2], 30)

    assert (baseline.low[0], baseline.high[0]) == (1, 3)
    assert baseline.in_tails(np.array([[1.0], [5.0], [5.0], [2.0], [3.0]])).tolist() == [6]
    assert abs(baseline.usual(3600 * 3, 0).ratio[0] - 0.18) < 0.02


def test_a_hundred_values_are_needed_to_draw_tails() -> None:
    baseline = TailBaseline(4, upper=0.2, lower=0.0)
    quarters(baseline, [10, 10, 3, 0], 4)
    assert np.isnan(baseline.usual(0, 0).ratio[0])

    quarters(baseline, [10, 10, 3, 0], 1)
    assert baseline.high[0] == 2


def test_what_drifted_far_is_drawn_anew() -> None:
    baseline = TailBaseline(4, upper=0.2, lower=0.0)
    quarters(baseline, [80, 15, 5, 0], 96)
    before = int(baseline.high[0])
    quarters(baseline, [5, 15, 70, 10], 96 * 12)

    assert int(baseline.high[0]) > before
    assert baseline.usual(0, 0).ratio[0] <= 0.21


def test_one_odd_quarter_hardly_moves_what_is_usual() -> None:
    baseline = TailBaseline(4, upper=0.2, lower=0.0)
    quarters(baseline, [80, 15, 5, 0], 96)
    usual = baseline.usual(0, 0).ratio[0]
    baseline.learn(0, np.array([[0.0], [0.0], [0.0], [100.0]]))

    assert baseline.usual(0, 0).ratio[0] < usual + 0.05
    assert baseline.counts[3, 0] == 10


def test_a_restored_baseline_goes_on_as_the_first_would_have() -> None:
    first, second = TailBaseline(4, upper=0.2, lower=0.1), TailBaseline(4, upper=0.2, lower=0.1)
    quarters(first, [10, 70, 15, 5], 50)
    second.restore(first.to_bytes())
    for baseline in (first, second):
        quarters(baseline, [20, 60, 10, 10], 20)

    assert first.to_bytes() == second.to_bytes()
