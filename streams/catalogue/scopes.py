"""Which sets of dimensions a metric is counted by, component by component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.metric import Component
from streams.events.vocabulary import SHIPPED, TOPIC

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Term

ScopeSet = tuple[str, ...]


def scope_sets(metric: Metric) -> tuple[ScopeSet, ...]:
    """All distinct scope sets of the metric: `metric.scopes` in order, then the projected ones.

    A component is counted by those dimensions of a scope that all its events carry: where inquiries by (intent, region)
    meet orders paid, the orders are counted by (region,). Sets that differ in order only are the same set.
    """
    return _layout(metric)[0]


def component_sets(metric: Metric, component: Component) -> tuple[int, ...]:
    """For each of `metric.scopes`, the index into `scope_sets(metric)` that the component is counted in.

    Empty where the component has no terms. LATE_BY_DEADLINE is counted as EXPOSURE is.
    """
    wanted = Component.EXPOSURE if component is Component.LATE_BY_DEADLINE else component
    return _layout(metric)[1].get(wanted, ())


def carried(metric: Metric, terms: tuple[Term, ...]) -> frozenset[str]:
    """The dimensions that every event type of every term carries, the topic among them. Unknown types carry none.

    A term may take its scope from an earlier event of the case, and give dimensions of its own.
    """
    if not terms:
        return frozenset()
    known = {**SHIPPED.dimensions, **metric.declared} if metric.declared else SHIPPED.dimensions
    return frozenset.intersection(*(_of_term(term, known) for term in terms))


def _of_term(term: Term, known: Mapping[str, Collection[str]]) -> frozenset[str]:
    own = (*term.events, *(event for other in term.others for event in other.events))
    topic = () if term.by else (TOPIC,)
    if term.after is None:
        return _of_types(own, known, topic) | frozenset(term.labels)
    earlier = (*term.after.events, *(event for other in term.after.others for event in other.events))
    of_earlier = _of_types(earlier, known, topic)
    if term.scope_of:
        return of_earlier | frozenset(term.labels)
    taken = frozenset(term.after.scope)
    return (_of_types(own, known, topic) - taken) | (of_earlier & taken) | frozenset(term.labels)


def _of_types(types: Iterable[str], known: Mapping[str, Collection[str]], topic: tuple[str, ...]) -> frozenset[str]:
    found = [frozenset((*known[event], *topic)) if event in known else frozenset() for event in types]
    return frozenset.intersection(*found) if found else frozenset()


def countable(metric: Metric, component: Component) -> frozenset[str]:
    """The dimensions by which a component may be counted: those carried, less those the metric does not share."""
    terms = metric.components().get(component, ())
    limit = {
        Component.DENOMINATOR: metric.denominator_dimensions,
        Component.EXPOSURE: metric.exposure_dimensions,
    }.get(component)
    return carried(metric, terms) if limit is None else carried(metric, terms) & frozenset(limit)


def _layout(metric: Metric) -> tuple[tuple[ScopeSet, ...], dict[Component, tuple[int, ...]]]:
    sets: list[ScopeSet] = list(metric.scopes)
    places: dict[frozenset[str], int] = {frozenset(scope): index for index, scope in enumerate(sets)}
    uses: dict[Component, tuple[int, ...]] = {}
    for component in metric.components():
        allowed = countable(metric, component)
        indices = []
        for scope in metric.scopes:
            projected = tuple(dimension for dimension in scope if dimension in allowed)
            if frozenset(projected) not in places:
                places[frozenset(projected)] = len(sets)
                sets.append(projected)
            indices.append(places[frozenset(projected)])
        uses[component] = tuple(indices)
    return tuple(sets), uses
