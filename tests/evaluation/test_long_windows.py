"""Slow, thin shifts: twenty cases a day of which some more fail than did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, UTC, metric_of

WEEK_S = 604_800
WEEK_MS = 1_000 * WEEK_S
STEP_MS = 10_080_000  # how often a window of a week is due
SHIFT_MS = START_MS + 70 * DAY_MS
WEEKS = 16


def deliveries(shop_of: Any, seed: int, late: tuple[float, float], a_day: float = 20.0) -> Any:
    """Sixteen weeks of deliveries, one case an hour or so; `late` is how many are, before the shift and after it."""
    rng = np.random.default_rng(seed)
    shop = shop_of([(0, ())], WEEKS * 7 * 8640, START_MS, rows=2)
    hours = np.arange(0, shop.cells.shape[2], 360)
    tried = rng.poisson(a_day / 24, hours.size)
    share = np.where(hours < shop.slot(SHIFT_MS), *late)
    shop.cells[Component.DENOMINATOR, 0, hours] = tried
    shop.cells[Component.NUMERATOR, 0, hours] = tried - rng.binomial(tried, share)
    return shop


def found(shop: Any, from_ms: int, to_ms: int, windows: tuple[int, ...] = (WEEK_S,)) -> list[tuple[int, Any]]:
    """Verdicts with score >= 1 at the ticks at which a week is due."""
    metric = metric_of("ratio", Direction.DOWN, windows=windows, minimum_effect=0.03, scopes=((),))
    evaluator = MetricEvaluator(metric, UTC)
    for quarter_ms in range(from_ms - 8 * DAY_MS, from_ms, 900_000) if windows[0] < WEEK_S else ():
        at = shop.slot(quarter_ms)
        evaluator.close_quarter(quarter_ms, shop.cells[:, :, at : at + 90].sum(axis=2), shop)
    verdicts = []
    for now_ms in range(-(-from_ms // STEP_MS) * STEP_MS, to_ms, STEP_MS):
        shop.now_ms = now_ms
        verdicts += [(now_ms, verdict) for verdict in evaluator.tick(now_ms, shop)[0] if verdict.score >= 1]
    return verdicts


def test_three_times_as_many_late_of_twenty_a_day_are_found_within_two_weeks(shop_of: Any) -> None:
    for seed in range(5):
        first = found(deliveries(shop_of, seed, (0.05, 0.17)), SHIFT_MS, SHIFT_MS + 2 * WEEK_MS)[0]

        assert first[0] > SHIFT_MS + DAY_MS
        assert first[1].direction == "down"
        assert first[1].reason == "CLIFF"
        assert first[1].window_s == WEEK_S
        assert first[1].expected == pytest.approx(0.95, abs=0.02)


def test_with_windows_of_a_day_what_adds_up_is_found_as_well(shop_of: Any) -> None:
    first = found(deliveries(shop_of, 0, (0.05, 0.17)), SHIFT_MS, SHIFT_MS + 2 * WEEK_MS, (86_400,))[0]

    assert first[0] > SHIFT_MS
    assert first[1].direction == "down"


def test_three_months_without_a_shift_are_quiet(shop_of: Any) -> None:
    for seed in range(4):
        assert found(deliveries(shop_of, seed, (0.06, 0.06)), START_MS + 3 * WEEK_MS, START_MS + WEEKS * WEEK_MS) == []


def test_a_week_that_is_over_is_forgotten_by_what_is_judged_and_not_by_what_is_expected(shop_of: Any) -> None:
    shop = deliveries(shop_of, 1, (0.05, 0.05))
    bad = slice(shop.slot(SHIFT_MS), shop.slot(SHIFT_MS + WEEK_MS))
    tried = shop.cells[Component.DENOMINATOR, 0, bad]
    shop.cells[Component.NUMERATOR, 0, bad] = tried - np.random.default_rng(2).binomial(tried, 0.3)

    verdicts = found(shop, SHIFT_MS, SHIFT_MS + 4 * WEEK_MS)

    assert verdicts
    assert all(now_ms < SHIFT_MS + 2 * WEEK_MS + DAY_MS for now_ms, _ in verdicts)


def test_before_three_earlier_weeks_are_known_nothing_is_said(shop_of: Any) -> None:
    shop = deliveries(shop_of, 3, (0.05, 0.05))
    shop.cells[Component.NUMERATOR, 0, shop.slot(START_MS + 21 * DAY_MS) :] = 0  # all late from the fourth week on

    assert found(shop, START_MS + 21 * DAY_MS, START_MS + 4 * WEEK_MS) == []


def test_after_a_restart_the_same_is_said(shop_of: Any) -> None:
    shop = deliveries(shop_of, 0, (0.05, 0.2))
    metric = metric_of("ratio", Direction.DOWN, windows=(WEEK_S,), scopes=((),))
    through, broken = MetricEvaluator(metric, UTC), MetricEvaluator(metric, UTC)
    told = []
    for now_ms in range(-(-SHIFT_MS // STEP_MS) * STEP_MS, SHIFT_MS + 2 * WEEK_MS, STEP_MS // 2):
        shop.now_ms = now_ms
        restored = MetricEvaluator(metric, UTC)
        restored.from_bytes(broken.to_bytes())
        broken = restored
        told.append((through.tick(now_ms, shop)[0], broken.tick(now_ms, shop)[0]))

    assert any(verdict.score >= 1 for verdicts, _ in told for verdict in verdicts)
    assert all(first == second for first, second in told)
