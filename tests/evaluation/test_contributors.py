"""Where a change comes from while it is not yet known what is usual of the parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, metric_of

SCOPES = [(0, ()), (1, ("wechat",)), (1, ("alipay",)), (1, ("card",))]
FAILURE_MS = START_MS + 50 * MINUTE_MS


@pytest.mark.parametrize("seed", range(2))
def test_of_three_new_payment_methods_only_the_one_that_fails_is_named(shop_of: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shop = shop_of(SCOPES, 360, START_MS)
    for series in (1, 2, 3):
        success = np.full(360, 0.98)
        if series == 1:
            success[shop.slot(FAILURE_MS) :] = 0.4
        shop.cells[Component.DENOMINATOR, series] = tried = rng.poisson(5, 360)
        shop.cells[Component.NUMERATOR, series] = rng.binomial(tried, success)
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    # Two thousand payments say what the whole usually is; of a method there were too few.
    found = [v for _, v in shop.run(evaluator, START_MS, FAILURE_MS + 5 * MINUTE_MS) if v.scope == {}]

    assert found
    for verdict in found:
        assert [part.scope for part in verdict.contributors if part.scope] == [{"method": "wechat"}]
        assert verdict.contributors[0].share == pytest.approx(1, abs=0.35)


@pytest.mark.parametrize("signal", ["mean", "count"])
def test_a_part_that_is_new_is_not_taken_for_the_one_that_changed(shop_of: Any, signal: str) -> None:
    """An old part changes while a new one, of which nothing is known, does as the whole usually does."""
    at_ms = START_MS + 3 * DAY_MS + 10 * 3_600_000
    shop = shop_of([(0, ()), (1, ("old",)), (1, ("new",))], 4 * 8640, START_MS)
    rng = np.random.default_rng(4)
    at = shop.slot(at_ms)
    counts = np.array([rng.poisson(20, 4 * 8640), rng.poisson(5, 4 * 8640)])
    counts[1, : at - 180] = 0  # half an hour old
    if signal == "count":
        counts[0, at : at + 60] *= 3
        shop.cells[Component.NUMERATOR, 1:] = counts
    else:
        seconds = np.full((2, 4 * 8640), 10)
        seconds[0, at : at + 60] = 40
        shop.cells[Component.DENOMINATOR, 1:] = counts
        shop.cells[Component.NUMERATOR, 1:] = counts * seconds * 1000
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    more = {"unit": "seconds", "minimum_effect": 0.5} if signal == "mean" else {"unit": "per_minute"}
    evaluator = MetricEvaluator(metric_of(signal, Direction.UP, **({"minimum_effect": 0.5} | more)), UTC)
    shop.teach(evaluator, at_ms - 2 * 3_600_000)

    found = [v for _, v in shop.run(evaluator, at_ms, at_ms + 5 * MINUTE_MS) if v.scope == {}]

    assert found
    named = [part.scope for verdict in found[3:] for part in verdict.contributors if part.scope]
    assert {scope["method"] for scope in named} == {"old"}
