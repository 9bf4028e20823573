"""Where a change comes from: one value, two of them, two dimensions at once, a value never seen before."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction, Metric
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, TERM, UTC, daily, metric_of

if TYPE_CHECKING:
    from streams.records.verdicts import Verdict

Place = Callable[[str, str], bool]
CARRIERS, PROVINCES = ("c1", "c2", "c3", "c4", "new"), ("guangdong", "zhejiang", "jiangsu", "hebei")
WEIGHTS = {"c1": 0.4, "c2": 0.3, "c3": 0.2, "c4": 0.1, "new": 0.08}
WEIGHTS |= {"guangdong": 0.4, "zhejiang": 0.3, "jiangsu": 0.2, "hebei": 0.1}
SCOPES = ((), ("carrier",), ("province",), ("carrier", "province"))
AT_MS = START_MS + 3 * DAY_MS + 10 * 3_600_000
MINUTES = 8


def c3(carrier: str, province: str) -> bool:
    del province
    return carrier == "c3"


def c2_and_c3(carrier: str, province: str) -> bool:
    del province
    return carrier in {"c2", "c3"}


def c3_in_guangdong(carrier: str, province: str) -> bool:
    return (carrier, province) == ("c3", "guangdong")


def new(carrier: str, province: str) -> bool:
    del province
    return carrier == "new"


def everywhere(carrier: str, province: str) -> bool:
    return bool(carrier and province)


def of(signal: str) -> tuple[Metric, Direction, float]:
    """A metric, and how many times as many events of trouble there are."""
    kinds: dict[str, tuple[Direction, float, dict[str, Any]]] = {
        "surge": (Direction.UP, 8.0, {"unit": "per_minute", "minimum_effect": 0.3}),
        "collapse": (Direction.DOWN, 0.05, {"unit": "per_minute", "minimum_effect": 0.15}),
        "ratio": (Direction.DOWN, 15.0, {"minimum_effect": 0.015}),
        "per_thousand": (Direction.UP, 8.0, {"unit": "per_thousand", "minimum_effect": 0.3}),
        "net": (Direction.DOWN, 5.0, {"unit": "points", "minimum_effect": 3, "exposure": TERM}),
        "mean": (Direction.UP, 6.0, {"unit": "seconds", "minimum_effect": 0.3}),
    }
    direction, factor, more = kinds[signal]
    kind = {"surge": "count", "collapse": "count"}.get(signal, signal)
    return metric_of(kind, direction, scopes=SCOPES, **more), direction, factor


def told(shop_of: Any, signal: str, place: Place, seed: int, *, newcomer: bool = False) -> list[Verdict]:
    """Verdicts of the whole from the second minute of the trouble on, with which a carrier may come that is new."""
    metric, _, factor = of(signal)
    table = [(0, ())] + [(1, (c,)) for c in CARRIERS] + [(2, (p,)) for p in PROVINCES]
    table += [(3, pair) for pair in product(CARRIERS, PROVINCES)]
    slots = (3 * 24 + 10) * 360 + MINUTES * 6 + 6
    shop = shop_of(table, slots, START_MS)
    rng, at = np.random.default_rng(seed), shop.slot(AT_MS)
    busy = np.repeat(daily(4, 150), 6)[:slots] / 6
    for carrier, province in product(CARRIERS, PROVINCES):
        rate = busy * WEIGHTS[carrier] * WEIGHTS[province]
        times = np.ones(slots)
        if place(carrier, province):
            times[at:] = factor * (1 if place in (c3, c2_and_c3, everywhere) else 4)
        if carrier == "new":
            rate[: at if newcomer else slots] = 0.0
        for component, counts in events(metric.signal, rng, rate, times).items():
            for series in (0, table.index((1, (carrier,))), table.index((2, (province,)))):
                shop.cells[component, series] += counts
            shop.cells[component, table.index((3, (carrier, province)))] = counts
    evaluator = MetricEvaluator(metric, UTC)
    shop.teach(evaluator, AT_MS - 2 * 3_600_000)
    found = shop.run(evaluator, AT_MS, AT_MS + MINUTES * MINUTE_MS)
    return [v for now, v in found if not v.scope and not v.good and now >= AT_MS + 2 * MINUTE_MS]


def events(signal: str, rng: np.random.Generator, rate: np.ndarray, times: np.ndarray) -> dict[Component, np.ndarray]:
    if signal == "count":
        return {Component.NUMERATOR: rng.poisson(rate * times)}
    cases = rng.poisson(rate)
    if signal == "ratio":
        return {
            Component.DENOMINATOR: cases,
            Component.NUMERATOR: rng.binomial(cases, 1 - np.minimum(0.04 * times, 0.95)),
        }
    if signal == "per_thousand":
        return {Component.DENOMINATOR: 20 * cases, Component.NUMERATOR: rng.poisson(0.2 * cases * times)}
    if signal == "net":
        against = rng.binomial(cases, np.minimum(0.15 * times, 0.9))
        return {
            Component.DENOMINATOR: cases,
            Component.EXPOSURE: against,
            Component.NUMERATOR: rng.binomial(cases - against, 0.6),
        }
    seconds = rng.gamma(2.0 * np.maximum(cases, 1), 5000.0) * times * (cases > 0)
    return {Component.DENOMINATOR: cases, Component.NUMERATOR: seconds.astype(np.int64)}


PLACES: list[tuple[Place, list[dict[str, str]]]] = [
    (c3, [{"carrier": "c3"}]),
    (c2_and_c3, [{"carrier": "c2"}, {"carrier": "c3"}]),
    (c3_in_guangdong, [{"carrier": "c3", "province": "guangdong"}]),
]
# The net score of the whole tells nothing within minutes of fewer answers than half.
CASES = [
    pytest.param(signal, place, named, id=f"{signal} {' and '.join(str(list(one.values())) for one in named)}")
    for signal, (place, named) in product(("surge", "ratio", "per_thousand", "net", "mean"), PLACES)
    if signal != "net" or place is c2_and_c3
]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("signal", "place", "named"), CASES)
def test_the_smallest_set_of_values_that_explains_it_is_named(
    shop_of: Any, signal: str, place: Place, named: list[dict[str, str]], seed: int
) -> None:
    verdicts = told(shop_of, signal, place, seed)

    assert verdicts
    last = verdicts[-1]
    assert last.standouts is not None
    assert sorted(last.standouts, key=str) == named
    assert sorted((part.scope for part in last.contributors[: len(named)]), key=str) == named
    assert sum(part.share for part in last.contributors if part.scope in named) == pytest.approx(1, abs=0.3)
    for verdict in verdicts:
        if verdict.contributors:
            assert sum(part.share for part in verdict.contributors) == pytest.approx(1, abs=0.005)


def test_of_a_collapse_those_are_named_that_are_missing(shop_of: Any) -> None:
    verdicts = told(shop_of, "collapse", c2_and_c3, 1)

    assert verdicts
    assert sorted(verdicts[-1].standouts or [], key=str) == [{"carrier": "c2"}, {"carrier": "c3"}]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("signal", ["surge", "ratio", "per_thousand"])
def test_a_value_never_seen_before_is_blamed_for_what_it_brings(shop_of: Any, signal: str, seed: int) -> None:
    verdicts = told(shop_of, signal, new, seed, newcomer=True)

    assert verdicts
    assert verdicts[-1].contributors[0].scope == {"carrier": "new"}
    assert verdicts[-1].contributors[0].share == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("signal", ["ratio", "per_thousand"])
def test_a_value_never_seen_before_is_not_blamed_for_what_an_old_one_brings(shop_of: Any, signal: str) -> None:
    verdicts = told(shop_of, signal, c3, 3, newcomer=True)

    assert verdicts
    assert verdicts[-1].contributors[0].scope == {"carrier": "c3"}
    assert all("new" not in part.scope.values() for part in verdicts[-1].contributors)


@pytest.mark.parametrize("signal", ["surge", "ratio", "per_thousand"])
def test_where_everything_fails_alike_no_value_stands_out(shop_of: Any, signal: str) -> None:
    verdicts = told(shop_of, signal, everywhere, 1)

    assert verdicts
    assert verdicts[-1].standouts == []
