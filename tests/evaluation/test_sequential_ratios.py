"""Ratios whose outcomes come a while after their trials."""

from __future__ import annotations

from typing import Any

import numpy as np

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, metric_of

AFTER_SLOTS = 9  # of 10 s
RATE = 30.0  # trials a minute
SURGE_MS = START_MS + 3 * DAY_MS + 12 * 60 * MINUTE_MS


def checkouts(shop_of: Any, times: float, ratio: float) -> Any:
    """From the surge on so many times as many trials, of which `ratio` succeed, a minute and a half later each."""
    rng, slots = np.random.default_rng(5), 4 * 8640
    shop = shop_of([(0, ())], slots, START_MS, rows=2)
    rate, share = np.full(slots, RATE / 6), np.full(slots, 0.8)
    rate[shop.slot(SURGE_MS) :] *= times
    share[shop.slot(SURGE_MS) :] = ratio
    tried = rng.poisson(rate)
    hits = rng.binomial(tried, share)
    shop.cells[Component.DENOMINATOR, 0] = tried
    shop.cells[Component.NUMERATOR, 0, AFTER_SLOTS:] = hits[:-AFTER_SLOTS]
    return shop


def falls(shop: Any, minutes: int) -> list[Any]:
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN, windows=(900, 3600)), UTC)
    shop.teach(evaluator, SURGE_MS - 2 * 60 * MINUTE_MS)
    found = shop.run(evaluator, SURGE_MS - 30 * MINUTE_MS, SURGE_MS + minutes * MINUTE_MS)
    return [verdict for _, verdict in found if verdict.score >= 1 and not verdict.good]


def test_a_steep_rise_of_trials_is_no_fall_of_outcomes_that_come_later(shop_of: Any) -> None:
    assert falls(checkouts(shop_of, 10.0, 0.8), 40) == []


def test_a_fall_of_outcomes_is_found_whatever_trials_do(shop_of: Any) -> None:
    assert falls(checkouts(shop_of, 1.0, 0.5), 15)
    assert falls(checkouts(shop_of, 3.0, 0.5), 15)
