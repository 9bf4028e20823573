"""Marks that wait for their slot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.merge.ahead import Ints


class Marks(NamedTuple):
    """Columns of equal length: `events` of the case `mark` in a slot.

    Attributes:
        mark: see `streams.cells.mark`.
        scopes: int64[n, k]: the log ids of the scopes to which the events belong, the finest first.

    """

    mark: Ints
    slot: Ints
    events: Ints
    scopes: NDArray[np.int64]

    def chosen(self, rows: NDArray[np.bool_] | Ints) -> Marks:
        """Some of the rows: a mask or places."""
        return Marks(*(column[rows] for column in self))


class WaitingMarks:
    """Marks by slot, as they came, until a tick takes the slot.

    Args:
        scopes: to how many scopes each belongs.
        limit: rows held at most; what comes beyond is dropped and counted in `dropped`, as in `Ahead`.

    """

    def __init__(self, scopes: int, limit: int = 8_000_000) -> None:
        self.limit = limit
        self.dropped = 0
        none = np.zeros(0, np.int64)
        self._nothing = Marks(none, none, none, np.zeros((0, scopes), np.int64))
        self._by_slot: dict[int, list[Marks]] = {}
        self._held = 0

    def __len__(self) -> int:
        return self._held

    def add(self, marks: Marks) -> None:
        room = self.limit - self._held
        if marks.mark.size > room:
            self.dropped += marks.mark.size - room
            marks = marks.chosen(np.arange(room))
        self._held += marks.mark.size
        for slot in np.unique(marks.slot).tolist():
            self._by_slot.setdefault(slot, []).append(marks.chosen(marks.slot == slot))

    def first_slot(self) -> int | None:
        """The earliest slot that waits."""
        return min(self._by_slot, default=None)

    def take(self, before: int) -> Marks:
        """Removes and returns what is in slots below `before`."""
        slots = [slot for slot in self._by_slot if slot < before]
        taken = self._together([part for slot in slots for part in self._by_slot.pop(slot)])
        self._held -= taken.mark.size
        return taken

    def everything(self) -> Marks:
        """All that waits, for a snapshot."""
        return self._together([part for parts in self._by_slot.values() for part in parts])

    def _together(self, parts: Sequence[Marks]) -> Marks:
        return Marks(*(np.concatenate(columns) for columns in zip(self._nothing, *parts, strict=True)))
