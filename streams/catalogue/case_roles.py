"""Events of one case that meet: what is marked of each, and which term asks for which earlier one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.single_values import OWN_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.catalogue.metric import Component, Metric
    from streams.catalogue.term import Condition, Term

AFTER: Final = "after"  # the earlier event, where a time or a scope is named
_OF_EARLIER: Final = "after."  # and one of its fields


class Role(NamedTuple):
    """Events that are marked alike: a mark says which case, when, in which scope, and one time at most.

    Attributes:
        events, where: which events.
        by, also: the fields that name the case.
        dimensions: of the scope.
        value: the time field whose value the mark carries, ms since the epoch; empty for none.

    """

    events: tuple[str, ...]
    where: tuple[tuple[str, Condition], ...]
    by: str
    also: str
    dimensions: tuple[str, ...]
    value: str

    def same_events(self, other: Role) -> bool:
        """Whether both mark the same events of the same cases."""
        return self[:4] == other[:4]

    def key(self) -> str:
        """The same for the same definition, in whatever catalogue."""
        return hashlib.blake2b(msgspec.json.encode(self, order="deterministic"), digest_size=6).hexdigest()


class Comparison(NamedTuple):
    """A condition on the time between a field of one event and a field of the other one.

    Attributes:
        since_earlier: whether the duration begins at the earlier event's field, and ends at the later one's.
        condition: in seconds; `above`, `at_most` and `present` are used.

    """

    since_earlier: bool
    condition: Condition


class CaseLink(NamedTuple):
    """A term whose events belong to cases.

    Attributes:
        metric: its number in the catalogue.
        component, term: of the metric.
        later: what is marked of the term's events.
        earlier: what is marked of those that they come after; None where they are looked at by themselves.
        comparisons: all must hold.

    """

    metric: int
    component: Component
    term: Term
    later: Role
    earlier: Role | None
    comparisons: tuple[Comparison, ...]


def links_of(metrics: Sequence[Metric]) -> list[CaseLink]:
    """All links of a catalogue, in its order."""
    return [link for number, metric in enumerate(metrics) for link in _links(number, metric)]


def roles_of(links: Sequence[CaseLink]) -> list[Role]:
    """All roles, each once."""
    found = [role for link in links for role in (link.later, link.earlier) if role is not None]
    return list(dict.fromkeys(found))


def _links(number: int, metric: Metric) -> Iterator[CaseLink]:
    for component, terms in metric.written().items():
        for term in terms:
            if term.by:
                yield _link(number, metric, component, term)


def _link(number: int, metric: Metric, component: Component, term: Term) -> CaseLink:
    sets = scope_sets(metric)
    counted = dict.fromkeys(name for place in component_sets(metric, component) for name in sets[place])
    own = {field: condition for field, condition in term.where.items() if not is_comparison(field, condition)}
    compared = [(field, condition) for field, condition in term.where.items() if field not in own]
    marked = tuple(sorted(name for name in counted if name not in term.labels))
    of_earlier = term.scope_of == AFTER
    later_value, earlier_value, comparisons = "", "", []
    for field, condition in compared:
        start, to = condition.start, condition.to or field
        since_earlier = start.startswith(_OF_EARLIER)
        later_value, earlier_value = (to, start) if since_earlier else (start, to)
        earlier_value = earlier_value.removeprefix(_OF_EARLIER)
        comparisons.append(Comparison(since_earlier, condition))
    later = _role(term.events, own, term, () if of_earlier else marked, later_value)
    earlier = None
    if term.after is not None:
        earlier = _role(term.after.events, term.after.where, term, marked if of_earlier else (), earlier_value)
    if earlier is not None and earlier.same_events(later):
        later = earlier = later._replace(dimensions=marked)  # one mark of each event, which it does not find itself
    return CaseLink(number, component, term, later, earlier, tuple(comparisons))


def _role(
    events: tuple[str, ...], where: dict[str, Condition], term: Term, dimensions: tuple[str, ...], value: str
) -> Role:
    value = "" if value == OWN_TIME else value
    return Role(events, tuple(sorted(where.items())), term.by, term.also, dimensions, value)


def is_comparison(field: str, condition: Condition) -> bool:
    """Whether a condition compares a time of the event with one of the earlier event."""
    return condition.start.startswith(_OF_EARLIER) or (
        bool(condition.start) and (condition.to or field).startswith(_OF_EARLIER)
    )
