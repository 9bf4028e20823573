"""What a value that rests on so many cases may really be, as ticks tell it of the whole."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from scipy.stats import binomtest

from detectors.state import pack, unpack
from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import START_MS, TERM, UTC, metric_of

AT_MS = START_MS + 6 * 3_600_000


def last_pulse(evaluator: MetricEvaluator, shop: Any, **counts: int) -> Any:
    """The whole counts so many within the last minute before `AT_MS`, and nothing else."""
    for name, count in counts.items():
        shop.cells[Component[name.upper()], 0, shop.slot(AT_MS) - 3] = count
    shop.now_ms = AT_MS
    return evaluator.tick(AT_MS, shop)[1]


def test_twenty_seven_of_thirty_are_told_with_wilsons_interval(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    pulse = last_pulse(MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC), shop, numerator=27, denominator=30)
    reference = binomtest(27, 30).proportion_ci(method="wilson")

    assert (pulse.value, pulse.low, pulse.high) == pytest.approx((0.9, reference.low, reference.high))


def test_a_net_score_is_told_with_that_of_its_answers_in_points(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    metric = metric_of("net", Direction.DOWN, unit="points", minimum_effect=20, exposure=TERM, scopes=((),))
    pulse = last_pulse(MetricEvaluator(metric, UTC), shop, numerator=60, exposure=15, denominator=100)

    assert [round(number, 1) for number in (pulse.low, pulse.value, pulse.high)] == [30.5, 45.0, 59.5]


def test_eleven_answers_from_nought_to_ten_say_almost_nothing(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    metric = metric_of("net", Direction.DOWN, unit="points", minimum_effect=20, exposure=TERM, scopes=((),))
    pulse = last_pulse(MetricEvaluator(metric, UTC), shop, numerator=2, exposure=7, denominator=11)

    assert [round(number, 1) for number in (pulse.low, pulse.high)] == [-91.7, 0.8]


def test_without_a_case_there_is_none_and_a_count_has_none(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    empty = last_pulse(MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC), shop)
    counted = last_pulse(MetricEvaluator(metric_of("count", Direction.UP, unit="per_minute"), UTC), shop, numerator=30)

    assert (empty.low, empty.high) == (None, None)
    assert (counted.low, counted.high) == (None, None)


def test_a_cohort_counts_the_cases_whose_deadline_has_passed_and_no_others(shop_of: Any) -> None:
    """Half of the day's orders are due later: what counts of them so far makes no interval narrower."""
    shop = shop_of([(0, ())], 8640, START_MS)
    shop.cells[Component.DENOMINATOR, 0, shop.slot(AT_MS) + 100] = 5_000
    shop.cells[Component.NUMERATOR, 0, shop.slot(AT_MS) + 100] = 4_000
    pulse = last_pulse(MetricEvaluator(metric_of("cohort", Direction.DOWN), UTC), shop, numerator=27, denominator=30)

    assert (round(pulse.low, 3), round(pulse.high, 3)) == (0.744, 0.965)


def test_it_is_in_the_snapshot_and_a_snapshot_of_before_has_none(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 8640, START_MS)
    metric = metric_of("ratio", Direction.DOWN, windows=(900,))
    evaluator, restored, older = (MetricEvaluator(metric, UTC) for _ in range(3))
    pulse = last_pulse(evaluator, shop, numerator=27, denominator=30)
    state = unpack(evaluator.to_bytes())
    restored.from_bytes(pack(state))
    older.from_bytes(pack(state | {"drawn": state["drawn"][:6]}))
    shop.now_ms = AT_MS + 10_000  # no window is due: what was drawn last stands

    assert restored.tick(shop.now_ms, shop)[1] == pulse
    assert older.tick(shop.now_ms, shop)[1] == replace(pulse, low=None, high=None)
