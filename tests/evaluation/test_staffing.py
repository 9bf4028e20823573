"""Queues whose agents are counted: who lacks some, who has some to spare, and when nothing can be said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectors.staffing import agents_needed, erlang_a
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.staffing import QueueStaffing, Staffing
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.readings import Reading
from streams.merge.skipped import Skipped
from streams.web.staffing_readings import staffing
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, TERM, UTC, metric_of

HOUR_MS = 3_600_000
DAYS = 2
HANDLE_S, PATIENCE_S = 120.0, 120.0
REFUND, PRESALE = 0, 1
QUEUES = [(0, ("refund",)), (0, ("presale",))]
NOON = START_MS + DAYS * DAY_MS + 12 * HOUR_MS


def metric(**more: Any) -> Metric:
    fields: dict[str, Any] = {
        "unit": "number",
        "minimum_effect": 0.1,
        "minimum_exposure": 10,
        "exposure": TERM,
        "windows": (300, 900, 3_600),
        "scopes": (("queue",),),
        "touchpoint": "consultation",
    }
    return metric_of("staffing", Direction.UP, **(fields | more))


def rate(slots: np.ndarray) -> np.ndarray:
    """Contacts in ten seconds: few at night, most in the evening."""
    hours = slots / 360 % 24
    return 2.0 * (1 - 0.6 * np.cos((hours - 6) / 24 * 2 * np.pi))


class Desk:
    """Two queues of the same size, each with the agents that it needs, and a fifth more."""

    def __init__(self, shop_of: Any, days: float = DAYS + 1, times: float = 1.0) -> None:
        rng = np.random.default_rng(8)
        slots = int(days * 8640)
        self.shop = shop_of(QUEUES, slots, START_MS, rows=13)
        cells = self.shop.cells
        self.offered = times * rate(np.arange(slots))
        cells[Component.NUMERATOR] = rng.poisson(self.offered, (2, slots))
        gone = rng.binomial(cells[Component.NUMERATOR], 0.04)
        cells[Component.EXPOSURE] = gone
        cells[Component.DENOMINATOR] = cells[Component.NUMERATOR] - gone
        cells[Component.WAITED] = rng.poisson(cells[Component.NUMERATOR] * 0.04 * PATIENCE_S * 1000)
        looks = np.arange(0, slots, 3)
        cells[Component.REPORTS][:, looks] = cells[Component.TIMED][:, looks] = 1
        cells[Component.HANDLE_TIMES][:, looks] = HANDLE_S * 1000
        cells[Component.STAFFED][:, looks] = np.ceil(1.2 * self.needed(self.offered[looks]))

    @staticmethod
    def needed(offered: np.ndarray) -> np.ndarray:
        columns = (np.array(value) for value in (HANDLE_S, PATIENCE_S, 0.8, 20.0))
        return agents_needed(offered / 10, *columns)

    def staffed(self, queue: int, agents: int, since_ms: int) -> None:
        cells = self.shop.cells[Component.STAFFED, queue]
        cells[(np.arange(len(cells)) >= self.shop.slot(since_ms)) & (cells > 0)] = agents

    def silent(self, queue: int, since_ms: int) -> None:
        told = (Component.REPORTS, Component.STAFFED, Component.TIMED, Component.HANDLE_TIMES, Component.WAITING)
        self.shop.cells[list(told), queue, self.shop.slot(since_ms) :] = 0

    def taught(self, until_ms: int, of: Metric | None = None) -> MetricEvaluator:
        evaluator = MetricEvaluator(of or metric(), UTC)
        self.shop.teach(evaluator, until_ms - 2 * HOUR_MS)  # quarters are closed two hours after their end
        return evaluator


@pytest.fixture
def desk(shop_of: Any) -> Desk:
    return Desk(shop_of)


def run(desk: Desk, evaluator: MetricEvaluator, minutes: float, start: int = NOON) -> list[tuple[int, Any]]:
    told: list[tuple[int, Any]] = desk.shop.run(evaluator, start + 10_000, start + int(minutes * MINUTE_MS))
    return told


def test_a_queue_that_loses_agents_is_named_within_a_minute_with_what_it_needs(desk: Desk) -> None:
    needed = int(desk.needed(desk.offered[[desk.shop.slot(NOON)]])[0])
    desk.staffed(REFUND, needed - 6, NOON)

    told = run(desk, desk.taught(NOON), 3)

    tick, verdict = told[0]
    assert tick <= NOON + MINUTE_MS
    assert (verdict.scope, verdict.reason, verdict.direction) == ({"queue": "refund"}, "UNDERSTAFFED", "up")
    assert verdict.started_at == pytest.approx(NOON, abs=40_000)
    need = verdict.staffing
    assert need.needed - need.staffed == verdict.value
    assert (need.queue, need.staffed) == ("refund", needed - 6)
    assert need.needed == pytest.approx(needed, rel=0.15)
    assert need.handle_s == pytest.approx(HANDLE_S, rel=0.01)
    assert need.patience_s == pytest.approx(PATIENCE_S, rel=0.1)
    columns = (np.array(of) for of in (need.offered / 60, need.handle_s, need.patience_s, need.staffed, 20.0))
    expected = erlang_a(*columns)
    assert need.level == pytest.approx(expected.level[0], abs=1e-3)
    assert need.abandoned == pytest.approx(expected.abandoned[0], abs=1e-3)
    assert need.level_in_15_min < need.level < 0.8
    assert [(spare.queue, spare.agents > 0) for spare in need.spare] == [("presale", True)]


def test_queues_with_enough_agents_say_nothing_for_hours(desk: Desk) -> None:
    assert run(desk, desk.taught(NOON - 2 * HOUR_MS), 4 * 60, NOON - 2 * HOUR_MS) == []


def test_with_nobody_there_the_gap_is_all_that_is_needed(desk: Desk) -> None:
    desk.staffed(REFUND, 0, NOON)

    need = run(desk, desk.taught(NOON), 3)[0][1].staffing

    assert (need.staffed, need.level, need.abandoned) == (0, 0.0, 1.0)
    assert need.needed > 10


def test_without_snapshots_for_a_quarter_of_an_hour_nothing_is_said_and_no_agents_are_missing(desk: Desk) -> None:
    desk.silent(REFUND, NOON)
    evaluator = desk.taught(NOON)

    assert run(desk, evaluator, 20) == []
    needs = evaluator.latest.staffing
    assert needs is not None
    assert np.isnan(needs.staffed[REFUND])
    assert np.isnan(needs.needed[REFUND])
    assert needs.needed[PRESALE] > 10


def test_fewer_than_thirty_handled_contacts_say_nothing_of_their_handle_time(shop_of: Any) -> None:
    desk = Desk(shop_of)
    desk.shop.cells[Component.DENOMINATOR, REFUND] = 0
    desk.shop.cells[Component.DENOMINATOR, REFUND, desk.shop.slot(NOON) - 29 :: 1][:29] = 1
    desk.staffed(REFUND, 1, NOON - HOUR_MS)
    evaluator = desk.taught(NOON)

    assert run(desk, evaluator, 5) == []
    needs = evaluator.latest.staffing
    assert needs is not None
    assert np.isnan(needs.handle_s[REFUND])

    desk.shop.cells[Component.DENOMINATOR, REFUND, desk.shop.slot(NOON)] = 1
    assert run(desk, desk.taught(NOON), 5) != []


def test_customers_who_are_answered_count_for_the_patience_of_all(desk: Desk) -> None:
    """Nobody gave up: the time that all waited says that they are patient, and not that nothing is known."""
    desk.shop.cells[Component.EXPOSURE] = 0
    evaluator = desk.taught(NOON)

    run(desk, evaluator, 2)

    needs = evaluator.latest.staffing
    assert needs is not None
    assert needs.patience_s[PRESALE] > 3_600


def test_a_rise_is_forecast_from_the_usual_day(shop_of: Any) -> None:
    desk = Desk(shop_of, times=40.0)
    desk.staffed(REFUND, 1, NOON)

    need = run(desk, desk.taught(NOON), 1)[0][1].staffing

    now, soon, later = (float(desk.offered[desk.shop.slot(NOON) + 90 * step]) for step in (0, 1, 2))
    assert need.offered_in_15_min / need.offered == pytest.approx(soon / now, rel=0.015)
    assert need.offered_in_30_min / need.offered == pytest.approx(later / now, rel=0.015)
    assert need.needed < need.needed_in_15_min < need.needed_in_30_min


def test_a_busier_day_raises_what_is_needed(desk: Desk) -> None:
    usual, busy = desk.taught(NOON), desk.taught(NOON)
    run(desk, usual, 1)
    desk.shop.cells[Component.NUMERATOR, :, desk.shop.slot(NOON) - 360 :] *= 2

    run(desk, busy, 1)

    assert usual.latest.staffing is not None
    assert busy.latest.staffing is not None
    assert (busy.latest.staffing.needed / usual.latest.staffing.needed > 1.5).all()


def test_shrinkage_and_several_chats_at_once_change_what_is_needed_queue_by_queue(desk: Desk) -> None:
    plan = Staffing(shrinkage=0.2, queues={"presale": QueueStaffing(shrinkage=0.0, chats_per_agent=2.0)})
    plain, own = desk.taught(NOON), desk.taught(NOON, metric(staffing=plan))

    run(desk, plain, 1)
    run(desk, own, 1)

    assert plain.latest.staffing is not None
    assert own.latest.staffing is not None
    needed, changed = plain.latest.staffing.needed, own.latest.staffing.needed
    assert changed.tolist() == [np.ceil(needed[REFUND] / 0.8), np.ceil(needed[PRESALE] / 2)]


def test_one_missing_agent_of_many_is_not_told(desk: Desk) -> None:
    evaluator = desk.taught(NOON)
    run(desk, evaluator, 1)
    assert evaluator.latest.staffing is not None
    desk.staffed(REFUND, int(evaluator.latest.staffing.needed[REFUND]) - 1, NOON + MINUTE_MS)

    assert run(desk, evaluator, 1, NOON + MINUTE_MS) == []


def test_a_state_that_is_read_back_goes_on_with_the_same_words(desk: Desk) -> None:
    desk.staffed(REFUND, 12, NOON)
    evaluator = desk.taught(NOON)
    run(desk, evaluator, 1.5)
    again = MetricEvaluator(metric(), UTC)
    again.from_bytes(evaluator.to_bytes())

    start = NOON + 90_000
    assert again.to_bytes() == evaluator.to_bytes()
    assert run(desk, again, 4, start) == run(desk, evaluator, 4, start)
    assert again.to_bytes() == evaluator.to_bytes()


def test_metrics_read_agents_and_forecasts_a_minute(desk: Desk) -> None:
    evaluator = desk.taught(NOON)
    run(desk, evaluator, 1)
    none = np.zeros(0, dtype=np.int64)
    held = Reading(metric(), evaluator.latest, QUEUES, QUEUES, none, none, 0, 0, 0, Skipped())

    (read,) = staffing([held])

    assert read.offered[REFUND] == pytest.approx(6 * desk.offered[desk.shop.slot(NOON)], rel=0.15)
    assert (read.staffed >= read.needed).all()
    assert (read.level > 0.8).all()
    assert (read.needed_in_30_min >= read.needed_in_15_min).all()
