"""The groups into which events fall, and the shape of their keys.

A group's key is a tuple: group number, slot of the event time, the dimensions that any metric uses (as numbers, see
`streams.ingest.codes`), and what the gates said. Events with equal keys add to the same cells, so each distinct key is
expanded once, at the flush. Contributions for another time than the event's own (a deadline, the opening of a contact)
and sums of a value have groups of their own, because their keys differ from event to event where those of the main
group repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from streams.catalogue.case_roles import roles_of
from streams.catalogue.single_values import OWN_TIME
from streams.cells.record import SLOT_MS
from streams.events.vocabulary import TOPIC, type_of
from streams.ingest.marked_event import MarkedEvent
from streams.ingest.routes import Measure, routes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.catalogue.case_roles import Role
    from streams.catalogue.load import Catalogue
    from streams.events.fields import Event
    from streams.ingest.routes import Gate, Route, Routes

GroupKey = tuple[Any, ...]
LACKS_TIME = None
SHUT = False


@dataclass(frozen=True)
class Group:
    """The shape of the keys of one group.

    Attributes:
        event_type: whose events are grouped.
        topic: that they come by.
        at: the time field that its contributions count for, "time" for the event's own.
        measure: what is counted, added up, sorted into bins or kept of the events.
        dimensions: in the order of the key, from position 2.
        gates: position in the key by gate. The element there is a slot, True (the own slot), SHUT or LACKS_TIME.
            A gate that is always open has no position. A bin or a mark is the last element.
        routes: what the group's events contribute to.

    """

    event_type: str
    topic: str
    at: str
    measure: Measure
    dimensions: tuple[str, ...]
    gates: dict[Gate, int]
    routes: Routes

    @property
    def first_gate(self) -> int:
        """Where the gates begin in the key."""
        return 2 + len(self.dimensions)

    @property
    def added(self) -> bool:
        """Whether a number of the events is added up or kept; else they are counted, by bins or without."""
        return not self.measure.bins and bool(self.measure.value or self.measure.difference)

    def position(self, dimension: str) -> int:
        """Where a dimension stands in the key."""
        return 2 + self.dimensions.index(dimension)


def is_own_time(gate: Gate) -> bool:
    """Whether a gate counts for the event's own time, shifted by whole slots at most."""
    return gate.at == "time" and gate.plus_s * 1000 % SLOT_MS == 0 and not gate.plus_service_s


def numbered_groups(
    catalogue: Catalogue, events: Iterable[type[Event]], topic: str
) -> dict[type[Event], list[tuple[int, Group]]]:
    """The groups of each kind of event that a topic brings, numbered through: those that count, then those of cases."""
    numbers, roles = count(), roles_of(catalogue.links)
    found = {}
    for event in events:
        kind = type_of(event)
        groups = [*make_groups(kind, routes_of(catalogue.metrics, kind), topic), *_groups_of_cases(kind, roles, topic)]
        found[event] = [(next(numbers), group) for group in groups]
    return found


def _groups_of_cases(event_type: str, roles: Sequence[Role], topic: str) -> list[Group]:
    """One, where any role marks the type. Its keys are of a kind of their own: `streams.ingest.marked_event`."""
    measure = Measure(roles=tuple(role for role in roles if event_type in role.events))
    marked = MarkedEvent(event_type, measure.roles)
    return [Group(event_type, topic, OWN_TIME, measure, marked.dimensions, {}, {})] if measure.roles else []


def make_groups(event_type: str, routes: Routes, topic: str) -> list[Group]:
    """Routes that can share keys share a group: same time counted for, same value."""
    shared: dict[tuple[str, int, int, Measure], Routes] = {}
    for route, targets in routes.items():
        gate = route.gate
        if not _can_open(gate):
            continue
        shared_slot = is_own_time(gate) and route.measure.lead is None
        time = ("time", 0, 0) if shared_slot else (gate.at, gate.plus_s, gate.plus_service_s)
        shared.setdefault((*time, route.measure), {})[route] = targets
    return [_make_group(event_type, topic, kind[0], kind[-1], members) for kind, members in shared.items()]


def _make_group(event_type: str, topic: str, at: str, measure: Measure, routes: Routes) -> Group:
    varied = (route for route in routes if fixed_scope(topic, route) is None)
    dimensions = tuple(sorted({dimension for route in varied for dimension in route.told}))
    gates = dict.fromkeys(route.gate for route in routes if not _always_open(route.gate))
    positions = {gate: 2 + len(dimensions) + number for number, gate in enumerate(gates)}
    return Group(event_type, topic, at, measure, dimensions, positions, routes)


def _always_open(gate: Gate) -> bool:
    return is_own_time(gate) and not gate.where


def _can_open(gate: Gate) -> bool:
    # With the event's own time, shifted by plus_s >= 0, an event is never late and never out of reach.
    return not (is_own_time(gate) and gate.no_later is False)


def fixed_scope(topic: str, route: Route) -> tuple[str, ...] | None:
    """The scope of a route that is the same for all events of a topic; None where it differs."""
    if set(route.told) <= {TOPIC}:
        given = dict(route.labels)
        return tuple(given.get(name, topic) for name in route.dimensions)
    return None


def route_positions(group: Group, route: Route) -> tuple[int | None, list[int]]:
    """For a route of a group: the position of its gate (None: always open), then of slot, dimensions, bin or mark.

    What is the same for all events has no position.
    """
    gate = group.gates.get(route.gate)
    own = route.own_slot or is_own_time(route.gate)
    slot = 1 if own or gate is None else gate
    placed = [group.first_gate + len(group.gates)] if route.measure.placed else []
    varied = route.told if fixed_scope(group.topic, route) is None else ()
    return gate, [slot, *map(group.position, varied), *placed]
