"""What a calendar makes of expectations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.evaluation.sale_plan import AS_USUAL, SalePlan
from streams.records.instant import rfc3339
from streams.settings.calendar import CalendarEntry
from streams.settings.settings import Settings
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, TERM, inquiries, metric_of

ORDERS = metric_of("count", Direction.DOWN, unit="per_minute", minimum_effect=0.5, minimum_exposure=10)
PEAK_MS = START_MS + 8 * DAY_MS + 2 * 3_600_000


def entry(begins_ms: int, ends_ms: int, activity: tuple[float, float], *metrics: str) -> CalendarEntry:
    return CalendarEntry("peak", rfc3339(begins_ms), rfc3339(ends_ms), activity, metrics)


def test_counts_without_an_exposure_are_planned_and_nothing_else() -> None:
    calendar = [entry(PEAK_MS, PEAK_MS + MINUTE_MS, (2.0, 9.0))]
    within = PEAK_MS, PEAK_MS + 1000

    assert SalePlan(ORDERS, calendar).within(*within) == (2.0, 9.0)
    assert SalePlan(metric_of("ratio", Direction.DOWN), calendar).within(*within) == AS_USUAL
    against = metric_of("count", Direction.UP, unit="per_minute", exposure=TERM)
    assert SalePlan(against, calendar).within(*within) == AS_USUAL


def test_an_entry_that_names_metrics_speaks_of_these_only() -> None:
    named = [entry(PEAK_MS, PEAK_MS + MINUTE_MS, (2.0, 9.0), "y")]

    assert SalePlan(ORDERS, named).within(PEAK_MS, PEAK_MS + 1000) == AS_USUAL
    assert SalePlan(metric_of("count", Direction.DOWN, name="y"), named).within(PEAK_MS, PEAK_MS + 1000).low == 2


@given(
    spans=st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50), st.integers(0, 5), st.integers(0, 9)), max_size=5),
    start=st.integers(0, 90),
    length=st.integers(1, 60),
)
def test_a_plan_is_the_mean_over_the_window_of_the_widest_entry_of_each_moment(
    spans: list[tuple[int, int, int, int]], start: int, length: int
) -> None:
    second = 1000
    entries = [
        entry(PEAK_MS + begin * second, PEAK_MS + (begin + lasts) * second, (low, low + more))
        for begin, lasts, low, more in spans
    ]

    lows, highs = [], []
    for moment in range(start, start + length):
        here = [(low, low + more) for begin, lasts, low, more in spans if begin <= moment < begin + lasts] or [(1, 1)]
        lows.append(min(low for low, _ in here))
        highs.append(max(high for _, high in here))
    found = SalePlan(ORDERS, entries).within(PEAK_MS + start * second, PEAK_MS + (start + length) * second)

    assert found == (pytest.approx(np.mean(lows)), pytest.approx(np.mean(highs)))


def run(shop_of: Any, factor: float, calendar: tuple[CalendarEntry, ...]) -> list[tuple[int, Any]]:
    """What is found in an hour of which the first half has so many times the usual orders."""
    shop, orders, rng = inquiries(shop_of, 9)
    minute = (PEAK_MS - START_MS) // MINUTE_MS
    orders[minute : minute + 30] *= factor
    shop.fill(Component.NUMERATOR, 1, orders * 0.4, rng)
    shop.fill(Component.NUMERATOR, 2, orders * 0.6, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    evaluator = MetricEvaluator(ORDERS, Settings(timezone="UTC", calendar=calendar))
    shop.teach(evaluator, PEAK_MS - 2 * 3_600_000)
    found: list[tuple[int, Any]] = shop.run(evaluator, PEAK_MS - 1_200_000, PEAK_MS + 3_600_000)
    return found


def test_a_peak_that_is_planned_is_no_news_and_its_end_no_collapse(shop_of: Any) -> None:
    planned = entry(PEAK_MS, PEAK_MS + 30 * MINUTE_MS, (3.0, 20.0))

    assert {verdict.good for _, verdict in run(shop_of, 9.0, ())} == {True}
    assert run(shop_of, 9.0, (planned,)) == []


def test_a_peak_that_is_planned_and_does_not_come_is_found(shop_of: Any) -> None:
    planned = entry(PEAK_MS, PEAK_MS + 30 * MINUTE_MS, (3.0, 20.0))

    found = run(shop_of, 1.0, (planned,))

    assert 0 < found[0][0] - PEAK_MS <= 5 * MINUTE_MS
    assert not found[0][1].good


@pytest.mark.parametrize(("times", "reported"), [(1.0, False), (0.0, True)], ids=["as usual", "silent"])
def test_a_part_that_stays_as_usual_in_a_planned_peak_is_no_collapse_and_one_that_falls_silent_is(
    shop_of: Any, times: float, reported: bool
) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    minute = (PEAK_MS - START_MS) // MINUTE_MS
    parts = orders * 0.4, orders * 0.6
    parts[0][minute : minute + 30] *= times
    parts[1][minute : minute + 30] *= 9.0
    for series, of in enumerate(parts, start=1):
        shop.fill(Component.NUMERATOR, series, of, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    planned = entry(PEAK_MS, PEAK_MS + 30 * MINUTE_MS, (3.0, 20.0))
    evaluator = MetricEvaluator(ORDERS, Settings(timezone="UTC", calendar=(planned,)))
    shop.teach(evaluator, PEAK_MS - 2 * 3_600_000)

    found = shop.run(evaluator, PEAK_MS - 1_200_000, PEAK_MS + 1_800_000)

    fallen = [dict(verdict.scope) for _, verdict in found if not verdict.good]
    assert bool(fallen) == reported
    assert all(scope for scope in fallen)


def test_a_lull_that_is_planned_is_no_collapse(shop_of: Any) -> None:
    planned = entry(PEAK_MS, PEAK_MS + 30 * MINUTE_MS, (0.2, 1.0))

    assert not all(verdict.good for _, verdict in run(shop_of, 0.3, ()))
    assert run(shop_of, 0.3, (planned,)) == []


def test_what_is_planned_is_not_learnt_as_usual(shop_of: Any) -> None:
    shop, orders, rng = inquiries(shop_of, 9)
    orders[:] = 60.0
    shop.fill(Component.NUMERATOR, 0, orders, rng)
    planned = entry(START_MS, START_MS + 2 * 3_600_000, (1.0, 9.0))
    evaluator = MetricEvaluator(ORDERS, Settings(timezone="UTC", calendar=(planned,)))

    shop.teach(evaluator, START_MS + 3 * 3_600_000)
    shop.now_ms = START_MS + 3 * 3_600_000
    evaluator.tick(shop.now_ms, shop)
    other = MetricEvaluator(ORDERS, Settings(timezone="UTC"))
    shop.teach(other, START_MS + 3 * 3_600_000)

    assert evaluator._judge._expected.usual._told.sum() == 4
    assert other._judge._expected.usual._told.sum() == 12
