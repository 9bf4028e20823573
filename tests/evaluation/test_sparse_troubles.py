"""A trouble of two minutes in a thin ratio: how long it is open follows from what comes after it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectors.state import pack, unpack
from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.incidents.desk import IncidentDesk
from streams.records.verdicts import TickVerdicts
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, UTC, metric_of

NEW_IN_STATE = ("unsettled", "past.found")
TROUBLE_MS = START_MS + 3 * DAY_MS + 10 * 3_600_000
SCOPES = [(0, ())]
METRIC = metric_of(
    "ratio", Direction.DOWN, windows=(3600, 86_400), minimum_exposure=30, minimum_effect=0.1, scopes=((),)
)


def thin_shop(shop_of: Any, an_hour: float, bad: int, minutes: int = 2, seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    shop = shop_of(SCOPES, 4 * 8640, START_MS)
    tried = rng.poisson(an_hour / 360, 4 * 8640)
    well = rng.binomial(tried, 0.98)
    at = shop.slot(TROUBLE_MS)
    failing = slice(at, at + 6 * minutes)
    tried[failing] = bad // (6 * minutes)
    tried[at : at + bad % (6 * minutes)] += 1
    well[failing] = 0
    shop.cells[Component.DENOMINATOR, 0], shop.cells[Component.NUMERATOR, 0] = tried, well
    return shop


def told(shop: Any, hours: float, evaluator: MetricEvaluator | None = None) -> list[Any]:
    """Transitions from just before the trouble on."""
    evaluator = evaluator or MetricEvaluator(METRIC, UTC)
    shop.teach(evaluator, TROUBLE_MS - 3 * 3_600_000)
    desk = IncidentDesk(Catalogue.of((METRIC,)), 1, UTC)
    transitions = []
    for now_ms in range(TROUBLE_MS - 10 * MINUTE_MS, TROUBLE_MS + int(hours * 3_600_000), 10_000):
        shop.now_ms = now_ms
        verdicts, _ = evaluator.tick(now_ms, shop)
        transitions += desk.deliver(TickVerdicts(0, now_ms, "", verdicts))
    return transitions


@pytest.mark.parametrize(("an_hour", "bad", "most_minutes"), [(40, 16, 35), (20, 12, 60), (8, 26, 120)])
def test_it_opens_once_and_is_over_as_soon_as_a_dozen_cases_were_normal(
    shop_of: Any, an_hour: float, bad: int, most_minutes: int
) -> None:
    transitions = told(thin_shop(shop_of, an_hour, bad), 2.5)

    kinds = [t.change.name for t in transitions]
    assert (kinds.count("OPENED"), kinds.count("RESOLVED")) == (1, 1)
    assert (transitions[-1].time - TROUBLE_MS) / MINUTE_MS <= most_minutes


def test_its_end_tells_the_value_since_not_that_of_the_window_that_found_it(shop_of: Any) -> None:
    end = told(thin_shop(shop_of, 40, 16), 2)[-1].anomaly

    assert end.state == "resolved"
    assert end.value >= 0.9
    assert end.lower <= end.value <= end.upper
    assert end.peak < 0.8
    assert end.exposure <= 40 * end.window_s / 3600 * 1.6  # of the cases of that window alone
    assert abs(end.affected - 16) <= 2


def test_a_trouble_that_goes_on_for_three_hours_stays_one_and_open(shop_of: Any) -> None:
    shop = thin_shop(shop_of, 40, 2)
    failing = slice(shop.slot(TROUBLE_MS), shop.slot(TROUBLE_MS) + 3 * 360)
    tried = shop.cells[Component.DENOMINATOR, 0, failing]
    shop.cells[Component.NUMERATOR, 0, failing] = np.random.default_rng(3).binomial(tried, 0.5)

    transitions = told(shop, 3)

    assert [t.change.name for t in transitions if t.change.name != "UPDATED"] == ["OPENED"]


def test_a_second_trouble_is_told_after_the_first_is_over(shop_of: Any) -> None:
    shop = thin_shop(shop_of, 40, 16)
    again = shop.slot(TROUBLE_MS + 100 * MINUTE_MS)
    shop.cells[Component.DENOMINATOR, 0, again : again + 12] = 2
    shop.cells[Component.NUMERATOR, 0, again : again + 12] = 0

    opened = [t for t in told(shop, 4) if t.change.name == "OPENED"]

    assert len(opened) == 2
    assert abs(opened[1].time - TROUBLE_MS - 100 * MINUTE_MS) <= 5 * MINUTE_MS


@pytest.mark.parametrize("older", [False, True], ids=["of this version", "of a version that looked for no ends"])
def test_a_snapshot_amid_the_trouble_is_read(shop_of: Any, older: bool) -> None:
    def scores(broken: bool) -> list[tuple[int, float]]:
        shop, evaluator = thin_shop(shop_of, 20, 14), MetricEvaluator(METRIC, UTC)
        shop.teach(evaluator, TROUBLE_MS - 3 * 3_600_000)
        found = []
        for now_ms in range(TROUBLE_MS - MINUTE_MS, TROUBLE_MS + 50 * MINUTE_MS, 10_000):
            shop.now_ms = now_ms
            if broken and now_ms == TROUBLE_MS + 20 * MINUTE_MS:
                state = unpack(evaluator.to_bytes())
                kept = {name: of for name, of in state.items() if not older or not name.startswith(NEW_IN_STATE)}
                evaluator = MetricEvaluator(METRIC, UTC)
                evaluator.from_bytes(pack(kept))
            found += [(now_ms, verdict.score) for verdict in evaluator.tick(now_ms, shop)[0]]
        return found

    broken = scores(broken=True)

    assert broken
    assert older or broken == scores(broken=False)
