"""What must hold in a catalogue beyond types: the events and dimensions exist, and the numbers make sense."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from streams.catalogue.action import check_action
from streams.catalogue.leading import check_leading
from streams.catalogue.lean import check_lean
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.rare_rules import check_rare
from streams.catalogue.scopes import carried, countable
from streams.catalogue.shape_rules import SLOT_S, check_bins, check_gauge, check_histogram
from streams.catalogue.signals import SIGNALS, CellKind, signals_with
from streams.catalogue.size_rules import check_size
from streams.catalogue.staffing_rules import check_staffing
from streams.catalogue.term_rules import check_terms
from streams.catalogue.told import check_told
from streams.catalogue.value_rules import check_values
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.events.vocabulary import Vocabulary

LONGEST_WINDOW_S = 86_400
LONGEST_RATIO_WINDOW_S = 7 * LONGEST_WINDOW_S
_NAME = re.compile(r"[a-z][a-z0-9_]*")
LATEST_SYMPTOM_S = 4 * 86_400  # so long incidents remember what is over
_ANCHOR = re.compile(r"[a-z0-9][a-z0-9-]*")


def check_metric(metric: Metric, vocabulary: Vocabulary) -> Iterator[Fault]:
    """All faults that a metric has by itself."""
    if metric.signal not in SIGNALS:
        yield Fault(("signal",), f'"{metric.signal}" is not known here{suggestion(metric.signal, SIGNALS)}')
        return
    yield from _check_words(metric)
    yield from _check_numbers(metric)
    yield from _check_components(metric)
    yield from check_bins(metric)
    yield from check_rare(metric)
    yield from check_staffing(metric)
    yield from check_told(metric)
    yield from check_action(metric)
    for component, terms in metric.written().items():
        for path, what in check_terms(metric, component, terms, vocabulary):
            yield Fault((component.name.lower(), *path), what)
    yield from check_values(metric, vocabulary)
    yield from _check_scopes(metric)
    yield from _check_shared(metric)
    yield from check_lean(metric)


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
    for cause, where in metric.symptom_where.items():
        if cause not in metric.symptom_of:
            yield Fault(("symptom_where", cause), f"is not among `symptom_of`{suggestion(cause, metric.symptom_of)}")
        for dimension in where:
            if dimension not in dimensions:
                what = f'"{dimension}" is in no scope of this metric{suggestion(dimension, dimensions)}'
                yield Fault(("symptom_where", cause, dimension), what)
    for cause, after_s in metric.symptom_after_s.items():
        if cause not in metric.symptom_of:
            yield Fault(("symptom_after_s", cause), f"is not among `symptom_of`{suggestion(cause, metric.symptom_of)}")
        if not 0 < after_s <= LATEST_SYMPTOM_S:
            yield Fault(("symptom_after_s", cause), f"is not between 1 and {LATEST_SYMPTOM_S}; correct it")


def _check_words(metric: Metric) -> Iterator[Fault]:
    if not _NAME.fullmatch(metric.name):
        yield Fault(("name",), "write lower-case letters, digits and _, beginning with a letter")
    for key in ("id", "title"):
        if not getattr(metric, key).strip():
            yield Fault((key,), "must not be empty")
    if metric.runbook and not _ANCHOR.fullmatch(metric.runbook):
        yield Fault(("runbook",), "an anchor: lower-case letters, digits and -")


def _check_numbers(metric: Metric) -> Iterator[Fault]:
    if not metric.minimum_effect > 0:
        yield Fault(("minimum_effect",), "must be above 0: the smallest change that matters")
    if metric.unit == "ratio" and metric.minimum_effect >= 1:
        yield Fault(
            ("minimum_effect",), "of a ratio is an absolute difference between 0 and 1: write 0.05 for 5 points"
        )
    if not metric.minimum_exposure > 0:
        yield Fault(("minimum_exposure",), "must be above 0: the events a window needs before it is judged")
    if metric.target is not None and not ("target" in metric.traits.takes and 0 < metric.target < 1):
        who = signals_with(lambda traits: "target" in traits.takes)
        yield Fault(("target",), f"a promised ratio between 0 and 1, for signal {who} only")
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
    falls = metric.traits.volume and metric.direction is Direction.DOWN
    if falls or "trailing_s" in metric.traits.takes or metric.traits.by_event:
        what = (
            "a count that falls, a rate per thousand and a rare event are judged by what is usual only; remove this key"
        )
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
    if not metric.traits.long_windows:
        allowed = signals_with(lambda traits: traits.long_windows)
        yield Fault(("windows", index), f"{window} s: one day at most; only {allowed} may have windows of up to 7 days")
    elif window % LONGEST_WINDOW_S or window > LONGEST_RATIO_WINDOW_S:
        yield Fault(("windows", index), f"{window} s: beyond a day a window is a whole number of days, 7 at most")


def _check_components(metric: Metric) -> Iterator[Fault]:
    signal, traits = metric.signal, metric.traits
    if metric.unit not in traits.units:
        yield Fault(("unit",), f"a {signal} has the unit {' or '.join(traits.units)}")
    if not metric.numerator:
        yield Fault(("numerator",), "`numerator` is missing: it needs at least one term")
    for key, held in traits.needs.items():
        if not getattr(metric, key) and (metric.stock or key != "exposure"):
            yield Fault(("signal",), f"a {signal} needs {held}; add the key `{key}`")
    if traits.cells is CellKind.BINS:
        yield from check_histogram(metric)
    elif traits.cells is CellKind.LATEST:
        yield from check_gauge(metric)
    elif metric.denominator and "denominator" not in traits.needs:
        yield Fault(("denominator",), f"a {signal} has none; use `exposure` for what the {signal} grows with")
    yield from _check_taken(metric)


def _check_taken(metric: Metric) -> Iterator[Fault]:
    """The keys that are not for every signal."""
    signal, traits = metric.signal, metric.traits
    if metric.exposure and "exposure" not in {*traits.needs, *traits.takes}:
        yield Fault(("exposure",), f"a {signal} has none: its denominator is its exposure")
    if ("trailing_s" in traits.takes) != bool(metric.trailing_s):
        what = "is needed" if "trailing_s" in traits.takes else "is not used"
        yield Fault(("trailing_s",), f"{what} by a {signal}: the window of the denominator, in seconds")
    if "stock" not in traits.takes and not metric.stock:
        yield Fault(("stock",), f"is not used by a {signal}; remove this key")


def _check_scopes(metric: Metric) -> Iterator[Fault]:
    if metric.traits.additive and (not metric.scopes or metric.scopes[0] != ()):
        yield Fault(("scopes",), "the first scope is [], the whole")
    components = metric.components()
    needed = carried(metric, metric.numerator)
    deadlines = metric.traits.of_deadlines
    if deadlines:
        needed = needed.intersection(*(carried(metric, terms) for terms in components.values()))
    seen: set[frozenset[str]] = set()
    for index, scope in enumerate(metric.scopes):
        for place, dimension in enumerate(scope):
            if dimension not in needed:
                who = f"all components of a {metric.signal}" if deadlines else "all events of the numerator"
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
            if metric.traits.of_deadlines:
                yield Fault((key,), f"a {metric.signal} counts every component by all its scopes; remove this key")
            elif dimension not in countable(metric, component):
                known = carried(metric, components.get(component, ()))
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
