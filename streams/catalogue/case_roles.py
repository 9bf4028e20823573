"""Events of one case that meet: what is marked of each, and which term asks for which earlier one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.single_values import OWN_TIME
from streams.catalogue.term import Events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from streams.catalogue.metric import Component, Metric
    from streams.catalogue.term import Condition, Term

AFTER: Final = "after"  # the earlier event, where a time or a scope is named
OF_EARLIER: Final = "after."  # and one of its fields


Which = tuple[tuple[str, ...], tuple[tuple[str, "Condition"], ...]]


class Role(NamedTuple):
    """Events that are marked alike: a mark says which case, when, in which scope, and one time at most.

    Attributes:
        which: event types with their conditions; an event is marked where those of one of them hold.
        by, also: the fields that name the case.
        dimensions: of the scope.
        value: the time field whose value the mark carries, ms since the epoch; empty for none.

    """

    which: tuple[Which, ...]
    by: str
    also: str
    dimensions: tuple[str, ...]
    value: str

    @property
    def events(self) -> frozenset[str]:
        """All event types."""
        return frozenset(event for events, _ in self.which for event in events)

    def same_events(self, other: Role) -> bool:
        """Whether both mark the same events of the same cases."""
        return self[:3] == other[:3]

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

    @property
    def needs_earlier(self) -> bool:
        """Whether the case is not known where nothing earlier is found of it.

        So it is where the term takes something of any earlier event: its scope, a duration, or a time that it names.
        Elsewhere to find nothing is an answer: where only some of the earlier events count (they have conditions, or
        are used up within a deadline, `at: after`), where they are the term's own events, the first of which has none
        before it, and where all that is asked is whether there is one, or how many.
        """
        term, earlier = self.term, self.earlier
        if term.after is None or earlier is None or term.at == AFTER or earlier.same_events(self.later):
            return False
        of_any = not any(where for _, where in earlier.which)
        takes = AFTER in {term.scope_of, term.since} or of_earlier(term.at)
        return of_any and (takes or bool(term.after.scope) or bool(self.comparisons))


def links_of(metrics: Sequence[Metric]) -> list[CaseLink]:
    """All links of a catalogue, in its order. Forecasts have none of their own: see `forecasts_of`."""
    return [link for number, metric in enumerate(metrics) if not metric.forecasts for link in _links(number, metric)]


def forecasts_of(metrics: Sequence[Metric], number: int) -> list[int]:
    """The metrics that forecast a metric, by number: what its links count, they count."""
    return [place for place, other in enumerate(metrics) if other.forecasts == metrics[number].name]


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
    counted = {name for place in component_sets(metric, component) for name in sets[place]} - set(term.labels)
    own = {field: condition for field, condition in term.where.items() if not is_comparison(field, condition)}
    later_value, earlier_value, comparisons = "", term.at.removeprefix(OF_EARLIER) if of_earlier(term.at) else "", []
    for field, condition in term.where.items():
        if field in own:
            continue
        since_earlier = of_earlier(condition.start)
        times = (condition.start, condition.to or field)
        earlier_value, later_value = times if since_earlier else times[::-1]
        earlier_value = earlier_value.removeprefix(OF_EARLIER)
        comparisons.append(Comparison(since_earlier, condition))
    taken = taken_of_earlier(term, counted)
    later = _role((Events(term.events, own), *term.others), term, counted - taken, later_value)
    earlier = None
    if (after := term.after) is not None:
        earlier = _role((Events(after.events, after.where), *after.others), term, taken, earlier_value)
    if earlier is not None and earlier.same_events(later):
        later = earlier = later._replace(dimensions=tuple(sorted(counted)))  # one mark, which it does not find itself
    return CaseLink(number, component, term, later, earlier, tuple(comparisons))


def taken_of_earlier(term: Term, dimensions: AbstractSet[str]) -> AbstractSet[str]:
    """The dimensions that the earlier event gives."""
    if term.after is None:
        return frozenset()
    return dimensions if term.scope_of == AFTER else dimensions & set(term.after.scope)


def _role(which: Iterable[Events], term: Term, dimensions: AbstractSet[str], value: str) -> Role:
    events = tuple((one.events, tuple(sorted(one.where.items()))) for one in which)
    return Role(events, term.by, term.also, tuple(sorted(dimensions)), "" if value == OWN_TIME else value)


def of_earlier(time: str) -> bool:
    """Whether a time is a field of the earlier event.

    >>> of_earlier("after.due_at"), of_earlier("due_at"), of_earlier("after")
    (True, False, False)
    """
    return time.startswith(OF_EARLIER)


def is_comparison(field: str, condition: Condition) -> bool:
    """Whether a condition compares a time of the event with one of the earlier event."""
    times = (condition.start, condition.to or field) if condition.start else ()
    return any(of_earlier(time) for time in times)
