"""Which elements of an event are kept until the flush: those that routes and roles of cases need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.case_roles import roles_of
from streams.catalogue.single_values import OWN_TIME
from streams.events.vocabulary import type_of
from streams.ingest.elements import Amount, Bin, Case, Code, Element, Holds, Moment, ServiceTime, time_element
from streams.ingest.routes import can_open, fixed_scope, routes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from streams.catalogue.case_roles import Role
    from streams.catalogue.load import Catalogue
    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.ingest.elements import Where
    from streams.ingest.routes import Gate, Measure, Routes


class RowShape:
    """The rows of one type of event: which element stands where.

    Args:
        event_type: whose events these are.
        topic: that they come by.
        routes: what they add to which cells.
        roles: that mark them for cases.
        scales: by field, the factor by which its sums are kept.
        others: further elements to keep.

    Attributes:
        routes: those that an event can take at all.
        positions: by element, in the order of the row. The first one is the moment.

    """

    def __init__(
        self,
        event_type: str,
        topic: str,
        routes: Routes,
        roles: Iterable[Role] = (),
        scales: Mapping[str, int] | None = None,
        others: Iterable[Element] = (),
    ) -> None:
        self.event_type, self.topic = event_type, topic
        self.routes = {route: targets for route, targets in routes.items() if can_open(route.gate)}
        marking = [*roles]
        self.roles = [MarkedRole(role, event_type, marking) for role in marking]
        self.scales = scales or {}
        elements: list[Element] = [Moment()]
        for route in self.routes:
            elements += [Code(name) for name in route.told if fixed_scope(topic, route) is None]
            elements += self._of_gate(route.gate)
            elements += self._of_measure(route.measure)
        for role in self.roles:
            elements += role.elements
        self.positions = {element: place for place, element in enumerate(dict.fromkeys([*elements, *others]))}

    @property
    def width(self) -> int:
        """How many integers a row has; 0 where nothing is kept of such events."""
        return len(self.positions) if len(self.positions) > 1 or self.routes else 0

    @property
    def dimensions(self) -> list[str]:
        """Those whose codes are kept."""
        return [element.dimension for element in self.positions if isinstance(element, Code)]

    def amount(self, measure: Measure) -> Amount:
        """The element of a number that is added up or kept."""
        return Amount(measure.value, measure.scale or self.scales[measure.value])

    def _of_gate(self, gate: Gate) -> Iterator[Element]:
        if plain := plain_conditions(gate.where):
            yield Holds((plain,))
        for field, condition in gate.where:
            if difference := condition.difference(field):
                yield from map(time_element, difference.fields)
        if gate.at != OWN_TIME:
            yield time_element(gate.at)
        if gate.plus_service_s:
            yield ServiceTime(gate.at, gate.plus_service_s)

    def _of_measure(self, measure: Measure) -> Iterator[Element]:
        if measure.difference is not None:
            yield from map(time_element, measure.difference.fields)
        elif measure.bins:
            yield Bin(measure.value, measure.bins)
        elif measure.value:
            yield self.amount(measure)


class MarkedRole:
    """What a role marks of the events of a type.

    Attributes:
        role: whose marks these are.
        key: of the role.
        test: holds for those that it marks; None: for all.
        case: what names the case.
        scope: codes of its dimensions.
        value: the time that the mark carries; None: it carries none.

    """

    def __init__(self, role: Role, event_type: str, roles: Sequence[Role]) -> None:
        """`roles`: all that mark the type: those that name their cases alike share the element."""
        self.role, self.key = role, role.key()
        self.test = _test_of(role, event_type)
        alike = [_test_of(other, event_type) for other in roles if (other.by, other.also) == (role.by, role.also)]
        only = tuple(test for test in dict.fromkeys(alike) if test is not None) if None not in alike else ()
        self.case = Case(role.by, role.also, only)
        self.scope = [Code(name) for name in role.dimensions]
        self.value = time_element(role.value) if role.value else None

    @property
    def elements(self) -> list[Element]:
        """All of them."""
        found: list[Element | None] = [self.test, *self.case.only, self.case, *self.scope, self.value]
        return [element for element in found if element is not None]


def shapes_of(catalogue: Catalogue, events: Iterable[type[Event]], topic: str) -> dict[type[Event], RowShape]:
    """Of each kind of event that a topic brings."""
    vocabulary, roles = catalogue.vocabulary, roles_of(catalogue.links)
    return {event: _shape_of(catalogue, type_of(event), topic, roles, vocabulary) for event in events}


def _shape_of(
    catalogue: Catalogue, event_type: str, topic: str, roles: Iterable[Role], vocabulary: Vocabulary
) -> RowShape:
    marking = [role for role in roles if event_type in role.events]
    scales = vocabulary.scales[event_type]
    return RowShape(event_type, topic, routes_of(catalogue.metrics, event_type), marking, scales)


def plain_conditions(where: Where) -> Where:
    """Those on fields as they are; the others are on durations, which the elements of their times tell."""
    return tuple((field, condition) for field, condition in where if condition.difference(field) is None)


def _test_of(role: Role, event_type: str) -> Holds | None:
    which = tuple(where for events, where in role.which if event_type in events)
    return Holds(which) if all(which) else None
