"""Cells without events."""

from __future__ import annotations

import numpy as np

from benchmarks.evaluate.judged import MONDAY_MS, WARM_SLOTS, Judged
from benchmarks.evaluate.leaves import Leaves
from streams.catalogue.load import load
from streams.catalogue.metric import Component
from streams.cells.record import SLOT_MS


def test_the_whole_is_the_sum_of_its_parts_and_the_bottom_has_only_the_dimensions_it_knows() -> None:
    metric = load().by_name["refund_requests"]
    leaves = [
        {"category": category, "reason": reason, "store": "hz", "sku": "s"} for category in "ab" for reason in "xy"
    ]
    counts = np.array([[1, 2, 3, 4]])
    cells = Leaves(metric, leaves).cells(7, {Component.NUMERATOR: counts, Component.DENOMINATOR: 10 * counts})
    found = {
        (cells.scopes[scope], component): value
        for scope, component, value in zip(cells.scope, cells.component, cells.value, strict=True)
    }
    assert found[(0, ()), 0] == 10
    assert found[(0, ()), 1] == 100
    assert found[(metric.scopes.index(("category",)), ("b",)), 0] == 7
    reason = metric.scopes.index(("reason",))
    assert found[(reason, ("x",)), 0] == 4
    assert (((reason, ("x",)), 1)) not in found


def test_a_count_that_stops_is_said_to_by_the_code_that_runs_live() -> None:
    metric = load().by_name["orders_created"]
    metric = type(metric)(**{name: getattr(metric, name) for name in metric.__struct_fields__} | {"scopes": ((),)})
    first = MONDAY_MS // SLOT_MS
    start = first + 7 * 8_640
    judged, leaves = Judged([metric], start), Leaves(metric, [{}])
    fine = (start - WARM_SLOTS) // 90 * 90
    quarters = np.full(((fine - first) // 90, 1), 900)
    assert not list(judged.feed(fine, [leaves.cells(first, {Component.NUMERATOR: quarters}, 90)], [(first, fine - 1)]))
    going = np.full((start + 60 - fine, 1), 10)
    quiet = list(judged.feed(start + 60, [leaves.cells(fine, {Component.NUMERATOR: going})], [(fine, start + 59)]))
    assert len(quiet) == 61
    assert all(verdict.score < 1 for tick in quiet for verdict in tick.verdicts)
    stopped = list(judged.feed(start + 90, [], [(start + 60, start + 89)]))
    assert any(verdict.score >= 1 and verdict.direction == "down" for verdict in stopped[-1].verdicts)
