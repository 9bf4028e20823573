"""Durations in histograms: a shift of their quantile, and a spread that grows at an unchanged mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Direction, Metric
from streams.cells.histogram import BINS, edges
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, UTC, metric_of

BOUNDS = (0.05, 60.0)
CHANGE_MS = START_MS + 2 * DAY_MS + 10 * 3_600_000


def metric(signal: str, effect: float) -> Metric:
    more: dict[str, Any] = {"unit": "seconds", "bins": BOUNDS, "denominator": (), "minimum_effect": effect}
    if signal == "quantile":
        more["quantile"] = 0.95
    return metric_of(signal, Direction.UP, **more)


def pages(shop_of: Any, mean: float, spread: float, devices: tuple[bool, bool] = (True, True)) -> Any:
    """Load times of two devices, lognormal around 1 s; from the change on of other mean and spread on some devices."""
    rng = np.random.default_rng(11)
    shop = shop_of([(0, ()), (1, ("ios",)), (1, ("android",))], 3 * 8640, START_MS, rows=BINS)
    borders = np.array(edges(*BOUNDS))
    for series, changes in enumerate(devices, 1):
        for slot, many in enumerate(rng.poisson(8, shop.cells.shape[2]).tolist()):
            late = changes and slot >= shop.slot(CHANGE_MS)
            values = np.exp(rng.normal(np.log(mean) if late else 0.0, spread if late else 0.4, many))
            shop.cells[:, series, slot] = np.bincount(np.searchsorted(borders, values, side="right"), minlength=BINS)
    shop.cells[:, 0] = shop.cells[:, 1:].sum(axis=1)
    return shop


def found_in(shop: Any, of: Metric, after_ms: int = 300_000) -> list[tuple[int, Any]]:
    evaluator = MetricEvaluator(of, UTC)
    shop.teach(evaluator, CHANGE_MS - 3 * 3_600_000)
    found: list[tuple[int, Any]] = shop.run(evaluator, CHANGE_MS - 1_800_000, CHANGE_MS + after_ms)
    return found


def test_pages_that_load_slower_are_found_and_told_in_seconds(shop_of: Any) -> None:
    shop = pages(shop_of, mean=2.0, spread=0.4)

    found = found_in(shop, metric("quantile", 0.5))

    tick, verdict = found[0]
    assert 0 < tick - CHANGE_MS <= 60_000
    worst = found[-1][1]
    assert worst.expected == pytest.approx(np.exp(1.645 * 0.4), rel=0.1)
    assert worst.value == pytest.approx(2 * np.exp(1.645 * 0.4), rel=0.2)
    assert worst.expected < worst.upper <= worst.value
    assert (verdict.direction, verdict.good) == ("up", False)
    assert abs(worst.started_at - CHANGE_MS) <= 30_000


def test_a_slow_device_is_named(shop_of: Any) -> None:
    shop = pages(shop_of, mean=3.0, spread=0.4, devices=(True, False))

    found = found_in(shop, metric("quantile", 0.5))

    assert {tuple(verdict.scope.values()) for _, verdict in found} <= {(), ("ios",)}
    whole = next(verdict for _, verdict in reversed(found) if not verdict.scope)
    assert whole.contributors[0].scope == {"method": "ios"}
    assert whole.contributors[0].share > 0.8


def test_a_shift_that_is_improbable_but_small_is_not_reported(shop_of: Any) -> None:
    shop = pages(shop_of, mean=1.25, spread=0.4)

    assert found_in(shop, metric("quantile", 0.5)) == []


def test_pages_that_load_as_ever_are_quiet(shop_of: Any) -> None:
    shop = pages(shop_of, mean=1.0, spread=0.4)

    assert found_in(shop, metric("quantile", 0.3), after_ms=3_600_000) == []


def test_durations_that_grow_erratic_at_an_unchanged_mean_are_a_wider_spread(shop_of: Any) -> None:
    # The mean of a lognormal is exp(mu + s^2 / 2): with a wider s, mu falls for it to stay.
    shop = pages(shop_of, mean=float(np.exp((0.4**2 - 1.0**2) / 2)), spread=1.0)

    found = found_in(shop, metric("spread", 0.5), after_ms=600_000)

    assert found
    worst = found[-1][1]
    usual = np.exp(1.2816 * 0.4) - 1
    assert worst.expected == pytest.approx(usual, rel=0.15)
    assert worst.value > 1.5 * worst.expected


def test_what_was_learned_survives_a_restart(shop_of: Any) -> None:
    shop = pages(shop_of, mean=2.0, spread=0.4)
    of = metric("quantile", 0.5)
    first = MetricEvaluator(of, UTC)
    shop.teach(first, CHANGE_MS - 3 * 3_600_000)
    shop.run(first, CHANGE_MS - 600_000, CHANGE_MS)
    second = MetricEvaluator(of, UTC)
    second.from_bytes(first.to_bytes())

    ends = [shop.run(each, CHANGE_MS + 10_000, CHANGE_MS + 120_000) for each in (first, second)]

    assert ends[0]
    assert ends[0] == ends[1]
