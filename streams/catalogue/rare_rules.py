"""What must hold for metrics of rare events, each of which is looked at when it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import Direction
from streams.catalogue.signals import SIGNALS, signals_with
from streams.settings.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric

_MOST_ALARMS: Final = 1_000
_COUNTED, _TIMED = SIGNALS["rare"].units
_USUAL: Final = 1.0  # of `Metric.false_alarms_a_year`


def check_rare(metric: Metric) -> Iterator[Fault]:
    """All faults: where inside the metric, and what to do about it."""
    traits = metric.traits
    if "false_alarms_a_year" not in traits.takes:
        if metric.false_alarms_a_year != _USUAL:
            who = signals_with(lambda of: "false_alarms_a_year" in of.takes)
            yield Fault(("false_alarms_a_year",), f"is for signal {who} only; remove this key")
        return
    if not 0 < metric.false_alarms_a_year <= _MOST_ALARMS:
        what = f"how often chance alone may go off: above 0, {_MOST_ALARMS:,} at most"
        yield Fault(("false_alarms_a_year",), what)
    unit = _COUNTED if metric.exposure else _TIMED
    if metric.unit in traits.units and metric.unit != unit:
        how = "with an exposure" if metric.exposure else "without an exposure"
        yield Fault(("unit",), f"a {metric.signal} {how} is told {unit}")
    if metric.direction is not Direction.UP:
        yield Fault(("direction",), "nobody sees that something rare comes even less often: write `direction: up`")
    if metric.settle_s:
        yield Fault(("settle_s",), f"a {metric.signal} is judged when it comes; remove this key")
    if metric.opening_hours:
        yield Fault(("opening_hours",), f"a {metric.signal} is counted day and night; remove this key")
    for index, term in enumerate(metric.numerator):
        if term.weight != 1:
            yield Fault(("numerator", index, "weight"), "what has happened cannot be taken back; remove this key")
