"""Ticks over simulated shops: what is found, how fast, and what stays quiet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectors.state import pack, unpack
from streams.catalogue.metric import Component, Direction, Metric
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.settings.settings import OpeningHours, Settings
from tests.evaluation.support.evaluation_shops import (
    DAY_MS,
    MINUTE_MS,
    START_MS,
    TERM,
    UTC,
    Payments,
    inquiries,
    metric_of,
)


def test_a_failing_payment_method_is_found_within_two_minutes_with_its_contributor_and_start(shop_of: Any) -> None:
    payments = Payments(shop_of, 3, 60)
    failure_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    at = payments.shop.slot(failure_ms)
    payments.success[0, at : at + 120] = 0.3
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.teach(evaluator, failure_ms - 3 * 3_600_000)

    found = shop.run(evaluator, failure_ms - 1_800_000, failure_ms + 600_000)

    assert found[0][0] - failure_ms <= 120_000
    assert failure_ms < found[0][0]
    by_scope = {tuple(verdict.scope.values()): verdict for tick, verdict in found if tick == failure_ms + 240_000}
    assert by_scope["card",].direction == "down"
    assert by_scope["card",].reason == "CLIFF"
    assert abs(by_scope["card",].started_at - failure_ms) <= MINUTE_MS
    assert by_scope[()].contributors[0].scope == {"method": "card"}
    assert by_scope[()].contributors[0].share > 0.9
    assert ("wallet",) not in by_scope


def test_an_ordinary_day_is_quiet(shop_of: Any) -> None:
    shop = Payments(shop_of, 3, 60).draw()
    one_of_many = Settings(timezone="UTC", false_warnings_a_day=0.02)  # as it has among fifty metrics
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), one_of_many)
    shop.teach(evaluator, START_MS + 2 * DAY_MS)

    assert shop.run(evaluator, START_MS + 2 * DAY_MS + 3 * 3_600_000, START_MS + 2 * DAY_MS + 8 * 3_600_000) == []


def test_ten_times_the_traffic_at_unchanged_ratios_is_quiet(shop_of: Any) -> None:
    payments = Payments(shop_of, 3, 40)
    jump_ms = START_MS + 2 * DAY_MS + 12 * 3_600_000
    at = payments.shop.slot(jump_ms)
    payments.attempts[at : at + 120] *= 10
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.teach(evaluator, jump_ms - 3 * 3_600_000)

    assert shop.run(evaluator, jump_ms - 600_000, jump_ms + 3_600_000) == []


def test_a_tiny_store_with_one_failure_in_two_has_too_little_to_judge(shop_of: Any) -> None:
    shop = shop_of([(0, ()), (1, ("tiny",))], 2000, START_MS)
    shop.cells[Component.DENOMINATOR, :, ::720] = 2
    shop.cells[Component.NUMERATOR, :, ::720] = 1
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)

    assert shop.run(evaluator, START_MS + 3_600_000, START_MS + 2 * 3_600_000) == []


def test_without_history_a_ratio_is_judged_once_it_has_been_seen_for_half_an_hour(shop_of: Any) -> None:
    payments = Payments(shop_of, 0.2, 400)
    failure_ms = START_MS + 90 * MINUTE_MS
    payments.success[1, payments.shop.slot(failure_ms) :] = 0.6
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)

    found = shop.run(evaluator, START_MS + 60_000, failure_ms + 180_000)

    assert found
    assert 0 < found[0][0] - failure_ms <= 120_000


def test_a_promised_ratio_needs_no_history(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 720, START_MS)
    shop.cells[Component.DENOMINATOR, 0] = 167
    shop.cells[Component.NUMERATOR, 0] = 167
    shop.cells[Component.NUMERATOR, 0, ::6] = 166
    shop.cells[Component.NUMERATOR, 0, 360:] = 165
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN, target=0.999, windows=(60, 120, 300)), UTC)

    found = shop.run(evaluator, START_MS + 300_000, START_MS + 3_600_000 + 120_000)

    assert found[0][1].reason == "LEAK"
    assert 0 < found[0][0] - (START_MS + 3_600_000) <= 120_000


def counts_metric(direction: Direction, **more: Any) -> Metric:
    return metric_of("count", direction, unit="per_minute", minimum_effect=0.5, minimum_exposure=10, **more)


def test_a_surge_of_one_intent_is_found_although_the_activity_is_known(shop_of: Any) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    surge_ms = START_MS + 8 * DAY_MS + 9 * 3_600_000
    minute = (surge_ms - START_MS) // MINUTE_MS
    factor = np.ones(len(orders))
    factor[minute : minute + 20] = 7
    shop.fill(Component.NUMERATOR, 1, orders * 0.1 * factor, rng)
    shop.fill(Component.NUMERATOR, 2, orders * 0.3, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    shop.fill(Component.EXPOSURE, 0, orders, rng)
    shop.partners = {Component.EXPOSURE: [0, 0, 0]}
    evaluator = MetricEvaluator(counts_metric(Direction.UP, exposure=TERM), UTC)
    shop.teach(evaluator, surge_ms - 2 * 3_600_000)

    found = shop.run(evaluator, surge_ms - 3_600_000, surge_ms + 600_000)

    coupon = [(tick, verdict) for tick, verdict in found if verdict.scope == {"method": "coupon"}]
    assert 0 < coupon[0][0] - surge_ms <= 150_000
    assert coupon[0][1].reason == "SURGE"
    assert abs(coupon[-1][1].started_at - surge_ms) <= MINUTE_MS
    assert all(verdict.scope != {"method": "parcel"} or verdict.good for _, verdict in found)


@pytest.mark.parametrize("lag", [0, 5])
def test_inquiries_that_follow_ten_times_the_orders_are_quiet(shop_of: Any, lag: int) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    peak_ms = START_MS + 8 * DAY_MS + 2 * 3_600_000
    minute = (peak_ms - START_MS) // MINUTE_MS
    orders[minute : minute + 25] *= 10
    contacts = np.roll(orders, lag)
    shop.fill(Component.NUMERATOR, 1, contacts * 0.05, rng)
    shop.fill(Component.NUMERATOR, 2, contacts * 0.3, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    shop.fill(Component.EXPOSURE, 0, orders, rng)
    shop.partners = {Component.EXPOSURE: [0, 0, 0]}
    evaluator = MetricEvaluator(counts_metric(Direction.UP, exposure=TERM), UTC)
    shop.teach(evaluator, peak_ms - 2 * 3_600_000)

    assert shop.run(evaluator, peak_ms - 1_800_000, peak_ms + 3_600_000) == []


def test_a_planned_peak_of_orders_is_good_news_and_its_end_no_collapse(shop_of: Any) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    peak_ms = START_MS + 8 * DAY_MS + 2 * 3_600_000
    minute = (peak_ms - START_MS) // MINUTE_MS
    orders[minute : minute + 90] *= 1 + 10 * np.exp(-np.arange(90) / 20)
    shop.fill(Component.NUMERATOR, 1, orders * 0.4, rng)
    shop.fill(Component.NUMERATOR, 2, orders * 0.6, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    evaluator = MetricEvaluator(counts_metric(Direction.DOWN), UTC)
    shop.teach(evaluator, peak_ms - 2 * 3_600_000)

    found = shop.run(evaluator, peak_ms - 1_800_000, peak_ms + 7_200_000)

    assert found
    assert all(verdict.good for _, verdict in found)


def test_a_part_that_stops_is_a_stall_and_the_whole_is_not_blamed(shop_of: Any) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    stop_ms = START_MS + 8 * DAY_MS + 12 * 3_600_000
    minute = (stop_ms - START_MS) // MINUTE_MS
    carrier = orders * 0.2
    carrier[minute:] = 0
    shop.fill(Component.NUMERATOR, 1, carrier, rng)
    shop.fill(Component.NUMERATOR, 2, orders * 2, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    evaluator = MetricEvaluator(counts_metric(Direction.DOWN, windows=(300, 900, 3600)), UTC)
    shop.teach(evaluator, stop_ms - 2 * 3_600_000)

    found = shop.run(evaluator, stop_ms - 1_800_000, stop_ms + 600_000)

    assert 0 < found[0][0] - stop_ms <= 180_000
    assert {tuple(verdict.scope.values()) for _, verdict in found} == {("coupon",)}
    assert found[0][1].reason == "STALL"
    assert abs(found[-1][1].started_at - stop_ms) <= 2 * MINUTE_MS


def test_an_anomaly_is_reported_for_twenty_minutes_after_it_was_last_not_clear(shop_of: Any) -> None:
    payments = Payments(shop_of, 3, 60)
    failure_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    at = payments.shop.slot(failure_ms)
    payments.success[0, at : at + 60] = 0.3
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.teach(evaluator, failure_ms - 3 * 3_600_000)
    last = shop.run(evaluator, failure_ms, failure_ms + 1_200_000)[-1][0]

    shop.now_ms = last + 15 * MINUTE_MS
    reported, _ = evaluator.tick(shop.now_ms, shop)
    shop.now_ms += 20 * MINUTE_MS + 10_000
    forgotten, _ = evaluator.tick(shop.now_ms, shop)

    assert last < failure_ms + 600_000 + 1_200_000
    assert {verdict.score < 1 for verdict in reported} == {True}
    assert forgotten == []


def test_a_restored_evaluator_goes_on_as_if_nothing_had_happened(shop_of: Any) -> None:
    payments = Payments(shop_of, 3, 60)
    failure_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    payments.success[0, payments.shop.slot(failure_ms) :] = 0.3
    shop = payments.draw()
    metric = metric_of("ratio", Direction.DOWN, windows=(60, 900, 3600), target=0.99)
    one, other = MetricEvaluator(metric, UTC), MetricEvaluator(metric, UTC)
    shop.teach(one, failure_ms - 3 * 3_600_000)
    shop.run(one, failure_ms - 300_000, failure_ms + 130_000)
    other.from_bytes(one.to_bytes())

    expected = shop.run(one, failure_ms + 140_000, failure_ms + 400_000)

    assert expected
    assert shop.run(other, failure_ms + 140_000, failure_ms + 400_000) == expected
    assert one.to_bytes() == other.to_bytes()


def test_a_closed_service_is_not_judged(shop_of: Any) -> None:
    payments = Payments(shop_of, 3, 60)
    closing_ms = START_MS + 2 * DAY_MS + 18 * 3_600_000
    payments.success[:, payments.shop.slot(closing_ms) :] = 0.0
    shop = payments.draw()
    hours = (OpeningHours(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), opens="07:00", closes="18:00"),)
    settings = Settings(timezone="UTC", opening_hours=hours)
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN, opening_hours=True), settings)
    shop.teach(evaluator, closing_ms - 3 * 3_600_000)

    assert shop.run(evaluator, closing_ms - 600_000, closing_ms + 3_600_000) == []


def test_scopes_with_a_missing_dimension_are_not_judged(shop_of: Any) -> None:
    payments = Payments(shop_of, 3, 60)
    failure_ms = START_MS + 2 * DAY_MS + 10 * 3_600_000
    payments.success[0, payments.shop.slot(failure_ms) :] = 0.3
    shop = payments.draw()
    shop.scopes[1] = (1, ("",))
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.teach(evaluator, failure_ms - 3 * 3_600_000)

    found = shop.run(evaluator, failure_ms, failure_ms + 300_000)

    assert {tuple(verdict.scope.values()) for _, verdict in found} == {()}


def test_rows_of_the_wrong_number_of_components_are_refused(shop_of: Any) -> None:
    evaluator = MetricEvaluator(metric_of("cohort", Direction.DOWN, exposure=TERM), UTC)

    with pytest.raises(ValueError, match="1 rows for the components"):
        evaluator.close_quarter(START_MS, np.zeros((1, 4), dtype=np.int64), shop_of([(0, ())] * 4, 90, START_MS))


def test_a_state_of_detectors_that_are_gone_begins_anew() -> None:
    metric = metric_of("count", Direction.BOTH)
    old = unpack(MetricEvaluator(metric, UTC).to_bytes())
    del old["version"], old["learned"]
    evaluator = MetricEvaluator(metric, UTC)

    evaluator.from_bytes(pack(old))

    assert evaluator.to_bytes() == MetricEvaluator(metric, UTC).to_bytes()
