"""A warehouse that stops warns before its deadlines pass, and a night without work is a usual night."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Term
from streams.cells.record import CellsRecord, MetricCells
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.partition import MergePartition
from streams.settings.settings import Settings
from tests.support.leads import place_of

if TYPE_CHECKING:
    from streams.records.verdicts import TickVerdicts, Verdict

MINUTE, HOUR = 60_000, 3_600_000
DAY = 24 * HOUR
MIDNIGHT = 20_000 * DAY  # UTC
HISTORY_DAYS = 5
NOON = MIDNIGHT + HISTORY_DAYS * DAY + 12 * HOUR
WAREHOUSES = ("bj", "gz", "hz")
PROMISED = 8 * HOUR
CLOSED, OPENED = 0, 1

METRIC = Metric(
    id="L3",
    name="due_soon",
    title="due soon",
    touchpoint="logistics",
    unit="number",
    signal="due_soon",
    direction=Direction.UP,
    minimum_effect=0.2,
    minimum_exposure=50,
    windows=(300,),
    numerator=(Term(("parcel.collected",), at="paid_at", plus_s=28_800, no_later=True),),
    denominator=(Term(("order.paid",), plus_s=28_800),),
    scopes=((), ("warehouse",)),
)


def events(stops: dict[str, int], until: int) -> list[tuple[int, int, int, str]]:
    """(time, deadline, component, warehouse): six orders a minute and warehouse, collected 1 to 9 h later by day.

    From 22:00 to 6:00 nobody collects: what falls there comes with the first hours of the morning.
    """
    rng = np.random.default_rng(7)
    found = []
    for warehouse in WAREHOUSES:
        for opened in range(MIDNIGHT, until, 10_000):
            wait = int(rng.uniform(1, 9) * HOUR)
            closed = opened + wait
            hour = closed % DAY // HOUR
            if hour >= 22 or hour < 6:
                closed += int(rng.uniform(0, 2) * HOUR) + (30 * HOUR - closed % DAY) % DAY
            found.append((opened, opened + PROMISED, OPENED, warehouse))
            if closed <= min(opened + PROMISED, until, stops.get(warehouse, until)):
                found.append((closed, opened + PROMISED, CLOSED, warehouse))
    return sorted(found)


def run(stops: dict[str, int], until: int = NOON + 4 * HOUR) -> list[TickVerdicts]:
    settings = Settings(
        cells_partitions=1,
        timezone="UTC",
        evaluate_from=datetime.fromtimestamp((MIDNIGHT + HISTORY_DAYS * DAY) / 1000, UTC).isoformat(),
    )
    catalogue = Catalogue.of((METRIC,))
    merge = MergePartition(catalogue, 0, {"orders": 1}, settings, lambda metric: MetricEvaluator(metric, settings))
    ticks: list[TickVerdicts] = []
    waiting = events(stops, until)
    begin = 0
    for end in range(MIDNIGHT + HOUR, until + 1, HOUR):
        while begin < len(waiting) and waiting[begin][0] < end:
            begin += 1
        due, waiting, begin = waiting[:begin], waiting[begin:], 0
        scopes = [(0, ()), *((1, (warehouse,)) for warehouse in WAREHOUSES)]
        cells = MetricCells(METRIC.key(), scopes, [], [], [], [], [])
        for time, deadline, component, warehouse in due:
            for scope in (0, 1 + WAREHOUSES.index(warehouse)):
                cells.scope.append(scope)
                cells.component.append(place_of(deadline, time, component))
                cells.slot.append(time // 10_000)
                cells.late.append(0)
                cells.value.append(1)
        merge.apply(CellsRecord("orders", 0, 1, end, catalogue.hash, [cells]))
        ticks += merge.advance()
    return ticks


def deviating(ticks: list[TickVerdicts]) -> list[tuple[int, Verdict]]:
    return [(tick.time, verdict) for tick in ticks for verdict in tick.verdicts if verdict.score >= 1]


@pytest.fixture(scope="module")
def usual() -> list[TickVerdicts]:
    return run({})


@pytest.fixture(scope="module")
def stopped() -> list[TickVerdicts]:
    return run({"hz": NOON})


def test_a_usual_day_is_quiet_its_night_and_its_morning_too(usual: list[TickVerdicts]) -> None:
    assert deviating(usual) == []
    values = [tick.pulses[0].value for tick in usual if tick.pulses and not tick.pulses[0].missing]
    assert max(values) > 2 * min(values)  # and yet it is not always the same


def test_a_warehouse_that_stops_is_found_within_the_hour_and_it_alone(stopped: list[TickVerdicts]) -> None:
    found = deviating(stopped)
    first, verdict = found[0]
    assert NOON < first <= NOON + 40 * MINUTE
    assert {tuple(verdict.scope.items()) for _, verdict in found if verdict.scope} == {(("warehouse", "hz"),)}
    assert verdict.direction == "up"
    assert not verdict.good
    assert verdict.value > verdict.expected + 0.2 * verdict.exposure
    assert verdict.value <= verdict.exposure


def test_it_tells_how_many_will_miss(stopped: list[TickVerdicts]) -> None:
    at = NOON + 90 * MINUTE
    (verdict,) = [v for tick in stopped if tick.time == at for v in tick.verdicts if v.scope == {"warehouse": "hz"}]
    # The deadlines of the next two hours are those of orders of 5:30 to 7:30 in the morning, which nobody collects.
    opened = [event for event in events({"hz": NOON}, at) if event[3] == "hz" and at < event[1] <= at + 2 * HOUR]
    left = sum(1 if component == OPENED else -1 for _, _, component, _ in opened)
    assert verdict.exposure == pytest.approx(left, rel=0.1)
    assert verdict.value > 0.8 * left


def test_it_says_since_when(stopped: list[TickVerdicts]) -> None:
    _, first = deviating(stopped)[0]
    assert NOON <= first.started_at <= NOON + 15 * MINUTE
