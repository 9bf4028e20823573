"""Staffing and means of gauges in a catalogue: what is refused, with a place and a remedy."""

from __future__ import annotations

import pytest

from streams.catalogue.load import load, parse
from streams.catalogue.metric import Component
from streams.catalogue.staffing import Promise
from streams.settings.located_yaml import LocatedError

GAP = """\
metrics:
  - {id: X1, name: x, title: X, touchpoint: consultation, minimum_effect: 0.1, minimum_exposure: 10, unit: number,
     signal: staffing, numerator: [{events: [consultation.opened]}], denominator: [{events: [consultation.closed]}],
     exposure: [{events: [consultation.abandoned]}],
"""
OWN = "direction: up, windows: [300, 900, 3600], scopes: [[queue]]"
MEAN = """\
metrics:
  - {id: X1, name: x, title: X, touchpoint: consultation, minimum_effect: 0.1, minimum_exposure: 10, unit: ratio,
     signal: gauge_mean, direction: up, windows: [900],
     numerator: [{events: [queue.snapshot], value: available}],
"""
STAFFED = "denominator: [{events: [queue.snapshot], value: staffed}]"


@pytest.mark.parametrize(
    ("rest", "place", "remedy"),
    [
        (f"{OWN}, staffing: {{target: 80}}", "staffing.target", "write 0.8 for 80 %"),
        (f"{OWN}, staffing: {{shrinkage: 1}}", "staffing.shrinkage", "write 0.3 for 30 %"),
        (f"{OWN}, staffing: {{chats_per_agent: 0.5}}", "staffing.chats_per_agent", "from 1 to 100"),
        (f"{OWN}, staffing: {{within_s: -1}}", "staffing.within_s", "in seconds, a day at most"),
        (f"{OWN}, staffing: {{queues: {{vip: {{target: 1}}}}}}", "staffing.queues.vip.target", "between 0 and 1"),
        ("direction: up, windows: [300], scopes: [[queue]]", "windows", "write `windows: [300, 900, 3600]`"),
        ("direction: down, windows: [300, 900, 3600], scopes: [[queue]]", "direction", "write `direction: up`"),
        ("direction: up, windows: [300, 900, 3600], scopes: [[], [queue]]", "scopes", "write `scopes: [[queue]]`"),
        (f"{OWN}, threshold: 5", "threshold", "remove this key"),
        (f"{OWN}, settle_s: 60", "settle_s", "remove this key"),
    ],
)
def test_a_queue_that_cannot_be_promised_is_refused_at_its_place(rest: str, place: str, remedy: str) -> None:
    with pytest.raises(LocatedError) as refused:
        parse(f"{GAP}     {rest}}}\n", "x.yaml")

    assert str(refused.value).startswith("x.yaml:5:")
    assert f"metrics[0].{place}: " in str(refused.value)
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    ("rest", "place", "remedy"),
    [
        (f"{STAFFED}, scopes: [[queue]]", "threshold", "is needed"),
        (f"{STAFFED}, scopes: [[], [queue]], threshold: 0.9", "scopes", "it does not add up"),
        (f"{STAFFED}, scopes: [[queue]], threshold: 0.9, staffing: {{}}", "staffing", "is for signal staffing only"),
        ("scopes: [[queue]], threshold: 0.9", "signal", "add the key `denominator`"),
    ],
)
def test_a_mean_of_gauges_that_cannot_be_judged_is_refused_at_its_place(rest: str, place: str, remedy: str) -> None:
    with pytest.raises(LocatedError) as refused:
        parse(f"{MEAN}     {rest}}}\n", "x.yaml")

    assert f"metrics[0].{place}: " in str(refused.value)
    assert remedy in str(refused.value)


def test_a_queue_may_promise_something_else_than_all_others() -> None:
    rest = f"{OWN}, staffing: {{target: 0.9, shrinkage: 0.3, queues: {{vip: {{within_s: 10, shrinkage: 0}}}}}}"
    plan = parse(f"{GAP}     {rest}}}\n", "x.yaml").metrics[0].staffing

    assert plan is not None
    assert plan.of("vip") == Promise(target=0.9, within_s=10, shrinkage=0, chats_per_agent=1)
    assert plan.of("refund") == Promise(target=0.9, within_s=20, shrinkage=0.3, chats_per_agent=1)


def test_the_shipped_metrics_know_queues_and_no_agent() -> None:
    metrics = load().by_name

    gap, occupancy = metrics["staffing_gap"], metrics["occupancy"]
    assert gap.scopes == occupancy.scopes == (("queue",),)
    assert {Component.REPORTS, Component.STAFFED, Component.WAITED} <= gap.components().keys()
    assert occupancy.threshold == 0.9
    assert "staffing_gap" in metrics["pick_up"].symptom_of
