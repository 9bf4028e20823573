"""Marks of one role in memory, by columns, and those that wait for their slot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


class Marks(NamedTuple):
    """Columns of one length, int64.

    Attributes:
        case: the hash of the case.
        time: ms since the epoch.
        scope: a number of `ScopeNames`.
        value: a time in ms, `NO_VALUE` for none; all of them 0 where the role carries none.

    """

    case: NDArray[np.int64]
    time: NDArray[np.int64]
    scope: NDArray[np.int64]
    value: NDArray[np.int64]

    @classmethod
    def none(cls) -> Marks:
        """No marks."""
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, empty, empty)

    @classmethod
    def together(cls, parts: Sequence[Marks]) -> Marks:
        """One after the other."""
        return cls(*(np.concatenate(columns) for columns in zip(cls.none(), *parts, strict=True)))

    def chosen(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Marks:
        """Some of them: a mask or places."""
        return Marks(self.case[rows], self.time[rows], self.scope[rows], self.value[rows])


class WaitingMarks:
    """Marks by a number of their time (a slot, a quarter), as they came, until they are taken.

    Args:
        unit_ms: how long a slot or a quarter is.
        limit: rows held at most; what comes beyond is dropped and counted in `dropped`.

    """

    def __init__(self, unit_ms: int, limit: int = 8_000_000) -> None:
        self.limit = limit
        self.dropped = 0
        self._unit_ms = unit_ms
        self._parts: dict[int, list[Marks]] = {}
        self._held = 0

    def __len__(self) -> int:
        return self._held

    def add(self, marks: Marks) -> None:
        """Takes them in."""
        room = self.limit - self._held
        if marks.case.size > room:
            self.dropped += marks.case.size - room
            marks = marks.chosen(np.arange(room))
        self._held += marks.case.size
        if not marks.case.size:
            return
        numbers = marks.time // self._unit_ms
        if numbers.min() == numbers.max():  # nearly always
            self._parts.setdefault(int(numbers[0]), []).append(marks)
            return
        for number in np.unique(numbers).tolist():
            self._parts.setdefault(number, []).append(marks.chosen(numbers == number))

    def numbers(self) -> list[int]:
        """Of which something waits, in order."""
        return sorted(self._parts)

    def take(self, numbers: Iterable[int]) -> Marks:
        """Removes and returns what waits under these numbers."""
        parts = [part for number in numbers for part in self._parts.pop(number, ())]
        marks = parts[0] if len(parts) == 1 else Marks.together(parts)
        self._held -= marks.case.size
        return marks

    def everything(self) -> Marks:
        """All that waits, for a snapshot."""
        return Marks.together([part for number in sorted(self._parts) for part in self._parts[number]])


def ranks_within(begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """int64[n]: the how manieth of its group each row is, of groups that begin where it says so.

    >>> ranks_within(np.array([True, False, True, True, False, False])).tolist()
    [0, 1, 0, 0, 1, 2]
    """
    place = np.arange(begins.size)
    ranks: NDArray[np.int64] = place - np.maximum.accumulate(np.where(begins, place, 0))
    return ranks
