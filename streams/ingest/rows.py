"""The rows of one type of event as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.ingest.elements import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.ingest.elements import Element
    from streams.ingest.row_shape import RowShape

    Ints = NDArray[np.int64]


class Rows:
    """Columns of int64, one element for each event.

    Args:
        shape: of the rows.
        columns: int64[elements, events].

    Attributes:
        count: of the events.
        moment: their times, ms since the epoch.

    """

    def __init__(self, shape: RowShape, columns: Ints) -> None:
        self.shape, self.columns = shape, columns
        self.count = columns.shape[1]
        self.moment: Ints = columns[0]

    @classmethod
    def of(cls, shape: RowShape, flat: Sequence[int]) -> Rows:
        """Rows that stand one after the other."""
        table = np.fromiter(flat, np.int64, len(flat)).reshape(-1, shape.width)
        return cls(shape, np.ascontiguousarray(table.T))

    def __getitem__(self, element: Element) -> Ints:
        """The column of an element."""
        column: Ints = self.columns[self.shape.positions[element]]
        return column

    def halves(self) -> tuple[Rows, Rows]:
        """The same events in two parts."""
        middle = self.count // 2
        return Rows(self.shape, self.columns[:, :middle]), Rows(self.shape, self.columns[:, middle:])


def code_positions(shape: RowShape) -> list[int]:
    """Where the codes of `RowShape.dimensions` stand."""
    return [shape.positions[Code(name)] for name in shape.dimensions]
