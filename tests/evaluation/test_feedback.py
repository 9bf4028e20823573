"""What feedback changes: in a simulated shop, tick by tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction, Metric
from streams.cells.assessment import Assessment
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.evaluation.window_reader import QUARTER_MS, TICK_MS
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, Payments, metric_of

if TYPE_CHECKING:
    from streams.records.verdicts import Assessed

NOON_MS = START_MS + 2 * DAY_MS + 12 * 3_600_000
CARD, WALLET = 1, 2


def given(opinion: str, at_ms: int, **more: Any) -> Assessment:
    return Assessment(at_ms, "/pharos/api", f"{opinion}-{at_ms}", "fingerprint", opinion, **more)


def say(evaluator: MetricEvaluator, shop: Any, series: int, opinion: str, at_ms: int, **more: Any) -> Assessed:
    """Feedback that acts at `at_ms`."""
    shop.now_ms = at_ms
    return evaluator.assess(at_ms, shop, series, given(opinion, at_ms, **more))


def failing(shop_of: Any, *spans: tuple[int, int, float], days: float = 4) -> tuple[Any, MetricEvaluator]:
    """Card payments that succeed less often from minute to minute after noon; taught up to two hours before."""
    payments = Payments(shop_of, days, 60)
    for begin, end, success in spans:
        payments.success[0, payments.shop.slot(NOON_MS) + begin * 6 : payments.shop.slot(NOON_MS) + end * 6] = success
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.teach(evaluator, NOON_MS - 3 * 3_600_000)
    return shop, evaluator


def run(shop: Any, evaluator: MetricEvaluator, begin: int, end: int) -> set[tuple[str, ...]]:
    """The scopes that deviate at any tick after the one minute past noon, up to the other."""
    found = shop.run(evaluator, NOON_MS + begin * MINUTE_MS + TICK_MS, NOON_MS + end * MINUTE_MS)
    return {tuple(verdict.scope.values()) for _, verdict in found}


def counts(shop_of: Any, *spans: tuple[int, int, float], seed: int = 5) -> tuple[Any, MetricEvaluator]:
    """Two regions with 12 and 18 events a minute; the first has so many times as many between minutes after noon."""
    rng = np.random.default_rng(seed)
    shop = shop_of([(0, ()), (1, ("north",)), (1, ("south",))], 4 * 8640, START_MS)
    rates = np.repeat([[12.0], [18.0]], 4 * 1440, axis=1)
    noon = (NOON_MS - START_MS) // MINUTE_MS
    for begin, end, times in spans:
        rates[0, noon + begin : noon + end] *= times
    for series in (1, 2):
        shop.fill(Component.NUMERATOR, series, rates[series - 1], rng)
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    metric = metric_of("count", Direction.BOTH, scopes=((), ("region",)), unit="per_minute", minimum_effect=0.2)
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, NOON_MS - 3 * 3_600_000)
    return shop, evaluator


def test_what_is_expected_is_quiet_while_it_lasts_and_a_later_trouble_is_not(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 60, 0.6), (150, 170, 0.6))

    assert ("card",) in run(shop, evaluator, -20, 10)
    done = say(evaluator, shop, CARD, "expected", NOON_MS + 10 * MINUTE_MS)
    assert done.until > NOON_MS

    assert run(shop, evaluator, 10, 140) == set()
    assert ("card",) in run(shop, evaluator, 140, 170)


def test_what_is_expected_and_grows_by_more_than_half_is_another_thing(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 20, 0.85), (20, 40, 0.2))
    run(shop, evaluator, -20, 10)
    say(evaluator, shop, CARD, "expected", NOON_MS + 10 * MINUTE_MS)

    assert run(shop, evaluator, 10, 20) == set()
    assert ("card",) in run(shop, evaluator, 20, 30)


def test_a_fall_of_one_method_that_is_expected_says_nothing_of_another(shop_of: Any) -> None:
    payments = Payments(shop_of, 4, 60)
    noon = payments.shop.slot(NOON_MS)
    payments.success[0, noon : noon + 360] = 0.6
    payments.success[1, noon + 120 : noon + 360] = 0.5
    shop = payments.draw()
    evaluator = MetricEvaluator(metric_of("ratio", Direction.DOWN), UTC)
    shop.teach(evaluator, NOON_MS - 3 * 3_600_000)
    run(shop, evaluator, -20, 10)
    say(evaluator, shop, CARD, "expected", NOON_MS + 10 * MINUTE_MS)

    found = run(shop, evaluator, 10, 40)

    assert ("wallet",) in found
    assert ("card",) not in found


def test_a_false_alarm_is_quiet_when_it_comes_again(shop_of: Any) -> None:
    spans = ((0, 16, 0.9), (120, 136, 0.9))
    shop, evaluator = failing(shop_of, *spans)
    assert ("card",) in run(shop, evaluator, -20, 15)
    done = say(evaluator, shop, CARD, "false_alarm", NOON_MS + 15 * MINUTE_MS)
    assert 1.25 <= done.limit <= 3.0

    assert run(shop, evaluator, 15, 150) == set()

    again, without = failing(shop_of, *spans)
    assert ("card",) in run(again, without, -20, 15)
    assert ("card",) in run(again, without, 15, 150)


def test_a_false_alarm_does_not_hide_an_outage(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 20, 0.83), (120, 140, 0.1))
    run(shop, evaluator, -20, 15)
    say(evaluator, shop, CARD, "false_alarm", NOON_MS + 15 * MINUTE_MS)

    assert ("card",) in run(shop, evaluator, 15, 130)


def test_a_false_alarm_raises_the_limit_of_siblings_by_a_quarter_of_that(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 20, 0.5))
    run(shop, evaluator, -20, 15)
    done = say(evaluator, shop, CARD, "false_alarm", NOON_MS + 15 * MINUTE_MS)
    sibling = say(evaluator, shop, WALLET, "expected", NOON_MS + 15 * MINUTE_MS)

    assert done.limit == pytest.approx(3.0)
    assert sibling.limit == pytest.approx(1 + 2.0 / 4)


def test_what_was_confirmed_fires_when_it_comes_again_and_takes_back_half_of_a_raised_limit(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 20, 0.5), (120, 140, 0.3))
    run(shop, evaluator, -20, 15)
    raised = say(evaluator, shop, CARD, "false_alarm", NOON_MS + 15 * MINUTE_MS)
    run(shop, evaluator, 15, 125)
    confirmed = say(evaluator, shop, CARD, "confirmed", NOON_MS + 125 * MINUTE_MS)

    assert confirmed.limit - 1 == pytest.approx((raised.limit - 1) / 2, rel=0.01)
    assert ("card",) in run(shop, evaluator, 125, 140)


@pytest.mark.parametrize("opinion", ["confirmed", "expected"])
def test_a_trouble_that_was_confirmed_or_expected_teaches_nothing(shop_of: Any, opinion: str) -> None:
    expected = {}
    for said in (None, opinion):
        shop, evaluator = failing(shop_of, (0, 60, 0.5))
        run(shop, evaluator, -20, 10)
        if said:
            say(evaluator, shop, CARD, said, NOON_MS + 10 * MINUTE_MS, since=NOON_MS)
        run(shop, evaluator, 10, 90)
        for quarter in range(12):
            start_ms = NOON_MS + quarter * QUARTER_MS
            at = shop.slot(start_ms)
            evaluator.close_quarter(start_ms, shop.cells[:, :, at : at + 90].sum(axis=2), shop)
        run(shop, evaluator, 24 * 60 + 20, 24 * 60 + 30)
        expected[said] = float(evaluator.latest.judgement.expected[CARD])

    assert expected[opinion] == pytest.approx(0.97, abs=0.005)
    assert expected[None] < expected[opinion] - 0.005


def test_a_new_trend_of_a_count_is_quiet_at_the_new_level_and_fires_on_a_further_change(shop_of: Any) -> None:
    shop, evaluator = counts(shop_of, (0, 160, 3.0), (160, 200, 0.2))
    assert ("north",) in run(shop, evaluator, -20, 30)
    done = say(evaluator, shop, 1, "new_trend", NOON_MS + 30 * MINUTE_MS, since=NOON_MS)
    assert done.level == pytest.approx(3.0, rel=0.1)

    assert run(shop, evaluator, 30, 160) == set()
    assert ("north",) in run(shop, evaluator, 160, 190)


def test_a_new_trend_of_a_ratio_is_quiet_at_the_new_level_and_fires_on_a_further_change(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 150, 0.7), (150, 200, 0.4))
    assert ("card",) in run(shop, evaluator, -20, 30)
    done = say(evaluator, shop, CARD, "new_trend", NOON_MS + 30 * MINUTE_MS, since=NOON_MS)
    assert done.level == pytest.approx(0.7 / 0.97, rel=0.05)

    assert run(shop, evaluator, 30, 150) == set()
    assert ("card",) in run(shop, evaluator, 150, 180)


def test_feedback_about_what_is_long_gone_raises_the_limit_all_the_same(shop_of: Any) -> None:
    shop, evaluator = failing(shop_of, (0, 20, 0.83))
    run(shop, evaluator, -20, 120)

    done = say(evaluator, shop, CARD, "false_alarm", NOON_MS + 120 * MINUTE_MS)

    assert done.limit >= 1.25
    assert done.until == 0


@pytest.mark.parametrize("opinion", ["confirmed", "expected", "false_alarm", "new_trend"])
def test_what_is_restored_from_a_snapshot_goes_on_in_the_same_way(shop_of: Any, opinion: str) -> None:
    shop, evaluator = failing(shop_of, (0, 40, 0.6), (60, 80, 0.5))
    run(shop, evaluator, -20, 10)
    say(evaluator, shop, CARD, opinion, NOON_MS + 10 * MINUTE_MS, since=NOON_MS)
    run(shop, evaluator, 10, 20)
    other = MetricEvaluator(evaluator.metric, UTC)
    other.from_bytes(evaluator.to_bytes())

    assert run(shop, other, 20, 80) == run(shop, evaluator, 20, 80)
    assert other.to_bytes() == evaluator.to_bytes()


@pytest.mark.parametrize(
    "metric",
    [
        metric_of("mean", Direction.UP, unit="seconds", minimum_effect=0.2),
        metric_of("per_thousand", Direction.UP, unit="per_thousand", minimum_effect=0.2),
        metric_of("net", Direction.DOWN, unit="points", exposure=metric_of("ratio", Direction.UP).numerator),
        metric_of("variation", Direction.UP, unit="number", denominator=()),
        metric_of("quantile", Direction.UP, unit="seconds", denominator=(), quantile=0.95, bins=(1.0, 3600.0)),
        metric_of("last", Direction.UP, unit="number", denominator=(), scopes=((),)),
        metric_of("rare", Direction.UP, unit="per_day", denominator=(), windows=(86_400,)),
        metric_of("sum", Direction.BOTH, unit="money_per_minute", denominator=()),
    ],
    ids=lambda metric: metric.signal,
)
def test_every_signal_takes_every_opinion(shop_of: Any, metric: Metric) -> None:
    scopes = [(0, ()), (1, ("card",)), (1, ("wallet",))][: 3 if len(metric.scopes) > 1 else 1]
    shop = shop_of(scopes, 2 * 8640, START_MS, rows=64)
    shop.cells[:, :, ::6] = 3
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, START_MS + DAY_MS)
    shop.run(evaluator, START_MS + DAY_MS, START_MS + DAY_MS + 10 * MINUTE_MS)

    for place, opinion in enumerate(("confirmed", "expected", "false_alarm", "new_trend")):
        done = say(evaluator, shop, len(scopes) - 1, opinion, START_MS + DAY_MS + (10 + place) * MINUTE_MS)
        assert done.opinion == opinion
    shop.run(evaluator, START_MS + DAY_MS + 15 * MINUTE_MS, START_MS + DAY_MS + 180 * MINUTE_MS)

    assert np.isfinite(evaluator.latest.judgement.expected).all()
