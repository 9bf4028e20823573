"""Net scores, which run from -100 to 100, and gauges, which do not add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, TERM, UTC, metric_of

CHANGE_MS = START_MS + 2 * DAY_MS + 10 * 3_600_000


def test_a_net_score_that_falls_is_told_in_points(shop_of: Any) -> None:
    rng = np.random.default_rng(3)
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    asked = rng.poisson(2, shop.cells.shape[2])
    late = np.arange(len(asked)) >= shop.slot(CHANGE_MS)
    promoters = rng.binomial(asked, np.where(late, 0.2, 0.6))
    shop.cells[Component.DENOMINATOR, 0], shop.cells[Component.NUMERATOR, 0] = asked, promoters
    shop.cells[Component.EXPOSURE, 0] = rng.binomial(asked - promoters, np.where(late, 0.75, 0.5))
    metric = metric_of(
        "net", Direction.DOWN, unit="points", minimum_effect=20, exposure=TERM, scopes=((),), windows=(300, 900)
    )
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, CHANGE_MS - 3 * 3_600_000)

    found = shop.run(evaluator, CHANGE_MS - 3_600_000, CHANGE_MS + 900_000)

    assert 0 < found[0][0] - CHANGE_MS <= 600_000
    worst = found[-1][1]
    assert worst.expected == pytest.approx(40, abs=6)  # 60 % less 20 %
    assert worst.value == pytest.approx(-40, abs=15)  # 20 % less 60 %
    assert worst.direction == "down"
    assert worst.lower < worst.expected < worst.upper


def test_a_queue_that_grows_is_told_by_its_last_snapshot(shop_of: Any) -> None:
    rng = np.random.default_rng(4)
    shop = shop_of([(0, ("presale",)), (0, ("logistics",))], 3 * 8640, START_MS, rows=1)
    told = np.zeros((2, shop.cells.shape[2]), np.int64)
    told[:, ::3] = 1 + rng.poisson(3, told[:, ::3].shape)  # every half minute
    told[0, shop.slot(CHANGE_MS) :: 3] = 1 + 200
    shop.cells[0] = told
    metric = metric_of(
        "last",
        Direction.UP,
        unit="number",
        minimum_effect=2,
        minimum_exposure=10,
        denominator=(),
        scopes=(("queue",),),
        windows=(120, 300),
    )
    evaluator = MetricEvaluator(metric, UTC)
    shop.run(evaluator, CHANGE_MS - 2 * 3_600_000, CHANGE_MS - 10_000)

    found = shop.run(evaluator, CHANGE_MS, CHANGE_MS + 120_000)

    assert found[0][0] - CHANGE_MS <= 30_000
    assert {verdict.scope["queue"] for _, verdict in found} == {"presale"}
    assert found[0][1].value == 200
    assert abs(found[0][1].started_at - CHANGE_MS) <= 60_000


def test_a_queue_that_is_not_told_of_is_insufficient(shop_of: Any) -> None:
    shop = shop_of([(0, ("presale",))], 8640, START_MS, rows=1)
    shop.cells[0, 0, :300:3] = 1 + 5
    metric = metric_of("last", Direction.UP, unit="number", denominator=(), scopes=(("queue",),), windows=(120, 300))
    evaluator = MetricEvaluator(metric, UTC)
    shop.run(evaluator, START_MS + 10_000, START_MS + 3_600_000)

    assert evaluator.latest.judgement.exposure.tolist() == [0]
