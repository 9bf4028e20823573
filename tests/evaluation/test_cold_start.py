"""What is judged before much is known: a new shop, and a new part of a known metric."""

from __future__ import annotations

from typing import Any

import numpy as np

from streams.catalogue.metric import Component, Direction
from streams.catalogue.term import Term
from streams.cells.histogram import BINS, edges
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, Payments, daily, metric_of

HOUR_MS = 3_600_000
BOUNDS = (7_200, 2_592_000)


def bad(shop: Any, evaluator: MetricEvaluator, from_ms: int, to_ms: int, step_ms: int = 60_000) -> list[Any]:
    """Verdicts that would warn somebody."""
    found = []
    for now_ms in range(from_ms, to_ms, step_ms):
        shop.now_ms = now_ms
        closed_ms = now_ms - 2 * HOUR_MS - 900_000
        if now_ms % 900_000 == 0 and closed_ms >= START_MS:
            at = shop.slot(closed_ms)
            evaluator.close_quarter(closed_ms, shop.cells[:, :, at : at + 90].sum(axis=2), shop)
        found += [verdict for verdict in evaluator.tick(now_ms, shop)[0] if verdict.score >= 1 and not verdict.good]
    return found


def parcels(shop_of: Any, days: int, a_minute: float, seed: int) -> Any:
    """A shop that opens: what is delivered first is what was fast."""
    rng = np.random.default_rng(seed)
    shop = shop_of([(0, ())], days * 8640, START_MS, rows=BINS)
    paid = np.repeat(np.arange(days * 1440), rng.poisson(daily(days, a_minute / 2))) * 60.0
    took = np.exp(rng.normal(np.log(2.0), 0.35, len(paid))) * 86_400
    at = ((paid + took) // 10).astype(int)
    there = at < shop.cells.shape[2]
    bins = np.searchsorted(np.array(edges(*BOUNDS)), took, side="right")
    np.add.at(shop.cells, (bins[there], 0, at[there]), 1)
    return shop


def test_a_shop_that_opens_does_not_get_slower_for_a_week(shop_of: Any) -> None:
    for signal in ("quantile", "spread"):
        more: dict[str, Any] = {"quantile": 0.9} if signal == "quantile" else {}
        since = (Term(events=("x",), since="paid_at"),)
        metric = metric_of(
            signal, Direction.UP, unit="seconds", bins=BOUNDS, numerator=since, denominator=(), minimum_effect=0.3,
            minimum_exposure=50, windows=(3600, 86_400), scopes=((),), **more,
        )  # fmt: skip

        shop = parcels(shop_of, 5, 3.0, seed=1)

        assert bad(shop, MetricEvaluator(metric, UTC), START_MS, START_MS + 5 * DAY_MS, 20 * MINUTE_MS) == []


def test_a_plain_failure_of_a_new_shop_is_found_in_its_first_hours(shop_of: Any) -> None:
    payments = Payments(shop_of, 1, 30)
    fails_ms = START_MS + 10 * HOUR_MS
    payments.success[:, payments.shop.slot(fails_ms) :] = 0.6
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)

    assert bad(shop, evaluator, START_MS + 9 * HOUR_MS, fails_ms) == []
    found = bad(shop, evaluator, fails_ms, fails_ms + 5 * MINUTE_MS, 10_000)

    assert {tuple(verdict.scope.values()) for verdict in found} == {(), ("card",), ("wallet",)}


def test_a_first_day_of_hours_that_are_staffed_unlike_cries_no_wolf(shop_of: Any) -> None:
    for seed in (1, 2):
        calls = Payments(shop_of, 1, 6, seed)
        odds = 3 * np.exp(calls.rng.normal(0, 0.35, 24))
        calls.success[:] = np.repeat(odds / (1 + odds), 360)

        found = bad(
            calls.draw(), MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC), START_MS, START_MS + DAY_MS, 120_000
        )

        assert found == []


def branches(shop_of: Any, ratios: np.ndarray, new: float, new_from: int) -> Any:
    """Stores of these ratios and a new one, two trials a minute each, for four days."""
    rng = np.random.default_rng(3)
    count = len(ratios) + 1
    shop = shop_of([(0, ()), *((1, (f"s{store}",)) for store in range(count))], 4 * 8640, START_MS, rows=2)
    tried = rng.poisson(2 / 6, (count, 4 * 8640))
    tried[-1, :new_from] = 0
    shop.cells[Component.DENOMINATOR, 1:] = tried
    shop.cells[Component.NUMERATOR, 1:] = rng.binomial(tried, np.append(ratios, new)[:, None])
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    return shop


def judged_new_store(shop_of: Any, ratios: np.ndarray, new: float) -> list[Any]:
    opens_ms = START_MS + 3 * DAY_MS + 10 * HOUR_MS
    shop = branches(shop_of, ratios, new, (opens_ms - START_MS) // 10_000)
    evaluator = MetricEvaluator(metric_of("ratio", Direction.UP, windows=(900, 7200)), UTC)
    shop.teach(evaluator, opens_ms - 2 * HOUR_MS)
    return bad(shop, evaluator, opens_ms, opens_ms + 2 * HOUR_MS + 10 * MINUTE_MS)


def test_a_new_store_with_six_times_the_damage_of_others_that_are_alike_is_found_at_once(shop_of: Any) -> None:
    found = judged_new_store(shop_of, np.full(12, 0.02), 0.12)

    assert {tuple(verdict.scope.values()) for verdict in found} <= {("s12",), ()}
    assert any(verdict.scope for verdict in found)


def test_where_stores_are_unlike_a_new_one_may_be_so_too(shop_of: Any) -> None:
    assert judged_new_store(shop_of, np.linspace(0.005, 0.2, 12), 0.12) == []


def test_a_new_store_is_judged_from_its_first_trials(shop_of: Any) -> None:
    opens_ms = START_MS + 3 * DAY_MS + 10 * HOUR_MS
    shop = branches(shop_of, np.full(12, 0.9), 0.9, (opens_ms - START_MS) // 10_000)
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN, windows=(900, 3600)), UTC)
    shop.teach(evaluator, opens_ms - 2 * HOUR_MS)

    shop.now_ms = opens_ms + 20 * MINUTE_MS
    evaluator.tick(shop.now_ms, shop)

    assert evaluator.latest.judgement.exposure[-1] < 60
    assert evaluator.latest.judgement.reason[-1] == 0
    assert abs(evaluator.latest.judgement.expected[-1] - 0.9) < 0.02


def test_outcomes_of_cases_from_before_the_history_began_are_no_successes(shop_of: Any) -> None:
    term = (Term(events=("x",)),)
    metric = metric_of(
        "cohort", Direction.DOWN, numerator=term, denominator=term, exposure=term, scopes=((),), windows=(900, 3600),
        minimum_effect=0.05, minimum_exposure=20,
    )  # fmt: skip
    rng = np.random.default_rng(5)
    shop = shop_of([(0, ())], 3 * 8640, START_MS)
    due = rng.poisson(2.0, 3 * 8640)
    shop.cells[Component.NUMERATOR, 0] = rng.binomial(due, 0.85)
    shop.cells[Component.DENOMINATOR, 0] = due
    shop.cells[Component.DENOMINATOR, 0, :8640] = 0  # who was due on the first day had ordered before it

    assert bad(shop, MetricEvaluator(metric, UTC), START_MS, START_MS + 3 * DAY_MS, 5 * MINUTE_MS) == []
