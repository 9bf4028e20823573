"""A day that begins and ends at a stroke."""

from __future__ import annotations

from typing import Any

import numpy as np

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, metric_of

CLOSES_MIN = 12 * 60 + 30
COLLECTIONS = metric_of(
    "count",
    Direction.DOWN,
    unit="per_minute",
    minimum_effect=0.4,
    minimum_exposure=20,
    scopes=((),),
    windows=(300, 900),
)


def test_what_is_expected_a_minute_after_the_end_is_not_what_was_usual_before_it(shop_of: Any) -> None:
    rng = np.random.default_rng(4)
    shop = shop_of([(0, ())], 9 * 8640, START_MS)
    minutes = np.arange(9 * 1440) % 1440
    per_minute = np.where((minutes >= 11 * 60) & (minutes < CLOSES_MIN), 30.0, 0.1)
    shop.fill(Component.NUMERATOR, 0, per_minute, rng)
    evaluator = MetricEvaluator(COLLECTIONS, UTC)
    closes_ms = START_MS + 8 * DAY_MS + CLOSES_MIN * MINUTE_MS
    shop.teach(evaluator, closes_ms - 3 * 3_600_000)

    shop.now_ms = closes_ms + 40_000
    evaluator.tick(shop.now_ms, shop)

    expected, _ = evaluator._judge._tests._looking
    a_minute = expected[0] / 5  # of the shortest window
    assert a_minute < 2.5  # of 30 before
