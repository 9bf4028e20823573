"""What is said of an incident once it is over."""

from __future__ import annotations

from typing import Any

import numpy as np

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, daily, metric_of

FAILURE_MS = START_MS + 3 * DAY_MS + 10 * 3_600_000
END_MS = FAILURE_MS + 18 * MINUTE_MS
STORES = 12
SCOPES = [(0, ()), *((1, (f"store-{number}",)) for number in range(STORES))]


def shop_with_a_failure(shop_of: Any, rng: np.random.Generator, still: int | None = None) -> Any:
    """A whole of 12 thin stores whose payments fail for 18 minutes, in `still` for half an hour."""
    shop = shop_of(SCOPES, 4 * 8640, START_MS)
    attempts = np.repeat(daily(4, 4.0), 6) / 6
    failing = slice(shop.slot(FAILURE_MS), shop.slot(END_MS))
    for series in range(1, STORES + 1):
        success = np.full(len(attempts), 0.97)
        success[failing] = 0.4
        if series == still:
            success[failing.start : failing.start + 180] = 0.1
        tried = rng.poisson(attempts)
        shop.cells[Component.DENOMINATOR, series] = tried
        shop.cells[Component.NUMERATOR, series] = rng.binomial(tried, success)
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    return shop


def found(shop: Any) -> list[tuple[int, Any]]:
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN, windows=(60, 120, 300, 900)), UTC)
    shop.teach(evaluator, FAILURE_MS - 3 * 3_600_000)
    verdicts: list[tuple[int, Any]] = shop.run(evaluator, FAILURE_MS, END_MS + 25 * MINUTE_MS)
    return verdicts


def test_two_minutes_after_the_end_neither_the_whole_nor_its_thin_parts_are_talked_of(shop_of: Any) -> None:
    for seed in range(4):
        verdicts = found(shop_with_a_failure(shop_of, np.random.default_rng(seed)))

        assert any(verdict.scope for _, verdict in verdicts), "no part showed it, so the case proves little"
        assert {verdict.scope.get("method", "whole") for tick, verdict in verdicts if tick > END_MS + 120_000} == set()


def test_a_part_that_goes_on_when_the_rest_is_well_again_is_still_told(shop_of: Any) -> None:
    verdicts = found(shop_with_a_failure(shop_of, np.random.default_rng(9), still=5))

    after = {tuple(v.scope.values()) for tick, v in verdicts if END_MS + 8 * MINUTE_MS < tick < END_MS + 12 * MINUTE_MS}
    assert ("store-4",) in after
    assert after <= {(), ("store-4",)}  # a twelfth of the whole is missing, so the whole may say so too


def test_the_start_is_known_to_half_a_minute(shop_of: Any) -> None:
    for seed in range(4):
        verdicts = found(shop_with_a_failure(shop_of, np.random.default_rng(seed)))
        first = next(verdict for _, verdict in verdicts if verdict.scope == {})

        assert abs(first.started_at - FAILURE_MS) <= 30_000


def test_what_is_clear_is_told_by_the_shortest_window_that_has_enough_and_holds_nothing_of_the_trouble(
    shop_of: Any,
) -> None:
    shop = shop_with_a_failure(shop_of, np.random.default_rng(2))
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN, windows=(60, 120, 300, 900)), UTC)
    shop.teach(evaluator, FAILURE_MS - 3 * 3_600_000)
    clear = []
    for now_ms in range(FAILURE_MS, END_MS + 15 * MINUTE_MS, 10_000):
        shop.now_ms = now_ms
        verdicts, _ = evaluator.tick(now_ms, shop)
        clear += [verdict for verdict in verdicts if now_ms > END_MS + 3 * MINUTE_MS and verdict.score < 0.7]

    assert {verdict.scope.get("method", "whole") for verdict in clear} > {"whole"}
    whole = [verdict for verdict in clear if not verdict.scope]
    assert {verdict.window_s for verdict in whole} == {60}
    assert min(verdict.value for verdict in whole) > 0.85
    parts = [verdict for verdict in clear if verdict.scope and not verdict.insufficient]
    assert min(verdict.value for verdict in parts) > 0.6  # of a dozen payments two may fail; 18 minutes ago most did
    assert all(verdict.lower <= verdict.expected <= verdict.upper for verdict in clear)
