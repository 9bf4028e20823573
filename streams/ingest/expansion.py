"""Turns the rows of all types of events into cells of all metrics that want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cells.record import CellsRecord, MetricCells
from streams.cells.squares import Part
from streams.ingest.tally import Tally
from streams.topics.placement import cells_partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.catalogue.metric import Metric
    from streams.ingest.codes import Codes
    from streams.ingest.projection import Tallied
    from streams.ingest.routes import Target
    from streams.ingest.row_shape import RowShape
    from streams.ingest.rows import Rows

Scope = tuple[int, tuple[str, ...]]


class _Columns:
    """The growing cells of one metric."""

    def __init__(self, key: str) -> None:
        self._known: dict[Scope, int] = {}
        self.cells = MetricCells(key, [], [], [], [], [], [])

    def add(self, target: Target, tallied: Tallied, late: int) -> None:
        cells, known, amounts = self.cells, self._known, tallied.sums[target.part]
        numbers = [known.setdefault((target.scope_set, scope), len(known)) for scope in tallied.scopes]
        scope = [numbers[place] for place in tallied.scope]
        component = tallied.place or [int(target.component)] * len(scope)
        slot = tallied.slot
        if target.part is Part.SQUARE:  # most values have no such part
            kept = [place for place, amount in enumerate(amounts) if amount]
            scope, slot, amounts = ([column[place] for place in kept] for column in (scope, slot, amounts))
            component = component[: len(kept)]
        cells.scope.extend(scope)
        cells.component.extend(component)
        cells.slot.extend(slot)
        cells.late.extend([late] * len(scope))
        cells.value.extend(amounts if target.weight == 1 else [-amount for amount in amounts])

    def pack(self) -> MetricCells:
        self.cells.scopes.extend(self._known)
        return self.cells


class Expansion:
    """Of one source partition.

    Args:
        metrics: of the catalogue.
        shapes: of the rows, type by type.
        codes: of the dimensions, by name.

    """

    def __init__(self, metrics: Sequence[Metric], shapes: Sequence[RowShape], codes: Mapping[str, Codes]) -> None:
        self._keys = [metric.key() for metric in metrics]
        self._tally = Tally(shapes, codes)
        self._places: dict[int, list[int]] = {}

    def expand(self, planes: Iterable[Mapping[int, Rows]]) -> dict[int, MetricCells]:
        """Cells by metric index, of the rows by type of those on time and of those that are late."""
        columns: dict[int, _Columns] = {}
        for late, plane in enumerate(planes):
            for cells in self._tally.of(plane):
                for target in cells.targets:
                    column = columns.get(target.metric)
                    if column is None:
                        column = columns[target.metric] = _Columns(self._keys[target.metric])
                    column.add(target, cells, late)
        return {metric: each.pack() for metric, each in columns.items()}

    def records(
        self,
        planes: Iterable[Mapping[int, Rows]],
        partitions: int,
        header: tuple[str, int, int, int, str],
        busy: list[tuple[int, int]],
    ) -> dict[int, CellsRecord]:
        """One record for each cells partition, with cells or without. `header` is CellsRecord's, in its order."""
        records = {number: CellsRecord(*header, [], busy) for number in range(partitions)}
        places = self._places.get(partitions)
        if places is None:
            places = self._places[partitions] = [cells_partition(key, partitions) for key in self._keys]
        for metric, cells in self.expand(planes).items():
            records[places[metric]].metrics.append(cells)
        return records
