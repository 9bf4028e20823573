"""A limit that the catalogue presets, on the way from windows to verdicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectors.judgement import Reason
from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from tests.evaluation.support.evaluation_shops import START_MS, UTC, metric_of


def queue(threshold: float | None) -> Any:
    return metric_of(
        "last",
        Direction.UP,
        unit="number",
        minimum_effect=1,
        minimum_exposure=3,
        denominator=(),
        scopes=(("queue",),),
        windows=(60,),
        threshold=threshold,
    )


def told(shop_of: Any, values: dict[int, int]) -> Any:
    """A queue of which something is told every ten seconds, 0 but for some slots."""
    shop = shop_of([(0, ("menu",))], 360, START_MS, rows=1)
    shop.cells[0, 0] = 1
    for slot, value in values.items():
        shop.cells[0, 0, slot] = 1 + value
    return shop


def test_a_gauge_at_its_limit_is_told_in_the_first_minutes_of_a_new_system(shop_of: Any) -> None:
    shop = told(shop_of, dict.fromkeys(range(60, 70), 3))

    found = shop.run(MetricEvaluator(queue(3), UTC), START_MS + 10_000, START_MS + 690_000)

    assert found[0][0] == START_MS + 610_000  # the tick that ends the slot
    verdict = found[0][1]
    assert (verdict.score, verdict.reason, verdict.direction) == (1.0, "THRESHOLD", "up")
    assert (verdict.value, verdict.upper) == (3, 3)
    assert verdict.started_at == START_MS + 600_000


def test_below_its_limit_nothing_is_said_to_be_expected_before_that_is_known(shop_of: Any) -> None:
    evaluator = MetricEvaluator(queue(3), UTC)

    assert told(shop_of, {}).run(evaluator, START_MS + 10_000, START_MS + 690_000) == []
    assert evaluator.latest.judgement.reason[0] == Reason.WARMING_UP


def test_without_a_limit_the_same_is_not_judged_yet(shop_of: Any) -> None:
    shop = told(shop_of, dict.fromkeys(range(60, 70), 3))

    assert shop.run(MetricEvaluator(queue(None), UTC), START_MS + 10_000, START_MS + 690_000) == []


def test_when_it_is_over_it_is_normal_again_although_nothing_is_known_of_the_usual(shop_of: Any) -> None:
    shop = told(shop_of, dict.fromkeys(range(60, 70), 6))

    evaluator = MetricEvaluator(queue(3), UTC)

    found = shop.run(evaluator, START_MS + 10_000, START_MS + 900_000)

    assert {verdict.score for _, verdict in found} == {2}
    now = evaluator.latest.judgement
    assert (now.score[0], now.reason[0], now.upper[0]) == (0, Reason.NORMAL, 3)


@pytest.mark.parametrize(("share", "reason"), [(0.5, "THRESHOLD"), (0.1, None)])
def test_a_share_has_its_limit_from_the_first_window_with_enough_cases(
    shop_of: Any, share: float, reason: str | None
) -> None:
    shop = shop_of([(0, ()), (1, ("card",))], 360, START_MS)
    shop.cells[Component.DENOMINATOR] = 10
    shop.cells[Component.NUMERATOR] = int(10 * share)
    metric = metric_of("ratio", Direction.UP, threshold=0.4)

    found = shop.run(MetricEvaluator(metric, UTC), START_MS + 10_000, START_MS + 300_000)

    assert (found[0][1].reason if found else None) == reason


def test_a_share_that_is_back_is_over_although_a_quarter_of_an_hour_still_shows_it(shop_of: Any) -> None:
    shop = shop_of([(0, ()), (1, ("card",))], 360, START_MS)
    shop.cells[Component.DENOMINATOR] = 30
    shop.cells[Component.NUMERATOR, :, :90] = 15
    over_ms = START_MS + 900_000
    metric = metric_of("ratio", Direction.UP, threshold=0.4)

    found = shop.run(MetricEvaluator(metric, UTC), START_MS + 10_000, START_MS + 1_800_000)

    assert found[0][1].reason == "THRESHOLD"
    assert over_ms <= found[-1][0] <= over_ms + 60_000


def test_a_count_has_its_limit_in_its_own_unit(shop_of: Any) -> None:
    shop = shop_of([(0, ())], 360, START_MS)
    shop.cells[Component.NUMERATOR] = 10
    shop.cells[Component.NUMERATOR, :, 90:] = 30
    metric = metric_of("count", Direction.UP, unit="per_minute", windows=(60,), threshold=90)

    found = shop.run(MetricEvaluator(metric, UTC), START_MS + 10_000, START_MS + 1_200_000)

    # 60 a minute rise by 20 with every slot: after the second one they are above 90.
    assert found[0][0] == START_MS + 900_000 + 20_000
    assert (found[0][1].value, found[0][1].reason) == (100, "THRESHOLD")
    assert np.isclose(found[0][1].score, 100 / 90)
