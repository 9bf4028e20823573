"""Expands groups of events into the cells of all metrics that want them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.cells.record import SLOT_MS, CellsRecord, MetricCells
from streams.cells.squares import Part, unpacked
from streams.ingest.group import LACKS_TIME, SHUT, fixed_scope, is_own_time, route_positions
from streams.topics.placement import cells_partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.catalogue.metric import Metric
    from streams.ingest.codes import Codes
    from streams.ingest.group import Group, GroupKey
    from streams.ingest.routes import Measure, Route, Target

Scope = tuple[int, tuple[str, ...]]
Meeting = tuple[int, int, int]  # metric, scope set, component: where routes can meet in one cell
Sums = Mapping[tuple[Any, ...], int]


class _Columns:
    """The growing cells of one metric: in columns where no other route can meet the same cell, else by cell."""

    __slots__ = ("cells", "component", "late", "scope", "scopes", "slot", "value")

    def __init__(self) -> None:
        self.scopes: dict[Scope, int] = {}
        self.cells: dict[tuple[int, int, int, int], int] = {}  # scope, component, slot, late -> value
        self.scope: list[int] = []
        self.component: list[int] = []
        self.slot: list[int] = []
        self.late: list[int] = []
        self.value: list[int] = []

    def pack(self, key: str) -> MetricCells:
        for scope, component, slot, late in self.cells:
            self.scope.append(scope)
            self.component.append(component)
            self.slot.append(slot)
            self.late.append(late)
        self.value.extend(self.cells.values())
        return MetricCells(key, list(self.scopes), self.scope, self.component, self.slot, self.late, self.value)


class _Laid(NamedTuple):
    """Where a route looks in the keys of its group; see `route_positions`."""

    route: Route
    gate: int | None
    positions: list[int]
    varied: tuple[str, ...]  # the dimensions that tell its sums apart
    dimensions: frozenset[str]  # the same

    @classmethod
    def of(cls, group: Group, route: Route) -> _Laid:
        varied = route.told if fixed_scope(group.topic, route) is None else ()
        return cls(route, *route_positions(group, route), varied, frozenset(varied))

    @property
    def kind(self) -> tuple[int | None, int, Measure]:
        """What must be the same of two routes, so that sums of one are sums of the other's."""
        return self.gate, self.positions[0], self.route.measure


class _Projection:
    """One route of a group: which part of a key it looks at, and where it leads.

    Where another route of the group has the same condition and slot and more dimensions, its sums are summed up
    further: there are fewer of them than keys. Where it has the same dimensions, they are the same sums.

    Attributes:
        parent: the number of that other route, None where there is none.
        same: whether the sums of the parent are those of this one.
        scope: of all sums, where no dimension tells them apart.

    """

    __slots__ = ("_gate", "_labels", "_names", "_project", "parent", "placed", "same", "scope", "shift", "targets")

    def __init__(self, group: Group, laid: _Laid, finer: list[tuple[int, _Laid]], codes: Mapping[str, Codes]) -> None:
        route, gate, positions, varied, _ = laid
        parent, via = min(finer, key=lambda pair: len(pair[1].varied), default=(None, laid))
        if parent is not None:
            known = via.varied
            gate, positions = None, [0, *(1 + known.index(dimension) for dimension in varied)]
            positions += [1 + len(known)] if route.measure.placed else []
        self.parent: int | None = parent
        self.same = parent is not None and via.varied == varied
        self.scope = fixed_scope(group.topic, route)
        self.placed = route.measure.placed
        self._names = [codes[name].names for name in varied]
        self._labels = [(route.dimensions.index(name), value) for name, value in route.labels]
        # itemgetter gives a tuple only for two positions or more.
        self._project: Callable[[GroupKey], tuple[Any, ...]] = itemgetter(
            *positions, *([0] if len(positions) == 1 else [])
        )
        self._gate = gate
        self.shift = route.gate.plus_s * 1000 // SLOT_MS if is_own_time(route.gate) and not route.own_slot else 0
        self.targets = group.routes[route]

    def sums(self, ones: Sequence[GroupKey], members: Iterable[tuple[GroupKey, int]]) -> Sums:
        """Amounts by (slot, *codes of the dimensions, bin or mark).

        `ones` add 1 each: most keys do, and cost half as much.
        """
        project, gate = self._project, self._gate
        if gate is not None:
            ones = [key for key in ones if key[gate] is not SHUT and key[gate] is not LACKS_TIME]
            members = [pair for pair in members if pair[0][gate] is not SHUT and pair[0][gate] is not LACKS_TIME]
        sums: Counter[tuple[Any, ...]] = Counter()
        sums.update(map(project, ones))
        before = sums.get  # what a Counter does where a key is missing is a call of Python
        for key, amount in members:
            part = project(key)
            sums[part] = before(part, 0) + amount
        return sums

    def scopes(self, sums: Sums) -> tuple[list[tuple[str, ...]], list[int]]:
        """The scopes of these sums, each once, and which of them belongs to each sum."""
        if self.scope is not None:
            return [self.scope], [0] * len(sums)
        until = -1 if self.placed else None
        known: dict[tuple[int, ...], int] = {}
        places = [known.setdefault(part[1:until], len(known)) for part in sums]
        named = [tuple([names[code] for names, code in zip(self._names, each, strict=True)]) for each in known]
        for place, value in self._labels:  # in the order of their places
            named = [(*scope[:place], value, *scope[place:]) for scope in named]
        return named, places


def _projections(group: Group, codes: Mapping[str, Codes]) -> list[_Projection]:
    ordered = sorted((_Laid.of(group, route) for route in group.routes), key=lambda laid: -len(laid.varied))
    alike: dict[tuple[int | None, int, Measure], list[tuple[int, _Laid]]] = {}
    made = []
    for number, laid in enumerate(ordered):
        before = alike.setdefault(laid.kind, [])
        finer = [pair for pair in before if pair[1].dimensions >= laid.dimensions]
        made.append(_Projection(group, laid, finer, codes))
        before.append((number, laid))
    return made


class Expansion:
    """Turns counts by group into one CellsRecord for each cells partition."""

    def __init__(self, metrics: Sequence[Metric], groups: Sequence[Group], codes: Mapping[str, Codes]) -> None:
        self._keys = [metric.key() for metric in metrics]
        self._projections = [_projections(group, codes) for group in groups]
        meetings = Counter(
            _meeting(target) for each in self._projections for projection in each for target in projection.targets
        )
        self._shared = {meeting for meeting, routes in meetings.items() if routes > 1}
        self._places: dict[int, list[int]] = {}

    def expand(self, planes: Iterable[tuple[int, dict[GroupKey, int]]]) -> dict[int, MetricCells]:
        """Cells by metric index. `planes` are (late, amounts by group key)."""
        columns: dict[int, _Columns] = {}
        for late, amounts in planes:
            ones: list[list[GroupKey]] = [[] for _ in self._projections]
            members: list[list[tuple[GroupKey, int]]] = [[] for _ in self._projections]
            for key, amount in amounts.items():
                if amount == 1:
                    ones[key[0]].append(key)
                else:
                    members[key[0]].append((key, amount))
            for projections, singles, pairs in zip(self._projections, ones, members, strict=True):
                done: list[Sums] = []
                for projection in projections if singles or pairs else ():
                    if projection.parent is None:
                        sums = projection.sums(singles, pairs)
                    elif projection.same:
                        sums = done[projection.parent]
                    else:
                        sums = projection.sums((), done[projection.parent].items())
                    done.append(sums)
                    _add(columns, projection, sums, late, self._shared)
        return {metric: each.pack(self._keys[metric]) for metric, each in columns.items()}

    def partition_of(self, metric: int, partitions: int) -> int:
        """The cells partition of a metric."""
        places = self._places.get(partitions)
        if places is None:
            places = self._places[partitions] = [cells_partition(key, partitions) for key in self._keys]
        return places[metric]


def _add(columns: dict[int, _Columns], projection: _Projection, sums: Sums, late: int, shared: set[Meeting]) -> None:
    shift = projection.shift
    slots = [part[0] + shift for part in sums]
    placed: list[int] = [part[-1] for part in sums] if projection.placed else []
    scopes, places = projection.scopes(sums)
    for target in projection.targets if sums else ():
        column = columns.get(target.metric)
        if column is None:
            column = columns[target.metric] = _Columns()
        known, scope_set = column.scopes, target.scope_set
        of = [known.setdefault((scope_set, values), len(known)) for values in scopes]
        numbers = [of[place] for place in places]
        components = placed or [int(target.component)] * len(numbers)
        amounts = list(sums.values())
        if target.part is not None:
            amounts = [unpacked(moments, target.part) for moments in amounts]
        if target.part is Part.SQUARE:  # most values have no such part
            kept = [place for place, amount in enumerate(amounts) if amount]
            numbers, components = [numbers[place] for place in kept], components[: len(kept)]
            amounts, own_slots = [amounts[place] for place in kept], [slots[place] for place in kept]
        else:
            own_slots = slots
        if target.weight != 1:
            amounts = [-amount for amount in amounts]
        if _meeting(target) not in shared:
            column.scope += numbers
            column.component += components
            column.slot += own_slots
            column.late += [late] * len(numbers)
            column.value += amounts
            continue
        cells = column.cells
        for number, component, slot, amount in zip(numbers, components, own_slots, amounts, strict=True):
            cell = (number, component, slot, late)
            cells[cell] = cells.get(cell, 0) + amount


def _meeting(target: Target) -> Meeting:
    return target.metric, target.scope_set, target.component


def records_of(
    cells: dict[int, MetricCells],
    expansion: Expansion,
    partitions: int,
    header: tuple[str, int, int, int, str],
    busy: list[tuple[int, int]],
) -> dict[int, CellsRecord]:
    """One record for each cells partition, those without cells included. `header` is CellsRecord's, in its order."""
    records = {number: CellsRecord(*header, [], busy) for number in range(partitions)}
    for metric, each in cells.items():
        records[expansion.partition_of(metric, partitions)].metrics.append(each)
    return records
