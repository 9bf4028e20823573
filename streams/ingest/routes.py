"""What the events of one type add to which cells, compiled from the metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.signals import CellKind
from streams.catalogue.single_values import OWN_TIME
from streams.cells.record import SLOT_MS
from streams.cells.squares import Part
from streams.events.vocabulary import TOPIC
from streams.ingest.amounts import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.catalogue.metric import Metric
    from streams.catalogue.single_values import Difference
    from streams.catalogue.term import Condition, Term


@dataclass(frozen=True)
class Gate:
    """When a contribution is made, and the time it counts for: what terms can have in common. See `Term`."""

    where: tuple[tuple[str, Condition], ...]
    at: str
    plus_s: int
    within_s: int | None
    no_later: bool | None
    plus_service_s: int = 0

    @classmethod
    def of(cls, term: Term) -> Gate:
        """The gate of a term."""
        where = tuple(sorted(term.where.items()))
        return cls(where, term.at, term.plus_s, term.within_s, term.no_later, term.plus_service_s)


_PARTS = {Component.SQUARES: Part.SQUARE, Component.SQUARES_LOW: Part.SQUARE_LOW}


class Measure(NamedTuple):
    """What is taken of an event: nothing but that it happened, or a number.

    Attributes:
        value: the field; empty counts the event.
        each: what every event adds instead of a field of it, as sums keep it; 0: nothing.
        difference: the times between which a duration lies, instead of a field that holds it.
        bins: where durations are sorted into bins and counted, `Metric.bins`; empty where values are added up.
        gauge: of a gauge, its scope: what was reported last is kept instead of a sum.
        largest: where single values are cut, as sums keep them; 0: nowhere.
        scale: the factor by which sums keep such values as integers; 0: that of the field.
        cut: not the value is counted, but that it was beyond the largest.
        lead: where open cases are forecast, whether it opens or closes one: how far ahead the deadline lies is counted.

    """

    value: str = ""
    difference: Difference | None = None
    bins: tuple[float, ...] = ()
    gauge: tuple[str, ...] = ()
    largest: int = 0
    scale: int = 0
    cut: bool = False
    lead: Component | None = None
    each: int = 0

    @property
    def placed(self) -> bool:
        """Whether a number stands in the place of the component: a bin, or how far ahead it is due."""
        return bool(self.bins) or self.lead is not None

    @property
    def added(self) -> bool:
        """Whether a number of the events is added up or kept; else they are counted, by bins or without."""
        return not (self.bins or self.cut) and bool(self.value or self.difference or self.each)

    @property
    def moments(self) -> bool:
        """Whether single values are added up with their squares, in one number (`streams.cells.squares`)."""
        return bool(self.largest and not self.cut)

    @classmethod
    def of(cls, metric: Metric, component: Component, term: Term) -> Measure:
        """The measure of a term."""
        bins = metric.bins if metric.traits.cells is CellKind.BINS else ()
        gauge = metric.scopes[0] if metric.traits.cells is CellKind.LATEST else ()
        if metric.traits.cells is CellKind.LEADS:
            return cls(lead=component)
        measure = cls(term.field, term.difference, bins, gauge)
        if not (metric.moments and (term.field or term.difference or term.each)):
            return measure
        measure = measure._replace(each=scaled(term.each, metric.scale))
        return measure._replace(largest=metric.most, scale=metric.scale, cut=component is Component.CUT)


@dataclass(frozen=True)
class Route:
    """Contributions that always go together, by one set of dimensions.

    Attributes:
        gate: when, and for which time.
        own_slot: counted in the slot of the event's own time instead of the gate's.
        measure: what is counted, added up, sorted into bins or kept.
        dimensions: the scope's dimensions, in the order of the scope set.
        labels: those that the term gives, with their values.

    """

    gate: Gate
    own_slot: bool
    measure: Measure
    dimensions: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The dimensions whose values events tell."""
        given = dict(self.labels)
        return tuple(name for name in self.dimensions if name not in given)


@dataclass(frozen=True)
class Target:
    """The cells of a metric that a route leads to, by indices. A bin or a mark takes the place of the component.

    `part`: what of the single values that the route adds up; None where it adds up something else.
    """

    metric: int
    scope_set: int
    component: Component
    weight: int
    part: Part | None = None


Routes = dict[Route, list[Target]]


def is_own_time(gate: Gate) -> bool:
    """Whether a gate counts for the event's own time, shifted by whole slots at most."""
    return gate.at == OWN_TIME and gate.plus_s * 1000 % SLOT_MS == 0 and not gate.plus_service_s


def can_open(gate: Gate) -> bool:
    """Whether any event can pass: with its own time, shifted by plus_s >= 0, it is never late."""
    return not (is_own_time(gate) and gate.no_later is False)


def fixed_scope(topic: str, route: Route) -> tuple[str, ...] | None:
    """The scope of a route that is the same for all events of a topic; None where it differs."""
    if set(route.told) <= {TOPIC}:
        given = dict(route.labels)
        return tuple(given.get(name, topic) for name in route.dimensions)
    return None


def routes_of(metrics: Sequence[Metric], event_type: str) -> Routes:
    """All routes of the events of a type. Routes that several metrics share are there once, with several targets."""
    routes: Routes = {}
    for index, metric in enumerate(metrics):
        uses = list(_uses(metric, event_type))
        sets = scope_sets(metric) if uses else ()
        for component, own_slot, term in uses:
            for scope_set in dict.fromkeys(component_sets(metric, component)):
                measure = Measure.of(metric, component, term)
                part = _PARTS.get(component, Part.VALUE) if measure.moments else None
                labels = tuple((name, term.labels[name]) for name in sets[scope_set] if name in term.labels)
                route = Route(Gate.of(term), own_slot, measure, sets[scope_set], labels)
                routes.setdefault(route, []).append(Target(index, scope_set, component, term.weight, part))
    return routes


def _uses(metric: Metric, event_type: str) -> Iterator[tuple[Component, bool, Term]]:
    for component, terms in metric.components().items():
        for term in terms:
            if event_type not in term.events or term.by:  # what its case says of it is decided elsewhere
                continue
            late_closing = metric.traits.cells is CellKind.DEADLINES and component is Component.EXPOSURE
            yield component, late_closing or metric.traits.cells is CellKind.LEADS, term
            if late_closing:
                yield Component.LATE_BY_DEADLINE, False, term
