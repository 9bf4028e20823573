"""Which marks were seen of late: sorted columns by hour, so that what is over need not be written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.merge.ahead import Ints

HOUR_SLOTS = 360
NEVER = -(1 << 40)


class SeenHour:
    """The marks of one hour: runs of sorted marks, and for each the last slot within the hour at which it was seen.

    A run joins the one before it once it is half as long: few are searched, and each mark moves rarely.

    Attributes:
        rows: what counts towards the limit: rows added; of an hour that is over, its distinct marks.
        changed: since the last snapshot.

    """

    def __init__(self) -> None:
        self.rows = 0
        self.changed = True
        self._runs: list[tuple[Ints, NDArray[np.int16]]] = []

    def add(self, marks: Ints, places: NDArray[np.int16]) -> None:
        """Distinct marks in ascending order, and their slots within the hour."""
        self.changed = True
        self.rows += marks.size
        self._runs.append((marks, places))
        while len(self._runs) > 1 and self._runs[-1][0].size * 2 >= self._runs[-2][0].size:
            self._join_two()

    def joined(self) -> tuple[Ints, NDArray[np.int16]]:
        """Everything as one run."""
        while len(self._runs) > 1:
            self._join_two()
        return self._runs[0]

    def found(self, marks: Ints) -> Iterator[NDArray[np.int16]]:
        """For each run int16[n]: where each of the marks, in ascending order, was seen last; -1 where it was not."""
        for known, places in self._runs:
            at = np.searchsorted(known, marks)
            at[at == known.size] = 0
            yield np.where(known[at] == marks, places[at], np.int16(-1))

    def _join_two(self) -> None:
        (one, its), (other, others) = self._runs[-2:]
        marks, places = np.concatenate((one, other)), np.concatenate((its, others))
        order = np.argsort(marks, kind="stable")
        marks, places = marks[order], places[order]
        first = np.flatnonzero(np.concatenate(([True], marks[1:] != marks[:-1])))
        self._runs[-2:] = [(marks[first], np.maximum.reduceat(places, first))]


class SeenMarks:
    """When each mark was seen last, for as many hours as are kept. 30 million marks are 300 MB.

    Args:
        limit: rows held at most; beyond, the oldest hour is forgotten and counted in `forgotten`.

    Attributes:
        hours: what was seen, by hour since the epoch.

    """

    def __init__(self, limit: int = 40_000_000) -> None:
        self.limit = limit
        self.forgotten = 0
        self.hours: dict[int, SeenHour] = {}

    def __len__(self) -> int:
        return sum(hour.rows for hour in self.hours.values())

    def last(self, marks: Ints) -> Ints:
        """int64[n]: the last slot at which each of the marks, in ascending order, was seen; NEVER where it was not."""
        last = np.full(marks.size, NEVER, np.int64)
        for slots in self._slots(marks):
            np.maximum(last, slots, out=last)
        return last

    def near(self, marks: Ints, slots: Ints, reach: int) -> NDArray[np.bool_]:
        """bool[n]: whether each mark was seen within `reach` slots before or after its slot.

        Of an hour only the last sight of a mark is known: an earlier one of the same hour can be missed.
        """
        near = np.zeros(marks.size, bool)
        for seen in self._slots(marks):
            near |= np.abs(seen - slots) <= reach
        return near

    def add(self, marks: Ints, slots: Ints) -> None:
        """Pairs in ascending order of the marks, then the slots."""
        hours = slots // HOUR_SLOTS
        for number in np.unique(hours).tolist():
            inside = hours == number
            some, places = marks[inside], (slots[inside] - number * HOUR_SLOTS).astype(np.int16)
            is_last = np.concatenate((some[1:] != some[:-1], [True]))
            self.hours.setdefault(number, SeenHour()).add(some[is_last], places[is_last])

    def go_on(self, frontier: int, kept_slots: int) -> None:
        """Tidies up hours that are over, lets go of those that ended `kept_slots` ago, and keeps to the limit."""
        for number in sorted(self.hours):
            hour, end = self.hours[number], (number + 1) * HOUR_SLOTS
            if end <= frontier - kept_slots:
                del self.hours[number]
            elif end <= frontier:
                hour.rows = hour.joined()[0].size
        while len(self) > self.limit:
            self.forgotten += self.hours.pop(min(self.hours)).rows

    def _slots(self, marks: Ints) -> Iterator[Ints]:
        for number, hour in self.hours.items():
            for places in hour.found(marks):
                yield np.where(places >= 0, places + np.int64(number * HOUR_SLOTS), NEVER)
