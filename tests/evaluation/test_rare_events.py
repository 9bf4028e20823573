"""Rare events as an evaluator judges them: clusters, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction, Metric
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.evaluation.window_reader import QUARTER_MS
from tests.evaluation.support.evaluation_shops import START_MS, TERM, UTC, metric_of

HOUR_MS = 3_600_000
WHOLE, CARRIER, NEW = range(3)
SCOPES = [(0, ()), (1, ("zto",)), (1, ("new",))]


def metric(**more: Any) -> Metric:
    fields: dict[str, Any] = {"unit": "per_day", "denominator": (), "minimum_effect": 2.0, "minimum_exposure": 3}
    return metric_of("rare", Direction.UP, **(fields | {"windows": (3600, 86_400)} | more))


def delivered() -> Metric:
    return metric(unit="per_ten_thousand", exposure=TERM)


def damaged(shop: Any, hours: list[float], *series: int) -> None:
    for hour in hours:
        shop.cells[Component.NUMERATOR, list(series), int(hour * 360)] += 1


def week(shop_of: Any, days: int = 9) -> Any:
    """Four damages in the seven days that are known at the end of the seventh."""
    shop = shop_of(SCOPES, days * 8640, START_MS)
    damaged(shop, [20, 61, 99, 150], WHOLE, CARRIER)
    return shop


def begun(of: Metric, shop: Any, hours: float) -> MetricEvaluator:
    evaluator = MetricEvaluator(of, UTC)
    shop.teach(evaluator, START_MS + int(hours * HOUR_MS))
    return evaluator


def found(evaluator: MetricEvaluator, shop: Any, hours: float, lasting: float) -> list[tuple[int, Any]]:
    start = START_MS + int(hours * HOUR_MS)
    told: list[tuple[int, Any]] = shop.run(evaluator, start + 10_000, start + int(lasting * HOUR_MS))
    return told


@pytest.mark.parametrize(("events", "fires"), [(3, False), (4, False), (5, True)])
def test_five_in_four_hours_fire_where_four_came_in_a_week_and_four_do_not(
    shop_of: Any, events: int, fires: bool
) -> None:
    shop = week(shop_of)
    damaged(shop, np.linspace(170, 174, events).tolist(), WHOLE)
    told = found(begun(metric(scopes=((),)), shop, 168), shop, 168, 7)

    assert bool(told) is fires
    if fires:
        tick, verdict = told[0]
        assert (tick - START_MS - 10_000, verdict.started_at - START_MS) == (174 * HOUR_MS, 170 * HOUR_MS)
        assert (verdict.reason, verdict.window_s) == ("CLUSTER", 4 * 3600 + 10)
        assert verdict.value == pytest.approx(30, rel=0.01)
        assert verdict.expected == pytest.approx(4.5 / 7, rel=0.05)


@pytest.mark.parametrize("series", [WHOLE, CARRIER, NEW])
@pytest.mark.parametrize("hours", [[170.0], [170.0, 170.005]])
def test_one_event_and_two_within_seconds_say_nothing_wherever_they_come(
    shop_of: Any, series: int, hours: list[float]
) -> None:
    shop = week(shop_of)
    damaged(shop, hours, series)

    assert found(begun(metric(minimum_exposure=1), shop, 168), shop, 168, 4) == []


def test_a_cluster_ends_by_itself_and_keeps_its_score_until_then(shop_of: Any) -> None:
    shop = week(shop_of)
    damaged(shop, [169, 170, 171, 172, 173], WHOLE)
    evaluator = begun(metric(scopes=((),)), shop, 168)

    told = found(evaluator, shop, 168, 16)

    scores = [verdict.score for tick, verdict in told if tick > START_MS + 173 * HOUR_MS]
    assert max(scores) - min(scores) < 0.05
    assert START_MS + 178 * HOUR_MS < told[-1][0] < START_MS + 182 * HOUR_MS


def test_the_time_before_the_first_event_is_not_one_without_events(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    damaged(shop, [0.1, 2.6, 3.1], WHOLE)
    evaluator = MetricEvaluator(metric(scopes=((),)), UTC)
    found(evaluator, shop, 0, 4.25)

    assert evaluator.latest.judgement.expected[WHOLE] == pytest.approx(
        1.5 * 24 / 2.25, rel=0.01
    )  # one, in nine quarters


def test_the_part_where_they_come_is_named_as_their_contributor(shop_of: Any) -> None:
    shop = week(shop_of)
    damaged(shop, [169, 170, 171, 172, 173], WHOLE, CARRIER)

    told = [verdict for _, verdict in found(begun(metric(), shop, 168), shop, 168, 6) if not verdict.scope]

    assert told[0].contributors[0].scope == {"method": "zto"}
    assert told[0].contributors[0].share > 0.9


def test_more_parcels_explain_more_damages(shop_of: Any) -> None:
    shop = week(shop_of)
    shop.partners = {Component.EXPOSURE: [WHOLE, CARRIER, NEW]}
    shop.cells[Component.EXPOSURE] = 1
    damaged(shop, [169, 170, 171, 172, 173], WHOLE)
    calm = found(begun(delivered(), shop, 168), shop, 168, 6)
    shop.cells[Component.EXPOSURE, :, 168 * 360 :] = 40
    busy = found(begun(delivered(), shop, 168), shop, 168, 6)

    assert calm[0][1].value == pytest.approx(5 / (4 * 360) * 10_000, rel=0.05)
    assert busy == []


def test_without_exposure_there_is_no_value_and_no_warning(shop_of: Any) -> None:
    shop = week(shop_of)
    damaged(shop, [169, 170, 171, 172, 173], WHOLE)
    evaluator = begun(delivered(), shop, 168)

    told = found(evaluator, shop, 168, 6)
    pulse = evaluator.tick(START_MS + 174 * HOUR_MS, shop)[1]

    assert told == []
    assert pulse.missing


def test_a_part_that_is_new_is_judged_against_the_month_in_which_it_was_not_there(shop_of: Any) -> None:
    shop = week(shop_of)
    shop.partners = {Component.EXPOSURE: [WHOLE, WHOLE, WHOLE]}
    shop.cells[Component.EXPOSURE, WHOLE] = 1
    damaged(shop, [169, 170, 171], NEW)

    told = found(begun(delivered(), shop, 168), shop, 168, 4)

    assert {tuple(verdict.scope.values()) for _, verdict in told} == {("new",)}


def test_a_shop_that_has_just_opened_is_not_judged(shop_of: Any) -> None:
    shop = shop_of(SCOPES, 8640, START_MS)
    damaged(shop, [0.5, 0.6, 0.7, 0.8, 3.1, 3.2, 3.3], WHOLE, CARRIER)

    assert found(MetricEvaluator(metric(), UTC), shop, 0, 6) == []


@pytest.mark.parametrize("seed", range(10))
def test_a_fortnight_of_chance_says_nothing(shop_of: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shop = shop_of([(0, ())], 44 * 8640, START_MS)
    damaged(shop, (rng.random(rng.poisson(22)) * 44 * 24).tolist(), WHOLE)
    evaluator = MetricEvaluator(metric(scopes=((),)), UTC)
    told = []
    for quarter in range(44 * 96):
        at = START_MS + quarter * QUARTER_MS
        if quarter >= 9:
            over = shop.cells[:, :, (quarter - 9) * 90 : (quarter - 8) * 90]
            evaluator.close_quarter(at - 9 * QUARTER_MS, over.sum(axis=2), shop)
        slots = np.flatnonzero(shop.cells[0, 0, quarter * 90 : quarter * 90 + 90])
        for now_ms in (at + (slots + 1) * 10_000).tolist() if quarter >= 30 * 96 else []:
            shop.now_ms = now_ms
            told += evaluator.tick(now_ms, shop)[0]

    assert told == []


def test_days_in_which_nobody_had_an_event_count_as_days_without_a_rare_one(shop_of: Any) -> None:
    shop = week(shop_of, days=20)
    damaged(shop, np.linspace(410, 420, 5).tolist(), WHOLE)
    told = []
    for learned in (168, 406):
        evaluator = begun(metric(scopes=((),)), shop, learned)
        shop.now_ms = START_MS + (learned + 2) * HOUR_MS
        evaluator.tick(shop.now_ms, shop)
        told.append(found(evaluator, shop, 408, 12.1)[-1][1].expected)

    assert told[0] == pytest.approx(told[1], rel=0.01)


def test_what_was_learned_comes_back_from_a_snapshot(shop_of: Any) -> None:
    shop = week(shop_of)
    damaged(shop, [169, 170, 171, 172, 173], WHOLE, CARRIER)
    evaluator = begun(metric(), shop, 168)
    found(evaluator, shop, 168, 3)
    again = MetricEvaluator(metric(), UTC)
    again.from_bytes(evaluator.to_bytes())

    assert again.to_bytes() == evaluator.to_bytes()
    assert found(again, shop, 171, 3) == found(evaluator, shop, 171, 3) != []


def test_it_is_looked_at_when_an_event_comes_and_not_at_every_tick(shop_of: Any) -> None:
    shop = week(shop_of, days=8)
    damaged(shop, [170.0], WHOLE)
    evaluator = begun(metric(), shop, 168)
    found(evaluator, shop, 168, 2 + 1 / 360)

    assert evaluator.latest.judgement.value[WHOLE] > 0
    before = evaluator.latest
    shop.now_ms = START_MS + 170 * HOUR_MS + 20_000
    assert evaluator.tick(shop.now_ms, shop)[0] == []
    assert evaluator.latest is before
