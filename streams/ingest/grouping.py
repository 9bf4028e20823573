"""Compiles, for one type of event, the function that says into which groups an event falls.

A group's key is a tuple: group number, slot of the event time, the dimensions that any metric uses, and what the gates
said. Events with equal keys add to the same cells, so each distinct key is expanded once, at the flush. Contributions
for another time than the event's own (a deadline, the opening of a contact) and sums of a value have groups of their
own, because their keys differ from event to event where those of the main group repeat.

The function is written as source text, since it runs for every event: attribute look-ups and constants only, no loops.
Field names come from the structs of the events, values of the catalogue enter as bound constants, never as text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from streams.cells.record import SLOT_MS
from streams.events.event_time import event_time_ms
from streams.events.registry import DIMENSIONS, FIELDS, SCALES, TIME_FIELDS
from streams.ingest.amounts import scaled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Condition
    from streams.events.fields import Data
    from streams.ingest.routes import Gate, Route, Routes

GroupKey = tuple[Any, ...]
Groups = GroupKey | list[tuple[GroupKey, int]]
Grouping = Callable[["Data", int], Groups]
LACKS_TIME = None
SHUT = False


class WrongTimeError(ValueError):
    """A time is not RFC 3339; the argument is its place."""


@dataclass(frozen=True)
class Group:
    """The shape of the keys of one group.

    Attributes:
        event_type: whose events are grouped.
        at: the time field that its contributions count for, "time" for the event's own.
        value: the field added up; empty counts.
        dimensions: in the order of the key, from position 2.
        gates: position in the key by gate. The element there is a slot, True (the own slot), SHUT or LACKS_TIME.
            A gate that is always open has no position.
        routes: what the group's events contribute to.

    """

    event_type: str
    at: str
    value: str
    dimensions: tuple[str, ...]
    gates: dict[Gate, int]
    routes: Routes

    @property
    def first_gate(self) -> int:
        """Where the gates begin in the key."""
        return 2 + len(self.dimensions)

    def position(self, dimension: str) -> int:
        """Where a dimension stands in the key."""
        return 2 + self.dimensions.index(dimension)


def is_own_time(gate: Gate) -> bool:
    """Whether a gate counts for the event's own time, shifted by whole slots at most."""
    return gate.at == "time" and gate.plus_s * 1000 % SLOT_MS == 0


def make_groups(event_type: str, routes: Routes) -> list[Group]:
    """Routes that can share keys share a group: same time counted for, same value."""
    shared: dict[tuple[str, int, str], Routes] = {}
    for route, targets in routes.items():
        gate = route.gate
        if not _can_open(gate):
            continue
        kind = ("time", 0, route.value) if is_own_time(gate) else (gate.at, gate.plus_s, route.value)
        shared.setdefault(kind, {})[route] = targets
    return [_make_group(event_type, kind[0], kind[2], members) for kind, members in shared.items()]


def _make_group(event_type: str, at: str, value: str, routes: Routes) -> Group:
    dimensions = tuple(sorted({dimension for route in routes for dimension in route.dimensions}))
    gates = dict.fromkeys(route.gate for route in routes if not _always_open(route.gate))
    positions = {gate: 2 + len(dimensions) + number for number, gate in enumerate(gates)}
    return Group(event_type, at, value, dimensions, positions, routes)


def _always_open(gate: Gate) -> bool:
    return is_own_time(gate) and not gate.where


def _can_open(gate: Gate) -> bool:
    # With the event's own time, shifted by plus_s >= 0, an event is never late and never out of reach.
    return not (is_own_time(gate) and gate.no_later is False)


def compile_grouping(event_type: str, groups: Iterable[tuple[int, Group]]) -> Grouping:
    """The function (data, event time in ms) -> list of (key, amount), or the key alone where it is one and adds 1.

    The function raises WrongTimeError for a time field that is not RFC 3339, used by a metric or not.
    """
    writer = _Writer(event_type)
    source = writer.source(groups)
    exec(source, writer.names)  # noqa: S102 - our own text, see the module's docstring
    grouping: Grouping = writer.names["grouping"]
    return grouping


class _Writer:
    def __init__(self, event_type: str) -> None:
        self._type = event_type
        self.names: dict[str, Any] = {
            "event_time_ms": event_time_ms,
            "scaled": scaled,
            "WrongTimeError": WrongTimeError,
        }
        self._lines: list[str] = []

    def source(self, groups: Iterable[tuple[int, Group]]) -> str:
        self._times()
        pairs, later = [], []
        for number, group in groups:
            elements = {gate: f"g{number}_{index}" for index, gate in enumerate(group.gates)}
            for gate, name in elements.items():
                self._lines.append(f"{name} = {self._gate(gate)}")
            parts = [
                str(number),
                f"ms // {SLOT_MS}",
                *map(self._dimension, group.dimensions),
                *elements.values(),
            ]
            amount = f"scaled(data.{group.value}, {SCALES[self._type][group.value]})" if group.value else "1"
            pair = f"(({', '.join(parts)}), {amount})"
            all_gated = all(route.gate in elements for route in group.routes)
            needs = [f"({' or '.join(f'{name} is not False' for name in elements.values())})"] if all_gated else []
            if group.value:
                needs.append(f"data.{group.value} is not None")
            if needs:
                later.append(f"if {' and '.join(needs)}:\n        groups.append({pair})")
            else:
                pairs.append(pair)
        if len(pairs) == 1 and not later and pairs[0].endswith(", 1)"):
            result = [f"return {pairs[0][1:-4]}"]
        else:
            result = [f"groups = [{', '.join(pairs)}]", *later, "return groups"]
        body = "\n    ".join([*self._lines, *result])
        return f"def grouping(data, ms):\n    {body}\n"

    def _times(self) -> None:
        for field in sorted(TIME_FIELDS[self._type]):
            self._lines.append(
                f"t_{field} = data.{field}\n"
                f"    if t_{field} is not None:\n"
                f"        t_{field} = event_time_ms(t_{field})\n"
                f"        if t_{field} is None:\n"
                f"            raise WrongTimeError('$.data.{field}')"
            )

    def _gate(self, gate: Gate) -> str:
        where = (
            " and ".join(test for field, condition in gate.where for test in self._tests(field, condition)) or "True"
        )
        if is_own_time(gate):
            return where
        counts_for = f"({'ms' if gate.at == 'time' else f't_{gate.at}'} + {gate.plus_s * 1000})"
        limits = [f"({where})"]
        if gate.within_s is not None:
            limits.append(f"ms - {counts_for} <= {gate.within_s * 1000}")
        if gate.no_later is not None:
            limits.append(f"ms {'<=' if gate.no_later else '>'} {counts_for}")
        opened = f"{counts_for} // {SLOT_MS} if {' and '.join(limits)} else False"
        if gate.at == "time":
            return opened
        return f"(False if not ({where}) else None) if t_{gate.at} is None else ({opened})"

    def _tests(self, field: str, condition: Condition) -> list[str]:
        if field not in FIELDS[self._type]:
            operand, absent = "None", None
        elif field in DIMENSIONS[self._type]:
            operand, absent = f'(data.{field} or "")', ""
        else:
            operand, absent = f"data.{field}", None
        tests = []
        if condition.equals is not None:
            tests.append(f"{operand} == {self._constant(condition.equals)}")
        if condition.any_of:
            wanted = tuple(absent if value is None else value for value in condition.any_of)
            tests.append(f"{operand} in {self._constant(wanted)}")
        if condition.at_most is not None:
            tests.append(f"{operand} is not None and {operand} <= {self._constant(condition.at_most)}")
        if condition.above is not None:
            tests.append(f"{operand} is not None and {operand} > {self._constant(condition.above)}")
        if condition.present is not None:
            tests.append(f"{operand} {'!=' if condition.present else '=='} {self._constant(absent)}")
        return tests

    def _dimension(self, name: str) -> str:
        return f"data.{name}" if name in DIMENSIONS[self._type] else '""'

    def _constant(self, value: Any) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name


def route_positions(group: Group, route: Route) -> tuple[int | None, list[int]]:
    """For a route of a group: the position of its gate (None: always open), then of its slot and its dimensions."""
    gate = group.gates.get(route.gate)
    own = route.own_slot or is_own_time(route.gate)
    slot = 1 if own or gate is None else gate
    return gate, [slot, *(group.position(dimension) for dimension in route.dimensions)]
