"""Figures of 30 natural days as the ticks tell them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.load import parse
from streams.catalogue.scopes import scope_sets
from streams.cells.record import CellsRecord, MetricCells
from streams.merge import told_days
from streams.register.natural_days import NaturalDays

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric
    from streams.records.day_figures import DayFigures

MONTH = 2_592_000
ZONE = "Asia/Shanghai"
FIRST = date(2026, 10, 1).toordinal()
CARD = """\
scorecards:
  - {name: house, title: House, valid_from: 2026-10-01, of: store, indicators: [
     {metric: x, polarity: %s, breakpoints: [[0, 1], [1, 1]]}]}
"""


def metric(rest: str, *, down: bool = True) -> Any:
    text = f"""\
metrics:
  - {{id: X1, name: x, title: X, touchpoint: order, minimum_effect: 0.1, minimum_exposure: 3, windows: [3600],
     told: [2592000], scopes: [[], [store]], direction: {"down" if down else "up"}, {rest}}}
"""
    return parse(text + CARD % ("more_is_better" if down else "less_is_better"), "x.yaml")


def slot(day: int, minutes: int) -> int:
    return (NaturalDays(ZONE).begins_ms(FIRST + day) + minutes * 60_000) // 10_000


RATIO = "unit: ratio, signal: ratio, numerator: [{events: [parcel.delivered]}], denominator: [{events: [parcel.lost]}]"
RATE = (
    "unit: per_thousand, signal: per_thousand, trailing_s: 3600, numerator: [{events: [refund.completed]}], "
    "denominator: [{events: [order.paid]}]"
)
MEAN = (
    "unit: seconds, signal: mean, numerator: [{events: [order.paid], value: {from: created_at, to: time}}], "
    "denominator: [{events: [order.paid]}]"
)
NET = (
    "unit: points, signal: net, numerator: [{events: [survey.answered]}], "
    "denominator: [{events: [survey.answered]}], exposure: [{events: [survey.answered]}]"
)
COUNT = "unit: per_minute, signal: count, numerator: [{events: [order.paid]}]"


class Log:
    """A merge that goes on day by day."""

    def __init__(self, make_merge: Callable[..., SimpleNamespace], catalogue: Any) -> None:
        self.of: Metric = catalogue.metrics[0]
        self.merge = make_merge(self.of, timezone=ZONE, catalogue=catalogue)
        self.figures: list[DayFigures] = []

    def add(self, day: int, minutes: int, *cells: tuple[str, int, int]) -> None:
        """Cells (store, component, value), "" for the whole alone; then the ticks up to five minutes later."""
        at = slot(day, minutes)
        written = []
        for store, component, value in cells:
            written.append(((0, ()), component, at, value, 0))
            if store:
                place = scope_sets(self.of).index(("store",))
                written.append(((place, (store,)), component, at, value, 0))
        summed: dict[Any, int] = {}
        for scope, component, when, value, late in written:
            summed[scope, component, when, late] = summed.get((scope, component, when, late), 0) + value
        rows = [(scope, component, when, value, late) for (scope, component, when, late), value in summed.items()]
        columns = [list(column) for column in zip(*rows, strict=True)]
        scope, component, when, value, late = columns
        cells = MetricCells(self.of.key(), scope, list(range(len(rows))), component, when, late, value)
        record = CellsRecord("orders", 0, 1, (at + 31) * 10_000, "", [cells], busy=[(at, at)])
        self.merge.merge.apply(record)
        for tick in self.merge.advance():
            self.figures += tick.figures

    def last(self, dimension: str = "") -> DayFigures:
        return [told for told in self.figures if told.dimension == dimension][-1]


@pytest.fixture
def log(make_merge: Callable[..., SimpleNamespace]) -> Callable[..., Log]:
    return lambda rest, **more: Log(make_merge, metric(rest, **more))


def test_the_vector_of_refunds(log: Callable[..., Log]) -> None:
    """(10 + 15) / (125 + 112) = 10.5 %, two days of which only the sums are divided."""
    of = log(RATE, down=False)
    of.add(0, 600, ("a", 0, 10), ("a", 1, 125))
    of.add(1, 600, ("a", 0, 15), ("a", 1, 112))

    assert of.last().value == [pytest.approx(105.485, abs=1e-3)]
    assert of.last().cases == [237]
    assert of.last("store").parts == ["a"]


@pytest.mark.parametrize(
    ("rest", "cells", "value", "cases"),
    [
        (RATIO, (("a", 0, 3), ("a", 1, 4)), 0.75, 4),
        (MEAN, (("a", 0, 90_000), ("a", 1, 2)), 45.0, 2),
        (NET, (("a", 0, 6), ("a", 1, 10), ("a", 2, 1)), 50.0, 10),
        (COUNT, (("a", 0, 1440),), 1.0, 1440),
    ],
)
def test_each_signal_is_told_in_its_unit(
    log: Callable[..., Log], rest: str, cells: tuple[tuple[str, int, int], ...], value: float, cases: int
) -> None:
    of = log(rest)
    of.add(0, 600, *cells)

    assert (of.last().value, of.last().cases, of.last().days) == ([value], [cases], 1)


def test_a_window_ends_with_today_and_those_before_it_with_yesterday(log: Callable[..., Log]) -> None:
    of = log(RATIO)
    for day, done in enumerate((0, 1, 1, 1)):
        for back in range(10):
            of.add(day * 10 + back, 600, ("a", 0, done), ("a", 1, 1))
    told = of.last()

    assert (told.day, told.days) == (FIRST + 39, 30)
    assert told.value == [1.0]
    assert told.yesterday == [pytest.approx(29 / 30)]
    assert told.before == [pytest.approx(28 / 30)]


def test_today_is_projected_after_a_week_and_not_before(log: Callable[..., Log]) -> None:
    of = log(RATIO)
    rng = Random(5)
    for day in range(20):
        for hour in range(8, 20):
            of.add(day, hour * 60, ("a", 0, 90 + rng.randint(-5, 5)), ("a", 1, 100))
    first = next(told for told in of.figures if told.tonight[0] is not None)
    noon = [told for told in of.figures if told.day == FIRST + 19 and not told.dimension][3]
    last = of.last()

    assert first.day - FIRST == 8
    assert noon.spread[0] > 3 * last.spread[0]
    assert abs(noon.tonight[0] - last.value[0]) < 2 * noon.spread[0]
    assert last.tonight == [pytest.approx(last.value[0], abs=1e-3)]


def test_a_count_has_no_ratio_to_project(log: Callable[..., Log]) -> None:
    of = log(COUNT)
    for day in range(12):
        of.add(day, 600, ("a", 0, 5))

    assert of.last().tonight == of.last().spread == [None]


def test_what_closes_more_than_was_opened_is_no_more_than_all(log: Callable[..., Log]) -> None:
    of = log(RATIO)
    of.add(0, 600, ("a", 0, 5), ("a", 1, 4))

    assert of.last().value == [1.0]


def test_of_too_many_parts_those_of_most_cases_are_told(
    log: Callable[..., Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told_days, "MOST_PARTS", 2)
    of = log(RATIO)
    of.add(0, 600, ("a", 1, 5), ("b", 1, 9), ("c", 1, 7), ("d", 0, 1))

    assert (of.last("store").parts, of.last("store").left_out) == (["b", "c"], 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_restart_in_between_changes_no_figure(make_merge: Callable[..., SimpleNamespace], seed: int) -> None:
    def filled(cuts: set[int]) -> list[DayFigures]:
        of, rng = Log(make_merge, metric(RATIO)), Random(seed)
        for day in range(12):
            for hour in (9, 15):
                cases = rng.randint(20, 60)
                of.add(day, hour * 60, ("ab"[hour % 2], 0, rng.randint(0, cases)), ("ab"[hour % 2], 1, cases))
            if day in cuts:
                chunks = dict(of.merge.merge.snapshot(0))
                other = Log(make_merge, metric(RATIO))
                other.merge.merge.restore(chunks["manifest"], chunks)
                of.merge = other.merge
        return of.figures

    assert filled({3, 7, 8}) == filled(set())
