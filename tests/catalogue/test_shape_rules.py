"""Histograms, gauges, net scores and stocks that make no sense are refused with a place and a remedy."""

from __future__ import annotations

import pytest

from streams.catalogue.load import load, parse
from streams.catalogue.shape_rules import check_gauge
from streams.settings.located_yaml import LocatedError

HEAD = """\
metrics:
  - {id: X1, name: x, title: X, touchpoint: page, direction: up, minimum_effect: 0.5, minimum_exposure: 20,
"""
LOADS = "numerator: [{events: [page.viewed], value: load_time}]"
RATIO = "unit: ratio, signal: ratio, denominator: [{events: [page.viewed]}]"
TOLD = "numerator: [{events: [queue.snapshot], value: waiting}]"


@pytest.mark.parametrize(
    ("rest", "remedy"),
    [
        (f"unit: seconds, signal: quantile, quantile: 0.9, scopes: [[]], {LOADS}", "needs the durations between"),
        (f"unit: seconds, signal: spread, bins: [9, 1], scopes: [[]], {LOADS}", "needs the durations between"),
        (f"unit: seconds, signal: quantile, bins: [1, 9], scopes: [[]], {LOADS}", "which quantile"),
        (
            f"unit: seconds, signal: spread, quantile: 0.9, bins: [1, 9], scopes: [[]], {LOADS}",
            "is not used by a spread",
        ),
        (
            "unit: seconds, signal: spread, bins: [1, 9], scopes: [[]], numerator: [{events: [page.viewed]}]",
            "name the duration",
        ),
        (f"unit: per_minute, signal: count, bins: [1, 9], scopes: [[]], {LOADS}", "is not used by a count"),
        (f"unit: per_minute, signal: count, threshold: 0, scopes: [[]], {LOADS}", "a limit in the unit of the metric"),
        (f"unit: per_minute, signal: per_thousand, threshold: 5, scopes: [[]], {LOADS}", "judged by what is usual"),
        (f"{RATIO}, threshold: 1, scopes: [[]], {LOADS}", "between 0 and 1"),
        (f"unit: per_minute, signal: count, stock: false, scopes: [[]], {LOADS}", "is not used by a count"),
        (f"unit: number, signal: last, windows: [120], scopes: [[]], {TOLD}", "a last has one scope"),
        (f"unit: number, signal: last, windows: [3600], scopes: [[queue]], {TOLD}", "a last is kept for 900 s"),
        (
            "unit: number, signal: last, windows: [60], scopes: [[queue]], numerator: [{events: [queue.snapshot]}]",
            "names the field that is reported",
        ),
        (
            f"unit: points, signal: net, scopes: [[]], {LOADS}, denominator: [{{events: [page.viewed]}}]",
            "negative answers",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_remedy(rest: str, remedy: str) -> None:
    with pytest.raises(LocatedError, match=remedy):
        parse(f"{HEAD}     {rest}}}\n", "mine.yaml")


def test_the_shipped_gauges_are_right() -> None:
    assert not list(check_gauge(load().by_name["queue_waiting"]))
