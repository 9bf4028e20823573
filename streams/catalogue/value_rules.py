"""What must hold for the single values that a metric takes: of which signal, of which kind, and between which times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import Component
from streams.catalogue.signals import CellKind, signals_with
from streams.catalogue.single_values import MOST, OWN_TIME, PER_MINUTE
from streams.events.fields import SCALE, Kind
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric
    from streams.catalogue.single_values import Difference
    from streams.catalogue.term import Term
    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Path

_AHEAD: Final = frozenset({"promised_at", "eta", "first_eta", "due_at"})
"""Times that lie ahead of most events that name them."""

_UNITS: Final = {kind: {Kind.SECONDS: "seconds", Kind.MONEY: "money"}.get(kind, "number") for kind in SCALE}


def check_values(metric: Metric, vocabulary: Vocabulary) -> Iterator[Fault]:
    """All faults: where inside the metric, and what to do about it."""
    for component, terms in metric.written().items():
        for index, term in enumerate(terms):
            place = (component.name.lower(), index)
            yield from _check_taken(metric, component, term, place)
            if component is Component.NUMERATOR:
                yield from _check_kind(metric, term, place, vocabulary)
            yield from _check_ahead(term, place)
    if metric.largest is not None:
        if "largest" not in metric.traits.takes:
            who = signals_with(lambda traits: "largest" in traits.takes)
            yield Fault(("largest",), f"only {who} cut single values; remove this key")
        elif not 0 < metric.largest <= MOST:
            yield Fault(("largest",), f"the largest single value that counts in full: above 0, {MOST:,.0f} at most")


def check_difference(difference: Difference, event: str, vocabulary: Vocabulary) -> Iterator[tuple[Path, str]]:
    """Faults of a duration between two times of an event."""
    for key, time in (("from", difference.start), ("to", difference.to)):
        if time != OWN_TIME and time not in vocabulary.time_fields[event]:
            known = vocabulary.time_fields[event] | {OWN_TIME}
            yield (key,), f'{event} has no time "{time}"{suggestion(time, known)}'
    if difference.start == difference.to:
        yield ("to",), f"from {difference.start} to itself is nothing; name the other time"


def _check_taken(metric: Metric, component: Component, term: Term, place: Path) -> Iterator[Fault]:
    """Only what adds up values takes them, and it takes one of every event of its numerator."""
    signal, traits = metric.signal, metric.traits
    key = "each" if term.each else "value"
    if term.each:
        yield from _check_each(metric, term, place)
    if (term.value or term.each) and not traits.adds_values:
        what = f"a {signal} counts events, and would take a value for a number of them"
        yield Fault((*place, key), f"{what}; write `signal: sum` or `signal: mean`, or remove this key")
    elif (term.value or term.each) and component is not Component.NUMERATOR and not traits.weighs_values:
        yield Fault((*place, key), f"only the numerator of a {signal} takes values; remove this key")
    elif (
        not (term.value or term.each)
        and traits.adds_values
        and traits.cells is CellKind.SUMS
        and component is Component.NUMERATOR
    ):
        what = "name what is added up: `value: <a number>`, or `value: {from: <a time>, to: <a time>}`"
        yield Fault(place, what)


def _check_each(metric: Metric, term: Term, place: Path) -> Iterator[Fault]:
    """What every event adds is written once, by itself, and is more than the least that sums keep."""
    where = (*place, "each")
    if term.value:
        yield Fault(where, "either what the event says, `value`, or the same of each, `each`; remove one of them")
    elif term.by:
        yield Fault(where, "is of events by themselves; leave out `by`, or add up `value: after.count`")
    elif metric.traits.adds_values and not metric.moments:
        yield Fault(where, f"a {metric.signal} in {metric.unit} takes durations of events; name one with `value`")
    elif not 1 / metric.scale <= term.each <= metric.most / metric.scale:
        yield Fault(where, f"from {1 / metric.scale:g} up to `largest`, {metric.most / metric.scale:,.0f}")


def _check_kind(metric: Metric, term: Term, place: Path, vocabulary: Vocabulary) -> Iterator[Fault]:
    """The unit of a metric is that of its values."""
    if metric.unit not in metric.traits.units or not (term.value and metric.traits.adds_values):
        return
    for event in term.events:
        kind = Kind.SECONDS if term.difference else vocabulary.kinds[event].get(term.field)
        found = _UNITS.get(kind) if kind else None
        if found is None:
            continue
        named = "a difference of times" if term.difference else term.field
        if metric.traits.cells is CellKind.BINS and found != "seconds":
            yield Fault((*place, "value"), f"{named} is {_words(found)}, and a histogram is of durations, in seconds")
        elif metric.traits.cells is CellKind.LATEST:
            if found != metric.unit or kind is Kind.NUMBER:
                what = f"{named} is no {'whole number' if metric.unit == 'number' else 'number of seconds'}"
                yield Fault((*place, "value"), f"{what}, which a {metric.signal} in {metric.unit} keeps")
        elif not metric.traits.unitless and found != PER_MINUTE.get(metric.unit, metric.unit):
            units = dict.fromkeys(unit for unit in metric.traits.units if PER_MINUTE.get(unit, unit) == found)
            what = f"{named} is {_words(found)}: a {metric.signal} of it has the unit {' or '.join(units)}"
            yield Fault(("unit",), what)


def _check_ahead(term: Term, place: Path) -> Iterator[Fault]:
    if term.since in _AHEAD:
        remedy = f"write `value: {{from: {term.since}, to: time}}`, which is below 0 where the event came first"
        yield Fault((*place, "since"), f"{term.since} can lie ahead of the event: no time has passed since; {remedy}")


def _words(unit: str) -> str:
    return {"seconds": "a duration", "money": "money"}.get(unit, "a number")
