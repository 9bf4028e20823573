"""Windows are judged for people to see; what tests find is found at the tick at which it would be in any case."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction, Metric
from streams.cells.histogram import BINS
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.evaluation.pace import Pace
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, UTC, Payments, metric_of

FAILURE_MS = START_MS + 2 * DAY_MS + 10 * 3_600_000
MINUTE_MS = 60_000


def failing(shop_of: Any, share: float) -> Any:
    payments = Payments(shop_of, 3, 60)
    payments.success[0, payments.shop.slot(FAILURE_MS) :] = share
    return payments.draw()


def taught(shop: Any, metric: Metric) -> MetricEvaluator:
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, FAILURE_MS - 3 * 3_600_000)
    return evaluator


def judged(monkeypatch: pytest.MonkeyPatch, shop: Any, metric: Metric, until_ms: int) -> list[int]:
    """Ticks at which windows are judged."""
    ticks: list[int] = []
    plain = Pace.worth_judging

    def noted(pace: Pace, moment: Any) -> bool:
        worth = plain(pace, moment)
        if worth:
            ticks.append(moment.now_ms)
        return worth

    monkeypatch.setattr(Pace, "worth_judging", noted)
    shop.run(taught(shop, metric), FAILURE_MS - 1_800_000, until_ms)
    return ticks


def always(pace: Pace, moment: Any) -> bool:
    del pace, moment
    return True


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_ratio_is_found_at_the_tick_at_which_it_is_if_windows_are_judged_at_all(
    shop_of: Any, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    shop, metric = failing(shop_of, share), metric_of("ratio", Direction.DOWN)
    span = (FAILURE_MS - 600_000, FAILURE_MS + 900_000)

    found = shop.run(taught(shop, metric), *span)
    monkeypatch.setattr(Pace, "worth_judging", always)

    assert found
    assert found == shop.run(taught(shop, metric), *span)


@pytest.mark.parametrize(("windows", "every_ms"), [((300, 900), 30_000), ((3600, 86_400), MINUTE_MS)])
def test_a_ratio_of_long_windows_is_found_at_the_first_half_minute_or_minute_after(
    shop_of: Any, monkeypatch: pytest.MonkeyPatch, windows: tuple[int, ...], every_ms: int
) -> None:
    shop, metric = failing(shop_of, 0.8), metric_of("ratio", Direction.DOWN, windows=windows)
    span = (FAILURE_MS - 600_000, FAILURE_MS + 900_000)

    found = shop.run(taught(shop, metric), *span)[0][0]
    monkeypatch.setattr(Pace, "worth_judging", always)

    assert found == -(-shop.run(taught(shop, metric), *span)[0][0] // every_ms) * every_ms


@pytest.mark.parametrize(("windows", "every_ms"), [((60, 300, 900), MINUTE_MS), ((3600,), 5 * MINUTE_MS)])
def test_windows_of_a_quiet_ratio_are_judged_once_a_minute_and_those_of_hours_every_five(
    shop_of: Any, monkeypatch: pytest.MonkeyPatch, windows: tuple[int, ...], every_ms: int
) -> None:
    metric = metric_of("ratio", Direction.DOWN, windows=windows)

    ticks = judged(monkeypatch, failing(shop_of, 0.97), metric, FAILURE_MS)

    assert set(ticks) == set(range(FAILURE_MS - 1_800_000, FAILURE_MS + 1, every_ms))


def test_where_a_ratio_is_promised_the_windows_of_burn_rates_are_judged_once_a_minute(
    shop_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    metric = metric_of("ratio", Direction.DOWN, windows=(3600, 21_600), target=0.9)

    ticks = judged(monkeypatch, failing(shop_of, 0.97), metric, FAILURE_MS)

    assert ticks[1] - ticks[0] == MINUTE_MS


def test_a_stock_that_grows_is_found_within_a_minute_whatever_the_windows(shop_of: Any) -> None:
    shop = failing(shop_of, 0.97)
    shop.cells[Component.EXPOSURE] = shop.cells[Component.DENOMINATOR]
    shop.stock[:] = 100
    evaluator = taught(
        shop,
        metric_of("cohort", Direction.DOWN, windows=(3600,), exposure=metric_of("ratio", Direction.DOWN).numerator),
    )
    shop.run(evaluator, FAILURE_MS - 25 * 3_600_000, FAILURE_MS)
    shop.stock[:] = 1_000

    found = shop.run(evaluator, FAILURE_MS + 10_000, FAILURE_MS + 4 * MINUTE_MS)

    assert found
    assert found[0][0] == FAILURE_MS + MINUTE_MS
    assert found[0][1].reason == "OVERDUE"


def test_a_stock_of_which_not_all_is_known_is_neither_learned_nor_judged(shop_of: Any) -> None:
    shop = failing(shop_of, 0.97)
    shop.cells[Component.EXPOSURE] = shop.cells[Component.DENOMINATOR]
    shop.stock[:], shop.stock_known = 1, False
    evaluator = taught(
        shop,
        metric_of("cohort", Direction.DOWN, windows=(3600,), exposure=metric_of("ratio", Direction.DOWN).numerator),
    )
    shop.run(evaluator, FAILURE_MS - 7 * 3_600_000, FAILURE_MS - 4 * 3_600_000)
    shop.stock[:] = 1_000

    unknown = shop.run(evaluator, FAILURE_MS - 4 * 3_600_000, FAILURE_MS - 3 * 3_600_000)
    shop.stock_known = True

    assert unknown == []
    assert shop.run(evaluator, FAILURE_MS - 3 * 3_600_000, FAILURE_MS) == []


@pytest.mark.parametrize("away_s", [10, 30, 120])
def test_a_quantile_that_is_restored_between_two_judged_ticks_goes_on_as_if_nothing_had_happened(
    shop_of: Any, away_s: int
) -> None:
    rng = np.random.default_rng(5)
    shop = shop_of([(0, ()), (1, ("ios",)), (1, ("android",))], 3 * 8640, START_MS, rows=BINS)
    shop.cells[8:12, 1:] = rng.poisson(2.0, (4, 2, shop.cells.shape[2]))
    shop.cells[20, 1, shop.slot(FAILURE_MS) :] = 5
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    metric = metric_of(
        "quantile", Direction.UP, unit="seconds", bins=(0.05, 60.0), quantile=0.95, denominator=(), minimum_effect=0.3
    )
    one, other = taught(shop, metric), MetricEvaluator(metric, UTC)
    at_ms = FAILURE_MS + away_s * 1000
    shop.run(one, FAILURE_MS - 600_000, at_ms)
    other.from_bytes(one.to_bytes())

    found = shop.run(one, at_ms + 10_000, at_ms + 300_000)

    assert found
    assert shop.run(other, at_ms + 10_000, at_ms + 300_000) == found
    assert one.to_bytes() == other.to_bytes()


def test_what_is_drawn_between_two_judged_ticks_survives_a_restart(shop_of: Any) -> None:
    shop, metric = failing(shop_of, 0.97), metric_of("ratio", Direction.DOWN)
    one, other = taught(shop, metric), MetricEvaluator(metric, UTC)
    shop.run(one, FAILURE_MS - 600_000, FAILURE_MS + 10_000)
    other.from_bytes(one.to_bytes())
    shop.now_ms = FAILURE_MS + 20_000

    drawn = one.tick(shop.now_ms, shop)[1]

    assert drawn.expected > 0
    assert other.tick(shop.now_ms, shop)[1] == drawn


@pytest.mark.parametrize(("windows", "every_ms"), [((60, 300, 900), 10_000), ((300, 900), 30_000), ((3600,), 60_000)])
def test_what_lasts_is_judged_again_as_often_as_its_windows_move_once_it_is_no_longer_fresh(
    shop_of: Any, windows: tuple[int, ...], every_ms: int
) -> None:
    shop, metric = failing(shop_of, 0.3), metric_of("ratio", Direction.DOWN, windows=windows)
    found = [now_ms for now_ms, _ in shop.run(taught(shop, metric), FAILURE_MS - 600_000, FAILURE_MS + 5_400_000)]

    def steps(ticks: list[int]) -> set[int]:
        return {after - before for before, after in pairwise(sorted(set(ticks)))}

    assert steps([now_ms for now_ms in found if now_ms <= found[0] + 5 * MINUTE_MS]) == {10_000}
    assert steps([now_ms for now_ms in found if now_ms >= found[0] + 10 * MINUTE_MS]) == {every_ms}
