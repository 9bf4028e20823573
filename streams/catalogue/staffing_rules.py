"""What must hold for metrics of staffing and for means of gauges, whose scopes are queues and no whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import Direction
from streams.catalogue.signals import signals_with
from streams.settings.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric
    from streams.catalogue.staffing import QueueStaffing, Staffing
    from streams.settings.located_yaml import Path

_LONGEST_S: Final = 86_400
_MOST_CHATS: Final = 100
_QUEUE: Final = "queue"
_WINDOWS: Final = (300, 900, 3_600)


def check_staffing(metric: Metric) -> Iterator[Fault]:
    """All faults: where inside the metric, and what to do about it."""
    traits = metric.traits
    if "staffing" not in traits.takes:
        if metric.staffing is not None:
            who = signals_with(lambda of: "staffing" in of.takes)
            yield Fault(("staffing",), f"is for signal {who} only; remove this key")
    else:
        yield from _check_judged(metric)
        if metric.staffing is not None:
            yield from _check_numbers(metric.staffing, ("staffing",))
            for queue, own in metric.staffing.queues.items():
                yield from _check_numbers(own, ("staffing", "queues", queue))
    if traits.apart:
        yield from _check_apart(metric)


def _check_numbers(of: Staffing | QueueStaffing, place: Path) -> Iterator[Fault]:
    if of.target is not None and not 0 < of.target < 1:
        yield Fault((*place, "target"), "the share that is answered in time, between 0 and 1: write 0.8 for 80 %")
    if of.within_s is not None and not 0 <= of.within_s <= _LONGEST_S:
        yield Fault((*place, "within_s"), "the time to answer in, in seconds, a day at most")
    if of.shrinkage is not None and not 0 <= of.shrinkage < 1:
        yield Fault((*place, "shrinkage"), "the share of agents who are away, from 0 to below 1: write 0.3 for 30 %")
    if of.chats_per_agent is not None and not 1 <= of.chats_per_agent <= _MOST_CHATS:
        yield Fault((*place, "chats_per_agent"), f"contacts that an agent handles at once: from 1 to {_MOST_CHATS}")


def _check_judged(metric: Metric) -> Iterator[Fault]:
    if metric.scopes != ((_QUEUE,),):
        yield Fault(("scopes",), f"agents stand behind a queue: write `scopes: [[{_QUEUE}]]`")
    if metric.windows != _WINDOWS:
        yield Fault(("windows",), f"staffing looks at 5 min, 15 min and an hour: write `windows: {list(_WINDOWS)}`")
    if metric.direction is not Direction.UP:
        yield Fault(("direction",), "missing agents are bad: write `direction: up`")
    if metric.settle_s:
        yield Fault(("settle_s",), "agents are needed now; remove this key")
    if metric.threshold is not None:
        yield Fault(("threshold",), "the limit is `minimum_effect`, a part of the agents needed; remove this key")


def _check_apart(metric: Metric) -> Iterator[Fault]:
    """What does not add up to a whole has one scope, and none above it."""
    if len(metric.scopes) != 1 or not metric.scopes[0]:
        what = f"a {metric.signal} has one scope, that of what reports it, such as [[{_QUEUE}]]: it does not add up"
        yield Fault(("scopes",), what)
    if metric.threshold is None and "staffing" not in metric.traits.takes:
        what = "is needed: what reports say is no number of trials, and is judged by a limit alone"
        yield Fault(("threshold",), what)
