"""The rows of events counted since the last flush: one plane for those on time, one for those behind the watermark."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from streams.ingest.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.events.fields import Event
    from streams.ingest.reader import Columns
    from streams.ingest.row_shape import RowShape
    from streams.ingest.row_writer import Row


class Plane:
    """Rows by type of event, in the order of the events.

    Attributes:
        selected: what is held of events for rules (`streams.ingest.selection`).

    """

    def __init__(self, shapes: Mapping[type[Event], RowShape]) -> None:
        """`shapes`: of the rows, by struct of event."""
        self.selected: list[int] = []
        self._shapes = shapes
        self._rows: list[Row] = [[] for _ in shapes]

    def add(self, rows: Sequence[Row], selected: Sequence[tuple[int, int]] = ()) -> None:
        """All events of a batch."""
        for known, new in zip(self._rows, rows, strict=True):
            known.extend(new)
        self.selected += [held for _, held in selected]

    def add_some(self, columns: Columns, chosen: Sequence[bool]) -> None:
        """Only the events that are chosen, by position."""
        for known, new, (event, shape) in zip(self._rows, columns.rows, self._shapes.items(), strict=True):
            of_type = [mine for mine, kind in zip(chosen, columns.kinds, strict=True) if kind is event]
            for place in compress(range(0, len(new), shape.width or 1), of_type):
                known.extend(new[place : place + shape.width])
        self.selected += [held for place, held in columns.selected if chosen[place]]

    def rows(self) -> dict[int, Rows]:
        """By number of the type: those of which there are any."""
        shaped = enumerate(zip(self._shapes.values(), self._rows, strict=True))
        return {number: Rows.of(shape, flat) for number, (shape, flat) in shaped if flat}
