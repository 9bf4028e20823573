"""What is said of cases, where there are none: no value, which is unlike zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction, Metric
from streams.cells.histogram import BINS
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.web.point import Point, of_pulse
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, TERM, UTC, Payments, metric_of

QUIET_MS = START_MS + 2 * DAY_MS + 10 * 3_600_000


def net(**more: Any) -> Metric:
    return metric_of("net", Direction.DOWN, unit="points", minimum_effect=20, exposure=TERM, **more)


@pytest.mark.parametrize("metric", [metric_of("ratio", Direction.DOWN), net(), metric_of("mean", Direction.UP)])
def test_a_share_or_a_mean_of_nothing_is_missing_though_it_is_known_what_is_usual(shop_of: Any, metric: Metric) -> None:
    payments = Payments(shop_of, 3, 60)
    payments.attempts[payments.shop.slot(QUIET_MS) :] = 0
    shop = payments.draw()
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, QUIET_MS - 3 * 3_600_000)
    shop.now_ms = QUIET_MS
    seen = evaluator.tick(shop.now_ms, shop)[1]
    shop.now_ms = QUIET_MS + 1_800_000
    unseen = evaluator.tick(shop.now_ms, shop)[1]

    assert (seen.missing, unseen.missing) == (False, True)
    assert seen.value != 0


def test_a_promise_that_nobody_was_due_for_is_missing_though_the_stock_of_old_ones_is_judged(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    evaluator = MetricEvaluator(metric_of("cohort", Direction.DOWN, exposure=TERM, scopes=((),)), UTC)
    shop.stock[0] = 400
    shop.run(evaluator, START_MS + 3_600_000, START_MS + 3 * 3_600_000)

    assert evaluator.tick(shop.now_ms, shop)[1].missing


def test_a_count_of_none_is_zero(shop_of: Any) -> None:
    rng = np.random.default_rng(2)
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    shop.fill(Component.NUMERATOR, 0, np.full(3 * 1440, 30.0), rng)
    shop.cells[0, 0, shop.slot(QUIET_MS) :] = 0
    metric = metric_of("count", Direction.DOWN, unit="per_minute", minimum_exposure=10, scopes=((),))
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, QUIET_MS - 3 * 3_600_000)
    shop.now_ms = QUIET_MS + 600_000
    pulse = evaluator.tick(shop.now_ms, shop)[1]

    assert (pulse.value, pulse.missing) == (0.0, False)
    assert pulse.expected > 10


def test_what_was_never_looked_at_is_missing(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.now_ms = START_MS + 3_610_000

    assert evaluator.tick(shop.now_ms, shop)[1].missing


def test_a_duration_that_only_a_longer_window_can_judge_is_told_from_that_window(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 3 * 8640, START_MS, rows=BINS)
    shop.cells[BINS // 2, 0, ::30] = 12  # a dozen every five minutes
    metric = metric_of(
        "quantile",
        Direction.UP,
        unit="seconds",
        bins=(0.05, 60.0),
        quantile=0.95,
        denominator=(),
        minimum_effect=0.5,
        scopes=((),),
    )
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, QUIET_MS - 3 * 3_600_000)
    values = []
    for shop.now_ms in range(QUIET_MS, QUIET_MS + 300_000, 60_000):
        pulse = evaluator.tick(shop.now_ms, shop)[1]
        values.append(pulse.value)

        assert not pulse.missing

    assert values == pytest.approx([values[0]] * 5)
    assert values[0] > 0


def test_while_it_is_not_known_what_is_usual_nothing_is_said_to_be_expected(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    shop.cells[Component.NUMERATOR] = 15
    metric = metric_of("count", Direction.DOWN, unit="per_minute", scopes=((),))
    shop.now_ms = START_MS + 600_000

    pulse = MetricEvaluator(metric, UTC).tick(shop.now_ms, shop)[1]

    assert (pulse.value, pulse.expected, pulse.lower, pulse.upper) == (90, 0, 0, 0)
    assert of_pulse(shop.now_ms, pulse) == Point(shop.now_ms, 90)
