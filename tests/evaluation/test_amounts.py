"""Sums, means of amounts and variations: what is found, what is not, and in which unit it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.single_values import Difference
from streams.catalogue.term import Term
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, UTC, daily, metric_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

ROWS = Component.CUT + 1
HOUR_MS = 3_600_000
BAD_MS = START_MS + 3 * DAY_MS + 10 * HOUR_MS
AMOUNT = (Term(events=("x",), value="amount"),)


def orders(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return np.exp(rng.normal(4.6, 0.8, count))


class Till:
    """Two stores and their whole; each value that is drawn is added to its slot."""

    def __init__(self, shop_of: Any, days: int, per_minute: float, scale: int = 100, seed: int = 3) -> None:
        self.rng = np.random.default_rng(seed)
        self.shop = shop_of([(0, ()), (1, ("east",)), (1, ("west",))], days * 8640, START_MS, rows=ROWS)
        self.rates = np.repeat(daily(days, per_minute), 6) / 6
        self._scale = scale

    def draw(self, values: Draw, changed: Draw | None = None, stores: tuple[int, ...] = (1, 2)) -> Any:
        """From BAD_MS on the changed values, in the stores named."""
        for store in (1, 2):
            counts = self.rng.poisson(self.rates / 2)
            slots = np.repeat(np.arange(len(counts)), counts)
            usual = values(self.rng, len(slots))
            if changed is not None and store in stores:
                bad = slots >= self.shop.slot(BAD_MS)
                usual[bad] = changed(self.rng, int(bad.sum()))
            self.add(store, slots, usual)
        self.shop.cells[:, 0] = self.shop.cells[:, 1:].sum(axis=1)
        return self.shop

    def add(self, store: int, slots: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        whole = np.round(values * self._scale).astype(np.int64)
        for component, value in (
            (Component.NUMERATOR, whole),
            (Component.DENOMINATOR, np.ones(len(whole), dtype=np.int64)),
            (Component.SQUARES, whole**2 >> 30),
            (Component.SQUARES_LOW, whole**2 & (1 << 30) - 1),
        ):
            np.add.at(self.shop.cells[component, store], slots, value)


def revenue(direction: Direction = Direction.BOTH, **more: Any) -> Metric:
    fields: dict[str, Any] = {"unit": "money_per_minute", "minimum_effect": 0.3, "numerator": AMOUNT, "denominator": ()}
    return metric_of("sum", direction, **(fields | more))


def average(**more: Any) -> Metric:
    fields: dict[str, Any] = {"unit": "money", "minimum_effect": 0.2, "minimum_exposure": 50, "numerator": AMOUNT}
    return metric_of("mean", Direction.BOTH, **(fields | more))


def erratic(**more: Any) -> Metric:
    fields: dict[str, Any] = {"unit": "number", "minimum_effect": 0.3, "numerator": AMOUNT, "denominator": ()}
    return metric_of("variation", Direction.BOTH, windows=(900, 3600), **(fields | more))


def judged(metric: Metric, shop: Any, until_ms: int, from_ms: int = BAD_MS - HOUR_MS) -> list[tuple[int, Any]]:
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, from_ms - 2 * HOUR_MS)
    found: list[tuple[int, Any]] = shop.run(evaluator, from_ms, until_ms)
    return found


@pytest.mark.parametrize("metric", [revenue(), average(), erratic()], ids=lambda metric: str(metric.signal))
def test_half_a_day_as_usual_is_no_news(shop_of: Any, metric: Metric) -> None:
    shop = Till(shop_of, 4, 20).draw(orders)

    assert judged(metric, shop, START_MS + 3 * DAY_MS + 14 * HOUR_MS, START_MS + 3 * DAY_MS + 2 * HOUR_MS) == []


def test_orders_of_half_the_size_are_a_collapse_of_the_sum_and_a_shift_of_the_mean(shop_of: Any) -> None:
    shop = Till(shop_of, 4, 60).draw(orders, lambda rng, count: orders(rng, count) / 2)

    of_sum, of_mean = (judged(metric, shop, BAD_MS + 900_000) for metric in (revenue(), average()))

    assert 0 < of_sum[0][0] - BAD_MS <= 900_000  # of a Monday that was never seen: less is not surprising
    assert (of_sum[0][1].reason, of_sum[0][1].direction) == ("COLLAPSE", "down")
    assert of_sum[-1][1].value == pytest.approx(of_sum[-1][1].expected / 2, rel=0.4)
    assert 0 < of_mean[0][0] - BAD_MS <= 300_000
    assert of_mean[-1][1].value == pytest.approx(of_mean[-1][1].expected / 2, rel=0.3)
    assert of_mean[-1][1].expected == pytest.approx(np.exp(4.6 + 0.32), rel=0.1)


def test_of_a_sum_that_falls_in_one_store_that_store_is_named(shop_of: Any) -> None:
    shop = Till(shop_of, 4, 60).draw(orders, lambda rng, count: orders(rng, count) / 5, stores=(2,))

    found = judged(revenue(), shop, BAD_MS + 900_000)

    assert {tuple(verdict.scope.values()) for now_ms, verdict in found if now_ms == found[0][0]} == {("west",)}
    assert found[0][0] - BAD_MS <= 300_000
    assert max(found, key=lambda of: of[1].score)[1].scope == {"method": "west"}


def test_no_order_at_all_is_a_stall_told_in_money(shop_of: Any) -> None:
    till = Till(shop_of, 4, 60)
    till.rates[till.shop.slot(BAD_MS) :] = 0
    shop = till.draw(orders)

    at, first = judged(revenue(Direction.DOWN), shop, BAD_MS + 300_000)[0]

    assert 0 < at - BAD_MS <= 60_000
    assert first.reason == "STALL"
    assert first.expected == pytest.approx(60 * np.exp(4.6 + 0.32), rel=0.4)


@pytest.mark.parametrize("metric", [revenue(), average()], ids=lambda metric: str(metric.signal))
def test_one_order_of_ten_million_is_no_news_and_teaches_nothing(shop_of: Any, metric: Metric) -> None:
    till = Till(shop_of, 4, 20)
    till.draw(orders)
    till.add(1, np.array([till.shop.slot(BAD_MS)]), np.array([1e7]))
    till.shop.cells[:, 0] = till.shop.cells[:, 1:].sum(axis=1)

    found = judged(metric, till.shop, BAD_MS + 4 * HOUR_MS)

    assert found == []


def test_three_times_as_many_orders_are_a_surge(shop_of: Any) -> None:
    till = Till(shop_of, 4, 60)
    till.rates[till.shop.slot(BAD_MS) :] *= 3
    shop = till.draw(orders)

    at, first = judged(revenue(), shop, BAD_MS + 900_000)[0]

    assert 0 < at - BAD_MS <= 300_000
    assert (first.reason, first.direction, first.good) == ("SURGE", "up", True)


def test_values_that_grow_erratic_are_found_while_their_mean_stays(shop_of: Any) -> None:
    def steady(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        return rng.gamma(16.0, 100 / 16, count)

    def wild(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        return rng.gamma(4.0, 25.0, count)

    shop = Till(shop_of, 4, 20, scale=1000).draw(steady, wild)

    found = judged(erratic(), shop, BAD_MS + 2 * HOUR_MS)

    assert 0 < found[0][0] - BAD_MS <= HOUR_MS
    assert found[-1][1].expected == pytest.approx(0.25, rel=0.1)
    assert found[-1][1].value == pytest.approx(0.5, rel=0.2)


def test_a_mean_of_differences_below_0_is_told_and_found_as_it_is(shop_of: Any) -> None:
    def early(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        return rng.normal(-7_200.0, 7_200.0, count)

    def late(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        return rng.normal(7_200.0, 7_200.0, count)

    shop = Till(shop_of, 4, 20, scale=1000).draw(early, late)
    metric = metric_of(
        "mean", Direction.UP, unit="seconds", minimum_effect=0.5, numerator=(Term(("x",), value=Difference("a", "b")),)
    )

    found = judged(metric, shop, BAD_MS + 900_000)

    assert 0 < found[0][0] - BAD_MS <= 600_000
    assert found[-1][1].expected == pytest.approx(-7_200, rel=0.1)
    assert found[-1][1].value == pytest.approx(7_200, rel=0.4)
    assert found[-1][1].lower < -7_200


@pytest.mark.parametrize("metric", [revenue(), average(), erratic()], ids=lambda metric: str(metric.signal))
def test_what_was_learned_survives_a_restart(shop_of: Any, metric: Metric) -> None:
    shop = Till(shop_of, 2, 20).draw(orders)
    evaluator, restarted = MetricEvaluator(metric, UTC), MetricEvaluator(metric, UTC)
    shop.teach(evaluator, START_MS + DAY_MS + 10 * HOUR_MS)
    shop.now_ms = START_MS + DAY_MS + 12 * HOUR_MS
    evaluator.tick(shop.now_ms, shop)

    restarted.from_bytes(evaluator.to_bytes())
    shop.now_ms += 60_000

    assert restarted.tick(shop.now_ms, shop) == evaluator.tick(shop.now_ms, shop)
    assert restarted.to_bytes() == evaluator.to_bytes()
