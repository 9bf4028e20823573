"""What windows need to show follows from how many false warnings people accept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectors.alarm_budget import limit_of_window
from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.settings.settings import Settings
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, metric_of

WINDOW_S = 900
METRIC = metric_of("mean", Direction.UP, unit="seconds", minimum_effect=0.2, windows=(WINDOW_S,))


def score_of_longer_waits(shop_of: Any, asked: float, metrics: int = 1) -> np.ndarray:
    """Of the whole and of two parts, half of whose waits are twice as long."""
    shop = shop_of([(0, ()), (1, ("a",)), (1, ("b",))], 2 * 8640, START_MS)
    now_ms = START_MS + DAY_MS + DAY_MS // 2
    shop.cells[Component.DENOMINATOR] = 20
    shop.cells[Component.NUMERATOR] = 20 * 10_000
    shop.cells[Component.NUMERATOR, :, shop.slot(now_ms - WINDOW_S * 1000) :] *= 2
    evaluator = MetricEvaluator(METRIC, Settings(timezone="UTC", false_warnings_a_day=asked), metrics=metrics)
    shop.teach(evaluator, now_ms - 3 * 3_600_000)
    shop.now_ms = now_ms
    evaluator.tick(now_ms, shop)
    return evaluator.latest.judgement.score


def test_who_accepts_fewer_false_warnings_is_told_of_what_is_rarer(shop_of: Any) -> None:
    many, few = (score_of_longer_waits(shop_of, asked) for asked in (1e-4, 1e-7))

    assert (many > few).all()
    limits = [limit_of_window(np.array([0.3 * asked]), WINDOW_S, 20.0)[0] for asked in (1e-4, 1e-7)]
    assert many[0] / few[0] == pytest.approx(limits[1] / limits[0])


def test_however_many_are_accepted_a_window_has_to_be_improbable_to_one_in_a_million(shop_of: Any) -> None:
    np.testing.assert_array_equal(score_of_longer_waits(shop_of, 10.0), score_of_longer_waits(shop_of, 100.0))


def test_many_metrics_share_what_is_accepted(shop_of: Any) -> None:
    np.testing.assert_allclose(
        score_of_longer_waits(shop_of, 1e-4, metrics=10), score_of_longer_waits(shop_of, 1e-5), rtol=1e-12
    )
