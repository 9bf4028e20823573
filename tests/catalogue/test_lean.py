"""Scopes of very many parts: what a catalogue may say of them, and what the setting makes of the shipped one."""

from __future__ import annotations

import pytest

from streams.catalogue.lean import exported, lean_places, made_lean
from streams.catalogue.load import load, parse
from streams.settings.located_yaml import LocatedError

ENTRY = """
metrics:
  - id: O1
    name: orders
    title: Orders
    touchpoint: order
    unit: per_minute
    signal: count
    direction: down
    minimum_effect: 0.4
    minimum_exposure: 30
    numerator:
      - events: [order.created]
    scopes: [[], [region], [store], [store, region]]
"""


@pytest.mark.parametrize(
    ("more", "place", "what"),
    [
        ("    lean: [[stores], [store, region]]\n", ":15:12:", 'is not among `scopes`; did you mean "[store]"?'),
        ("    lean: [[store]]\n", ":15:12:", "[store, region] has more series than [store]; make it lean too"),
        ("    lean: [[]]\n", ":15:12:", "the whole is one series"),
        ("    lean: [[store, region], [store, region]]\n", ":15:29:", "is given twice; remove one of them"),
        ("    export: top 50\n", ":15:5:", "is for lean scopes: name them under `lean`, or remove this key"),
        ("    lean: [[store, region]]\n    export: best 50\n", ":16:5:", "write `top 50`, a number from 1 to 1000"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_remedy(more: str, place: str, what: str) -> None:
    with pytest.raises(LocatedError) as error:
        parse(ENTRY + more, "my.yaml")

    assert what in str(error.value)
    assert str(error.value).startswith(f"my.yaml{place}")


def test_a_signal_that_needs_minutes_cannot_be_lean() -> None:
    text = ENTRY.replace("signal: count", "signal: sum").replace("unit: per_minute", "unit: money_per_minute")
    text = text.replace("- events: [order.created]", "- {events: [order.created], value: amount}")
    with pytest.raises(LocatedError, match="only cohort, count, ratio can be lean"):
        parse(text + "    lean: [[store]]\n", "my.yaml")


def test_a_lean_scope_is_counted_anew() -> None:
    plain, lean = parse(ENTRY, "my.yaml"), parse(ENTRY + "    lean: [[store], [store, region]]\n", "my.yaml")

    assert plain.metrics[0].key() != lean.metrics[0].key()
    assert lean_places(lean.metrics[0]) == (2, 3)
    assert exported(lean.metrics[0]) == 50


def test_the_setting_makes_every_store_of_the_shipped_catalogue_lean_or_leaves_it_out() -> None:
    shipped, many = load(), load(lean=("store",))

    with_store = [metric for metric in many.metrics if ("store",) in metric.scopes]
    assert len(with_store) >= 12
    assert all(metric.lean == (("store",),) for metric in with_store)
    without = {metric.name for metric in shipped.metrics if ("store",) in metric.scopes}
    without -= {metric.name for metric in with_store}
    assert {"revenue_paid", "refund_requests", "nps"} <= without
    same = [(old, new) for old, new in zip(shipped.metrics, many.metrics, strict=True) if old.name not in without]
    assert all(old.scopes == new.scopes for old, new in same)


def test_a_metric_whose_only_scope_has_the_dimension_keeps_it() -> None:
    gauge = next(metric for metric in load().metrics if () not in metric.scopes)

    assert made_lean((gauge,), [gauge.scopes[0][0]]) == (gauge,)
