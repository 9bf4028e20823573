"""A warehouse whose backlog of the night is worked off at eight, but on Mondays and Sundays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, UTC, metric_of

FRIDAY, SATURDAY, SUNDAY, MONDAY = range(4)  # the days since START_MS
HOUR_MS = 3_600_000
COLLECTIONS = metric_of(
    "count",
    Direction.DOWN,
    unit="per_minute",
    minimum_effect=0.5,
    minimum_exposure=20,
    scopes=((),),
    windows=(300, 900, 3600),
)


def warehouse(days: int) -> np.ndarray:
    """Parcels a minute: none at night, a backlog from 08:00 to 09:30, what is sold on the day until 20:00."""
    per_minute = np.zeros((days, 1440))
    for day in range(days):
        of_week = day % 7
        if of_week != SUNDAY:
            per_minute[day, 480:570] = 0.1 if of_week == MONDAY else 20.0
            per_minute[day, 570:1200] = np.linspace(0.5, 6.0, 630)
        if of_week == SATURDAY:
            per_minute[day, 570:1200] = np.linspace(0.3, 0.02, 630)
    return per_minute.ravel()


@pytest.mark.parametrize(
    ("begins", "from_h", "to_h"),
    [
        (MONDAY, 7.8, 9.5),  # the first one that is seen in the morning
        (14 + SATURDAY, 17.5, 20.5),
        (14 + MONDAY, 7.8, 9.5),
    ],
)
def test_a_weekday_that_has_another_shape_than_the_others_is_no_collapse(
    shop_of: Any, begins: int, from_h: float, to_h: float
) -> None:
    shop = shop_of([(0, ())], (begins + 1) * 8640, START_MS)
    shop.fill(Component.NUMERATOR, 0, warehouse(begins + 1), np.random.default_rng(5))
    evaluator = MetricEvaluator(COLLECTIONS, UTC)
    begin_ms = START_MS + begins * DAY_MS + int(from_h * 10) * HOUR_MS // 10
    shop.teach(evaluator, begin_ms - 2 * HOUR_MS)

    found = shop.run(evaluator, begin_ms, START_MS + begins * DAY_MS + int(to_h * 10) * HOUR_MS // 10)

    assert [verdict for _, verdict in found if not verdict.good] == []


def test_a_tuesday_without_its_backlog_is_one(shop_of: Any) -> None:
    tuesday = 14 + MONDAY + 1
    per_minute = warehouse(tuesday + 1)
    per_minute[tuesday * 1440 :] = 0
    shop = shop_of([(0, ())], (tuesday + 1) * 8640, START_MS)
    shop.fill(Component.NUMERATOR, 0, per_minute, np.random.default_rng(5))
    evaluator = MetricEvaluator(COLLECTIONS, UTC)
    begin_ms = START_MS + tuesday * DAY_MS + 8 * HOUR_MS
    shop.teach(evaluator, begin_ms - 2 * HOUR_MS)

    found = shop.run(evaluator, begin_ms, begin_ms + HOUR_MS // 2)

    assert found
    assert found[0][0] <= begin_ms + HOUR_MS // 4
