"""Means, rates per thousand and cohorts: what is found, and in which unit it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import (
    DAY_MS,
    MINUTE_MS,
    START_MS,
    TERM,
    UTC,
    daily,
    inquiries,
    metric_of,
)


def test_a_longer_wait_is_a_shift_of_the_mean(shop_of: Any) -> None:
    rng = np.random.default_rng(5)
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    shift_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    waits = np.full(shop.cells.shape[2], 9_000.0)
    waits[shop.slot(shift_ms) :] = 60_000.0
    answered = rng.poisson(5, shop.cells.shape[2])
    shop.cells[Component.DENOMINATOR, 0] = answered
    shop.cells[Component.NUMERATOR, 0] = rng.gamma(np.maximum(answered, 1e-9) / 1.5, waits * 1.5)
    metric = metric_of("mean", Direction.UP, unit="seconds", minimum_effect=0.5, scopes=((),))
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, shift_ms - 3 * 3_600_000)

    found = shop.run(evaluator, shift_ms - 3_600_000, shift_ms + 300_000)

    assert 0 < found[0][0] - shift_ms <= 120_000
    assert found[0][1].reason == "SHIFT"
    assert found[0][1].expected == pytest.approx(9, rel=0.2)


def test_refunds_per_thousand_rise_with_the_refunds_and_not_with_the_orders(shop_of: Any) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    surge_ms = START_MS + 8 * DAY_MS + 12 * 3_600_000
    minute = (surge_ms - START_MS) // MINUTE_MS
    bad_batch = np.ones(len(orders))
    bad_batch[minute:] = 8
    shop.fill(Component.NUMERATOR, 1, orders * 0.1 * bad_batch, rng)
    shop.fill(Component.NUMERATOR, 2, orders * 0.2, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    shop.fill(Component.DENOMINATOR, 0, orders, rng)
    shop.partners = {Component.DENOMINATOR: [0, 0, 0]}
    metric = metric_of(
        "per_thousand",
        Direction.UP,
        unit="per_thousand",
        minimum_effect=0.5,
        windows=(300, 900),
        trailing_s=86_400,
    )
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, surge_ms - 2 * 3_600_000)

    found = shop.run(evaluator, surge_ms - 1_800_000, surge_ms + 600_000)

    assert 0 < found[0][0] - surge_ms <= 300_000
    assert {tuple(verdict.scope.values()) for _, verdict in found} <= {(), ("coupon",)}
    worst = max((verdict for _, verdict in found), key=lambda verdict: verdict.score)
    assert worst.value > 4 * worst.expected


def test_a_cohort_that_is_not_closed_in_time_and_its_overdue_stock(shop_of: Any) -> None:
    rng = np.random.default_rng(7)
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    stall_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    opened = rng.poisson(5, shop.cells.shape[2])
    shop.cells[Component.DENOMINATOR, 0] = opened
    shop.cells[Component.NUMERATOR, 0] = rng.binomial(opened, 0.95)
    shop.cells[Component.NUMERATOR, 0, shop.slot(stall_ms) :] //= 2
    metric = metric_of("cohort", Direction.DOWN, exposure=TERM, scopes=((),), windows=(900, 3600))
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, stall_ms - 3 * 3_600_000)
    shop.stock[0] = 100
    calm = shop.run(evaluator, stall_ms - 90_000_000, stall_ms)
    found = shop.run(evaluator, stall_ms + 10_000, stall_ms + 900_000)
    shop.cells[Component.NUMERATOR] = shop.cells[Component.DENOMINATOR]
    shop.stock[0] = 5000
    overdue = shop.run(evaluator, stall_ms + 5_400_000, stall_ms + 5_400_000)

    assert calm == []
    assert found[0][1].reason == "CLIFF"
    assert overdue[0][1].reason == "OVERDUE"
    assert 0 <= overdue[0][1].value <= 1
    assert overdue[0][1].expected == pytest.approx(0.95, abs=0.03)


def test_what_is_drawn_keeps_to_the_shortest_window_while_a_longer_one_alarms(shop_of: Any) -> None:
    rng = np.random.default_rng(11)
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    shop.fill(Component.NUMERATOR, 0, daily(3, 40.0), rng)
    more_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    shop.cells[Component.NUMERATOR, 0, shop.slot(more_ms) :] *= 3
    metric = metric_of("count", Direction.UP, unit="per_minute", minimum_effect=0.5, scopes=((),))
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, more_ms - 3 * 3_600_000)
    shop.run(evaluator, more_ms - 1_800_000, more_ms + 600_000)

    shop.now_ms = more_ms + 610_000
    verdicts, pulse = evaluator.tick(shop.now_ms, shop)

    assert verdicts[0].score >= 1
    assert pulse.value == shop.sums(Component.NUMERATOR, 60)[0]
    assert pulse.score == verdicts[0].score
    assert evaluator.latest.judgement.value[0] == pulse.value


def test_a_metric_without_exposure_is_looked_at_every_quarter_of_an_hour(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    shop.cells[:2, 0, ::360] = 1  # one in an hour
    judged = []
    metric = metric_of("ratio", Direction.DOWN, scopes=((),))
    evaluator = MetricEvaluator(metric, UTC)
    for now_ms in range(START_MS + 7_200_000, START_MS + 10_800_000, 10_000):
        before = evaluator.latest
        shop.now_ms = now_ms
        evaluator.tick(now_ms, shop)
        if evaluator.latest is not before:
            judged.append(now_ms - START_MS)

    assert judged == [7_200_000, 8_100_000, 9_000_000, 9_900_000]
