"""Merchants of a simulated marketplace: one that differs is named, what happens to all of them is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from detectors.alarm_budget import AlarmBudget
from streams.evaluation.lean_judge import LeanJudge
from streams.merge.lean_names import LeanNames
from streams.merge.lean_series import LeanSeries
from streams.register.natural_days import NaturalDays
from tests.support.marketplace import BEGIN_MS, ORDERS, PAYMENTS, QUARTER_MS, REFUNDS, Marketplace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.records.verdicts import Verdict

DAYS = 5
TROUBLE = DAYS * 96
FIRST = BEGIN_MS // QUARTER_MS


class Judged:
    """The judges of a marketplace, without the minutes beside them."""

    def __init__(self) -> None:
        self.names = LeanNames(("store",), 10_000)
        natural = NaturalDays("UTC")
        self.series = {
            metric.name: LeanSeries(self.names, natural, 2 if metric.traits.of_cases else 1) for metric in METRICS
        }
        self.judges = {metric.name: LeanJudge(metric, 1, AlarmBudget(3.0, 3)) for metric in METRICS}
        self.said: list[tuple[int, Verdict]] = []

    def quarter(self, shop: Marketplace, number: int, judged: bool) -> None:
        for metric, cells in zip(METRICS, shop.quarter(number), strict=True):
            series, stores = self.series[metric.name], [values for _, values in cells.scopes[1:]]
            known = np.array([-1, *(self.names.number(values) for values in stores)])
            scope, component, slot, value = (
                np.array(column) for column in (cells.scope, cells.component, cells.slot, cells.value)
            )
            rows = scope > 0
            late = np.zeros(int(rows.sum()), np.bool_)
            series.add(slot[rows] // 90, component[rows], known[scope[rows]], value[rows], late)
            frontier = (FIRST + number + 1) * 90
            series.step(frontier)
            for slot_now in range(frontier, frontier + 90, 15) if judged else ():
                now_ms = slot_now * 10_000
                self.said += [(now_ms, verdict) for verdict in self.judges[metric.name].tick(now_ms, series)]

    def anomalous(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for _, verdict in self.said:
            if verdict.score >= 1:
                found.setdefault(verdict.metric, set()).add(verdict.scope["store"])
        return found


METRICS: tuple[Metric, ...] = (ORDERS, PAYMENTS, REFUNDS)


def judged(shop: Marketplace, quarters: int = TROUBLE + 40) -> Judged:
    run = Judged()
    for number in range(quarters):
        run.quarter(shop, number, judged=number >= TROUBLE - 48)
    return run


def from_trouble_on(change: dict[int, float]) -> Any:
    def changed(quarter: int, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        if quarter < TROUBLE:
            return rates
        rates = rates.copy()
        for number, factor in change.items():
            rates[number] *= factor
        return rates

    return changed


def for_all(factor: float) -> Any:
    return lambda quarter, rates: rates * factor if TROUBLE <= quarter < TROUBLE + 12 else rates


def test_a_quiet_marketplace_says_nothing() -> None:
    assert judged(Marketplace(800, 60_000, 3)).anomalous() == {}


def test_a_merchant_that_stops_is_named_and_nobody_else() -> None:
    run = judged(Marketplace(800, 60_000, 4, stops=from_trouble_on({20: 0.0})))

    assert run.anomalous()["orders"] == {"m20"}
    found = next(verdict for _, verdict in run.said if verdict.metric == "orders" and verdict.score >= 1)
    assert (found.direction, found.reason) == ("down", "COLLAPSE")
    began = BEGIN_MS + TROUBLE * QUARTER_MS
    assert began - QUARTER_MS <= found.started_at <= began + 2 * QUARTER_MS


def test_merchants_whose_ratio_falls_are_named_by_their_own_days_and_those_of_all() -> None:
    run = judged(Marketplace(800, 60_000, 5, fails=from_trouble_on({10: 0.3, 40: 0.2})))

    assert run.anomalous()["payments"] == {"m10", "m40"}


@pytest.mark.parametrize("kind", ["stops", "fails"])
def test_a_trouble_of_the_whole_shop_is_no_trouble_of_its_merchants(kind: str) -> None:
    run = judged(Marketplace(800, 60_000, 6, **{kind: for_all(0.4)}))

    assert run.anomalous() == {}


def test_a_giant_that_sells_ten_times_as_much_makes_nobody_else_fall() -> None:
    run = judged(Marketplace(800, 60_000, 7, stops=from_trouble_on({0: 10.0})))

    assert run.anomalous() == {}
