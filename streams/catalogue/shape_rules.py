"""What must hold for metrics that are not sums: histograms and gauges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.signals import CellKind
from streams.cells.record import SLOT_MS
from streams.settings.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric


LONGEST_GAUGE_S = 900
SLOT_S = SLOT_MS // 1000


def check_histogram(metric: Metric) -> Iterator[Fault]:
    if metric.denominator:
        yield Fault(("denominator",), f"a {metric.signal} has none: its histogram counts the durations")
    if len(metric.bins) != 2 or not 0 < metric.bins[0] < metric.bins[1]:
        yield Fault(
            ("bins",), f"a {metric.signal} needs the durations between which its bins lie: `bins: [lowest, highest]`, s"
        )
    for index, term in enumerate(metric.numerator):
        if bool(term.value) == bool(term.since):
            yield Fault(("numerator", index), "name the duration: either `value`, a field, or `since`, a time field")
        if term.weight != 1:
            yield Fault(("numerator", index, "weight"), "a duration cannot be taken out of a histogram; remove it")


def check_bins(metric: Metric) -> Iterator[Fault]:
    """What only histograms may have."""
    takes = "quantile" in metric.traits.takes
    if takes and not 0 < metric.quantile < 1:
        yield Fault(("quantile",), "which quantile, between 0 and 1: write 0.95 for the slowest twentieth")
    if not takes and metric.quantile:
        yield Fault(("quantile",), f"is not used by a {metric.signal}; remove this key")
    if metric.traits.cells is CellKind.BINS:
        return
    if metric.bins:
        yield Fault(("bins",), f"is not used by a {metric.signal}; remove this key")
    for component, terms in metric.written().items():
        for index, term in enumerate(terms):
            if term.since:
                yield Fault(
                    (component.name.lower(), index, "since"),
                    "only histograms sort durations; use `value: {from: <a time>, to: time}`",
                )


def check_gauge(metric: Metric) -> Iterator[Fault]:
    """A gauge does not add up: not over events, not over scopes, not over time."""
    signal = metric.signal
    if metric.denominator:
        yield Fault(("denominator",), f"a {signal} has none: it is the value that was reported last")
    if len(metric.numerator) != 1 or len(metric.numerator[0].events) != 1:
        yield Fault(("numerator",), f"a {signal} has one term of one event type: two would contradict each other")
    for term in metric.numerator[:1]:
        if not term.value or term.weight != 1 or term.at != "time":
            what = f"a {signal} names the field that is reported, `value`, and needs neither weight nor at"
            yield Fault(("numerator", 0), what)
    if len(metric.scopes) != 1 or not metric.scopes[0]:
        yield Fault(
            ("scopes",), f"a {signal} has one scope, that of the gauge, such as [[queue]]: gauges do not add up"
        )
    for index, window in enumerate(metric.windows):
        if window > LONGEST_GAUGE_S:
            yield Fault(("windows", index), f"{window} s: a {signal} is kept for {LONGEST_GAUGE_S} s")
