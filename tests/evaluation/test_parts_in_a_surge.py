"""A surge of most of a shop: parts that do not follow it, and parts of which hardly anything is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.driving_activity import DrivingActivity
from streams.evaluation.edges import Edges
from streams.evaluation.expected_counts import ExpectedCounts
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.evaluation.sequential_counts import SequentialCounts
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, inquiries, metric_of

SURGE_MS = START_MS + 8 * DAY_MS + 12 * 3_600_000
SURGE = (SURGE_MS - START_MS) // MINUTE_MS
RECEIVED = metric_of("count", Direction.DOWN, unit="per_minute", minimum_effect=0.5, minimum_exposure=30)


def topics(shop_of: Any) -> tuple[Any, Any, Any]:
    """Five of a kind, four of which have tenfold traffic for two hours; series 5 is the one that does not follow."""
    _, usual, rng = inquiries(shop_of, 9)
    shop = shop_of([(0, ()), *((1, (f"topic {number}",)) for number in range(5))], len(usual) * 6, START_MS)
    surging = usual.copy()
    surging[SURGE : SURGE + 120] *= 10
    for series in range(1, 5):
        shop.fill(Component.NUMERATOR, series, surging * (0.5 + 0.1 * series), rng)
    return shop, usual, rng


def fallen(shop: Any, last: Any, rng: Any, until_ms: int) -> list[tuple[int, dict[str, str]]]:
    shop.fill(Component.NUMERATOR, 5, last, rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    evaluator = MetricEvaluator(RECEIVED, UTC)
    shop.teach(evaluator, SURGE_MS - 2 * 3_600_000)
    found = shop.run(evaluator, SURGE_MS - 1_200_000, until_ms)
    return [(now_ms, dict(verdict.scope)) for now_ms, verdict in found if verdict.direction == "down"]


def test_a_part_that_stays_as_usual_while_all_others_surge_is_no_fall(shop_of: Any) -> None:
    shop, usual, rng = topics(shop_of)

    assert fallen(shop, usual, rng, SURGE_MS + 90 * MINUTE_MS) == []


@pytest.mark.parametrize("factor", [1.0, 10.0], ids=["a part that stayed as usual", "a part that surged"])
def test_a_part_that_falls_silent_in_the_surge_is_found(shop_of: Any, factor: float) -> None:
    shop, usual, rng = topics(shop_of)
    last = usual.copy()
    last[SURGE : SURGE + 120] *= factor
    last[SURGE + 60 : SURGE + 120] = 0

    found = fallen(shop, last, rng, SURGE_MS + 70 * MINUTE_MS)

    assert {scope["method"] for _, scope in found} == {"topic 4"}
    assert 0 < found[0][0] - SURGE_MS - 60 * MINUTE_MS <= 2 * MINUTE_MS


def test_a_part_that_surged_and_falls_back_to_a_third_is_found(shop_of: Any) -> None:
    shop, usual, rng = topics(shop_of)
    last = usual.copy()
    last[SURGE : SURGE + 120] *= 10
    last[SURGE + 80 : SURGE + 120] /= 3

    found = fallen(shop, last, rng, SURGE_MS + 100 * MINUTE_MS)

    assert {scope["method"] for _, scope in found} == {"topic 4"}
    assert found[0][0] >= SURGE_MS + 80 * MINUTE_MS


@pytest.mark.parametrize(("evidence", "told"), [(0.0, False), (3.0, True)])
def test_the_last_hours_say_nothing_of_a_part_that_never_had_an_event_at_such_an_hour(
    evidence: float, told: bool
) -> None:
    tests = SequentialCounts(RECEIVED, ExpectedCounts(RECEIVED, DrivingActivity(RECEIVED, None)), Component.NUMERATOR)
    tests.grow(1)
    one, unknown = np.ones(1), np.full(1, np.nan)
    edges = Edges(
        0 * one,
        evidence * one,
        4 * one,
        evidence * one,
        evidence * one,
        evidence * one,
        0.02 * one,
        0.1 * one,
        0.02 * one,
        one,
        one,
    )

    sudden = tests._sudden(edges, one, one, unknown)

    assert np.isfinite(sudden.high)[0] == told
