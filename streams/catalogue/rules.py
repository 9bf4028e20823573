"""What must hold in a catalogue beyond types: the events and dimensions exist, and the numbers make sense."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from streams.catalogue.leading import check_leading
from streams.catalogue.metric import HISTOGRAMS, Component, Direction, Metric, Signal
from streams.catalogue.scopes import carried, countable
from streams.catalogue.shape_rules import SLOT_S, Fault, check_again, check_bins, check_gauge, check_histogram
from streams.catalogue.size_rules import check_size
from streams.catalogue.term_rules import check_terms
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LONGEST_WINDOW_S = 86_400
LONGEST_RATIO_WINDOW_S = 7 * LONGEST_WINDOW_S
WITH_LONG_WINDOWS = frozenset({Signal.RATIO, Signal.COHORT, Signal.NET})
UNITS = {
    Signal.COUNT: ("per_minute",),
    Signal.RATIO: ("ratio",),
    Signal.MEAN: ("seconds",),
    Signal.PER_THOUSAND: ("per_thousand",),
    Signal.COHORT: ("ratio",),
    Signal.QUANTILE: ("seconds",),
    Signal.SPREAD: ("seconds",),
    Signal.NET: ("points",),
    Signal.LAST: ("number", "seconds"),
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ANCHOR = re.compile(r"[a-z0-9][a-z0-9-]*")


def check_metric(metric: Metric) -> Iterator[Fault]:
    """All faults that a metric has by itself."""
    yield from _check_words(metric)
    yield from _check_numbers(metric)
    yield from _check_components(metric)
    yield from check_bins(metric)
    yield from check_again(metric)
    for component, terms in metric.components().items():
        for path, what in check_terms(metric, component, terms):
            yield Fault((component.name.lower(), *path), what)
    yield from _check_scopes(metric)
    yield from _check_shared(metric)


def check_graph(metrics: Sequence[Metric]) -> Iterator[tuple[int, Fault]]:
    """Faults between metrics, with the metric's number: names, causes, and which ones lead."""
    numbers: dict[str, int] = {}
    for number, metric in enumerate(metrics):
        if metric.name in numbers:
            yield number, Fault(("name",), f'the name "{metric.name}" is taken by an earlier metric; choose another')
        numbers.setdefault(metric.name, number)
    for number, metric in enumerate(metrics):
        for index, cause in enumerate(metric.symptom_of):
            if cause not in numbers:
                yield number, Fault(("symptom_of", index), f'no metric is named "{cause}"{suggestion(cause, numbers)}')
        yield from ((number, fault) for fault in _check_symptoms(metric))
    causes = {metric.name: metric.symptom_of for metric in metrics}
    for number, metric in enumerate(metrics):
        if way := _way_round(metric.name, causes):
            text = " -> ".join(way)
            yield number, Fault(("symptom_of",), f"a metric cannot be its own cause: {text}; remove one of these")
    yield from check_leading(metrics)


def _check_symptoms(metric: Metric) -> Iterator[Fault]:
    dimensions = {dimension for scope in metric.scopes for dimension in scope}
    for cause, told in metric.symptom_where.items():
        if cause not in metric.symptom_of:
            yield Fault(("symptom_where", cause), f"is not among `symptom_of`{suggestion(cause, metric.symptom_of)}")
        for dimension in told:
            if dimension not in dimensions:
                what = f'"{dimension}" is in no scope of this metric{suggestion(dimension, dimensions)}'
                yield Fault(("symptom_where", cause, dimension), what)


def _check_words(metric: Metric) -> Iterator[Fault]:
    if not _NAME.fullmatch(metric.name):
        yield Fault(("name",), "write small letters, digits and _, beginning with a letter")
    for key in ("id", "title"):
        if not getattr(metric, key).strip():
            yield Fault((key,), "must not be empty")
    if metric.runbook and not _ANCHOR.fullmatch(metric.runbook):
        yield Fault(("runbook",), "an anchor: small letters, digits and -")


def _check_numbers(metric: Metric) -> Iterator[Fault]:
    if not metric.minimum_effect > 0:
        yield Fault(("minimum_effect",), "must be above 0: the smallest change that matters")
    if metric.unit == "ratio" and metric.minimum_effect >= 1:
        yield Fault(
            ("minimum_effect",), "of a ratio is an absolute difference between 0 and 1: write 0.05 for 5 points"
        )
    if not metric.minimum_exposure > 0:
        yield Fault(("minimum_exposure",), "must be above 0: the events a window needs before it is judged")
    if metric.target is not None and not (metric.signal is Signal.RATIO and 0 < metric.target < 1):
        yield Fault(("target",), "a promised ratio between 0 and 1, for signal ratio only")
    if metric.threshold is not None:
        yield from _check_threshold(metric, metric.threshold)
    yield from _check_times(metric)
    yield from check_size(metric)


def _check_threshold(metric: Metric, threshold: float) -> Iterator[Fault]:
    lowest, highest = metric.bounds()
    if not lowest < threshold < highest:
        upto = f"above {lowest:g}" if highest == math.inf else f"between {lowest:g} and {highest:g}"
        yield Fault(("threshold",), f"{threshold:g}: a limit in the unit of the metric, {upto}")
    if metric.direction is Direction.BOTH:
        yield Fault(("threshold",), "needs a bad direction: write `direction: up` or `direction: down`")
    # Where nothing was counted yet, a window that is not full looks like one in which too little came.
    if metric.signal is Signal.PER_THOUSAND or (metric.signal is Signal.COUNT and metric.direction is Direction.DOWN):
        what = "a count that falls and a rate per thousand are judged by what is usual only; remove this key"
        yield Fault(("threshold",), what)


def _check_times(metric: Metric) -> Iterator[Fault]:
    if not metric.windows:
        yield Fault(("windows",), "name at least one window, in seconds")
    for index, window in enumerate(metric.windows):
        if window > LONGEST_WINDOW_S:
            yield from _check_long(metric, index, window)
        elif window <= 0 or window % SLOT_S:
            yield Fault(("windows", index), f"{window} s: a window is a multiple of 10 s, one day at most")
        if index and window <= metric.windows[index - 1]:
            yield Fault(("windows", index), "list windows once each, the shortest first")
    if metric.settle_s < 0 or metric.settle_s % SLOT_S:
        yield Fault(("settle_s",), "must be a multiple of 10 s, not negative")
    if metric.trailing_s < 0 or metric.trailing_s % SLOT_S or metric.trailing_s > LONGEST_WINDOW_S:
        yield Fault(("trailing_s",), "must be a multiple of 10 s, one day at most")


def _check_long(metric: Metric, index: int, window: int) -> Iterator[Fault]:
    """A long window is compared with those before it, which only ratios of cases are."""
    if metric.signal not in WITH_LONG_WINDOWS:
        allowed = ", ".join(sorted(WITH_LONG_WINDOWS))
        yield Fault(("windows", index), f"{window} s: one day at most; only {allowed} may have windows of up to 7 days")
    elif window % LONGEST_WINDOW_S or window > LONGEST_RATIO_WINDOW_S:
        yield Fault(("windows", index), f"{window} s: beyond a day a window is a whole number of days, 7 at most")


def _check_components(metric: Metric) -> Iterator[Fault]:
    signal = metric.signal
    if metric.unit not in UNITS[signal]:
        yield Fault(("unit",), f"a {signal} has the unit {' or '.join(UNITS[signal])}")
    if not metric.numerator:
        yield Fault(("numerator",), "needs at least one term")
    if signal is Signal.COUNT and metric.denominator:
        yield Fault(("denominator",), "a count has none; use `exposure` for what the count grows with")
    if signal in HISTOGRAMS:
        yield from check_histogram(metric)
    elif signal is Signal.LAST:
        yield from check_gauge(metric)
    elif signal is not Signal.COUNT and not metric.denominator:
        yield Fault(("signal",), f"a {signal} needs a denominator; add the key `denominator`")
    if (signal is Signal.PER_THOUSAND) != bool(metric.trailing_s):
        what = "is needed" if signal is Signal.PER_THOUSAND else "is not used"
        yield Fault(("trailing_s",), f"{what} by a {signal}: the window of the denominator, in seconds")
    yield from _check_exposure(metric)


def _check_exposure(metric: Metric) -> Iterator[Fault]:
    signal = metric.signal
    if signal is Signal.NET and not metric.exposure:
        yield Fault(("signal",), "a net score needs those against; add the key `exposure`")
    if signal is Signal.COHORT and not metric.exposure:
        yield Fault(("signal",), "a cohort needs what closes it late; add the key `exposure`")
    if metric.exposure and signal not in (Signal.COUNT, Signal.COHORT, Signal.NET):
        yield Fault(("exposure",), f"a {signal} has none: its denominator is its exposure")
    if signal is not Signal.COHORT and not metric.stock:
        yield Fault(("stock",), f"is not used by a {signal}; remove this key")


def _check_scopes(metric: Metric) -> Iterator[Fault]:
    if metric.signal is not Signal.LAST and (not metric.scopes or metric.scopes[0] != ()):
        yield Fault(("scopes",), "the first scope is [], the whole")
    components = metric.components()
    needed = carried(metric.numerator)
    if metric.signal is Signal.COHORT:
        needed = needed.intersection(*(carried(terms) for terms in components.values()))
    seen: set[frozenset[str]] = set()
    for index, scope in enumerate(metric.scopes):
        for place, dimension in enumerate(scope):
            if dimension not in needed:
                who = "all components of a cohort" if metric.signal is Signal.COHORT else "all events of the numerator"
                what = f'"{dimension}" is not a dimension that {who} carry{suggestion(dimension, needed)}'
                yield Fault(("scopes", index, place), what)
        if frozenset(scope) in seen or len(frozenset(scope)) < len(scope):
            yield Fault(("scopes", index), "is given twice; remove one of them")
        seen.add(frozenset(scope))


def _check_shared(metric: Metric) -> Iterator[Fault]:
    components = metric.components()
    for key, component in (
        ("denominator_dimensions", Component.DENOMINATOR),
        ("exposure_dimensions", Component.EXPOSURE),
    ):
        for place, dimension in enumerate(getattr(metric, key) or ()):
            if metric.signal is Signal.COHORT:
                yield Fault((key,), "a cohort counts every component by all its scopes; remove this key")
            elif dimension not in countable(metric, component):
                known = carried(components.get(component, ()))
                what = f'"{dimension}" is not carried by all events of the {component.name.lower()}'
                yield Fault((key, place), what + suggestion(dimension, known))


def _way_round(name: str, causes: dict[str, tuple[str, ...]]) -> list[str]:
    """The shortest way from a metric over its causes back to itself; empty where there is none."""
    ways: list[list[str]] = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for cause in causes.get(way[-1], ()):
            if cause == name:
                return [*way, name]
            if cause not in seen:
                seen.add(cause)
                ways.append([*way, cause])
    return []
