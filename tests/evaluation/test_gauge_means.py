"""The mean of what snapshots report against a limit: it takes a quarter of an hour, and no number of snapshots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import MINUTE_MS, START_MS, UTC, metric_of

AGENTS = 20


def busy(shop_of: Any, shares: list[float], every: int = 3) -> Any:
    """One queue whose agents are that busy, minute by minute, told every so many slots."""
    shop = shop_of([(0, ("refund",))], 6 * len(shares), START_MS)
    for minute, share in enumerate(shares):
        told = range(6 * minute, 6 * minute + 6, every)
        shop.cells[Component.NUMERATOR, 0, told] = round(AGENTS * share)
        shop.cells[Component.DENOMINATOR, 0, told] = AGENTS
    return shop


def found(shop: Any, minutes: int) -> list[tuple[int, Any]]:
    metric = metric_of(
        "gauge_mean", Direction.UP, threshold=0.9, windows=(900,), scopes=(("queue",),), minimum_exposure=30
    )
    evaluator = MetricEvaluator(metric, UTC)
    told: list[tuple[int, Any]] = shop.run(evaluator, START_MS + 10_000, START_MS + minutes * MINUTE_MS)
    return told


@pytest.mark.parametrize("every", [1, 3, 6])
def test_a_quarter_of_an_hour_above_the_limit_is_news_however_often_it_is_told(shop_of: Any, every: int) -> None:
    told = found(busy(shop_of, [0.8] * 30 + [0.95] * 30, every), 60)

    tick, verdict = told[0]
    assert tick - START_MS == pytest.approx(40 * MINUTE_MS, abs=MINUTE_MS)  # ten minutes of 95 % and five of 80 %
    assert (verdict.reason, verdict.scope) == ("THRESHOLD", {"queue": "refund"})
    assert verdict.value == pytest.approx(0.9, abs=0.01)
    assert told[-1][1].value == pytest.approx(0.95, abs=0.01)


def test_five_busy_minutes_are_none(shop_of: Any) -> None:
    assert found(busy(shop_of, [0.8] * 30 + [1.0] * 5 + [0.8] * 25), 60) == []


def test_without_reports_there_is_nothing_to_say(shop_of: Any) -> None:
    shop = busy(shop_of, [0.99] * 5 + [0.0] * 30)
    shop.cells[Component.DENOMINATOR, 0, 30:] = 0

    evaluator_says = found(shop, 35)

    assert all(tick <= START_MS + 20 * MINUTE_MS or verdict.insufficient for tick, verdict in evaluator_says)
    assert np.count_nonzero(shop.cells[Component.DENOMINATOR]) == 10
