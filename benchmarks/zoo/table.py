"""Columns of equal length: what a shop knows of its orders, parcels, refunds or contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Column = NDArray[Any]


class Table:
    """Columns by name. Times are int64 ms, ids and codes of dimensions int64; -1 is missing. Numbers may be NaN.

    >>> table = Table(id=np.arange(3), region=np.array([1, 0, 1]))
    >>> len(table), table.take(table["region"] == 1)["id"].tolist()
    (3, [0, 2])
    """

    def __init__(self, **columns: Column) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __setitem__(self, name: str, column: Column) -> None:
        self.columns[name] = column

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def take(self, rows: Column) -> Table:
        """Of a mask or of indices."""
        return Table(**{name: column[rows] for name, column in self.columns.items()})

    def with_columns(self, **columns: Column) -> Table:
        """A copy with further columns, or others."""
        return Table(**{**self.columns, **columns})


def joined(tables: Iterable[Table]) -> Table:
    """One after the other. They have the same columns."""
    parts = list(tables)
    return Table(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0].columns})
