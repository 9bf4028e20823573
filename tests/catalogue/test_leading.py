"""Which signals stand on the tile of their touchpoint."""

from __future__ import annotations

from typing import Any

import pytest

from streams.catalogue.leading import check_leading, leading_signals
from streams.catalogue.load import SHIPPED, load, parse
from streams.catalogue.metric import TOUCHPOINTS, Direction, Metric
from streams.catalogue.term import Term
from streams.settings.located_yaml import LocatedError


def metric(name: str, touchpoint: str = "order", events: str = "order.created", **more: Any) -> Metric:
    given: dict[str, Any] = {"scopes": ((),), "signal": "count", "unit": "per_minute"}
    return Metric(
        id="X",
        name=name,
        title=name,
        touchpoint=touchpoint,  # type: ignore[arg-type]
        direction=Direction.DOWN,
        minimum_effect=0.1,
        minimum_exposure=1,
        numerator=(Term((events,)),),
        **given | more,
    )


def test_those_that_are_marked_lead_wherever_they_stand() -> None:
    metrics = [metric("first", target=0.9), metric("second"), metric("third", leading=True)]

    assert leading_signals(metrics) == {"third"}


def test_where_none_is_marked_the_first_two_with_a_target_lead() -> None:
    metrics = [metric("plain"), metric("a", target=0.9), metric("b", target=0.9), metric("c", target=0.9)]

    assert leading_signals(metrics) == {"a", "b"}


def test_without_marks_and_targets_the_first_of_each_touchpoint_leads() -> None:
    metrics = [metric("a"), metric("b", "page"), metric("c"), metric("d", "page")]

    assert leading_signals(metrics) == {"a", "b"}


def test_what_has_no_whole_never_leads_and_what_counts_faults_only_where_nothing_else_is() -> None:
    gauge = metric("gauge", scopes=(("queue",),))
    fault = metric("fault", events="pharos.event_ahead")

    assert leading_signals([gauge, fault, metric("usual")]) == {"usual"}
    assert leading_signals([gauge, fault]) == {"fault"}
    assert leading_signals([gauge]) == frozenset()


def test_a_third_one_of_a_touchpoint_is_a_fault_and_so_is_one_without_the_whole() -> None:
    marked = [metric(name, leading=True) for name in "abc"]
    gauge = metric("gauge", "page", scopes=(("queue",),), leading=True)
    faults = [(number, fault.path, fault.what) for number, fault in check_leading([*marked, gauge])]

    assert [(number, path) for number, path, _ in faults] == [(2, ("leading",)), (3, ("leading",))]
    assert faults[0][2] == "a and b lead order already: two at most; remove one of the three"


def test_a_fault_is_named_with_its_line() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace(
        "    touchpoint: order\n", "    touchpoint: order\n    leading: true\n", 1
    )

    with pytest.raises(LocatedError, match=r"mine.yaml:\d+:\d+: metrics\[8\].leading: "):
        parse(text, "mine.yaml")


def test_of_the_shipped_catalogue_every_touchpoint_has_one_or_two() -> None:
    leading = leading_signals(load().metrics)
    counts = {name: sum(m.name in leading for m in load().metrics if m.touchpoint == name) for name in TOUCHPOINTS}

    assert {name: count for name, count in counts.items() if count not in (1, 2)} == {}
