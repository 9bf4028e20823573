"""Two merchants that a lean scope has counted, as the web layer reads them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.alarm_budget import AlarmBudget
from streams.evaluation.lean_judge import LeanJudge
from streams.merge.lean_names import LeanNames
from streams.merge.lean_readings import LeanReading
from streams.merge.lean_series import LeanSeries
from streams.register.natural_days import NaturalDays
from tests.support.marketplace import BEGIN_MS, ORDERS, PAYMENTS, QUARTER_MS

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

FIRST = BEGIN_MS // QUARTER_MS
DAYS = 4


def lean_reading(metric: Metric, names: LeanNames, orders: dict[str, int]) -> LeanReading:
    """Four days in which merchants have so many events each quarter of an hour, and pay for half of them."""
    kept = 2 if metric.traits.of_cases else 1
    series = LeanSeries(names, NaturalDays("UTC"), kept)
    numbers = [names.number((store,)) for store in orders]
    for quarter in range(DAYS * 96):
        columns = [
            (FIRST + quarter, component, number, (count // 2 if component == 0 and kept == 2 else count))
            for number, count in zip(numbers, orders.values(), strict=True)
            for component in range(kept)
        ]
        at, component, number, value = np.array(columns).T
        series.add(at, component, number, value, np.zeros(len(at), np.bool_))
        series.step((FIRST + quarter + 1) * 90)
    judge = LeanJudge(metric, 1, AlarmBudget(1.0, 2))
    for slot in range(90):
        judge.tick(((FIRST + DAYS * 96) * 90 + slot) * 10_000, series)
    return LeanReading(metric, 1, series, judge)


def readings(orders: dict[str, int]) -> list[Any]:
    """What a worker has of two metrics."""
    names = LeanNames(("store",), 1_000)
    return [
        SimpleNamespace(metric=metric, lean=(lean_reading(metric, names, orders),)) for metric in (ORDERS, PAYMENTS)
    ]
