"""A waiting line with people behind it: who is answered when, and who gives up."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ARRIVAL, _STAFF, _LOOK = 0, 1, 2


@dataclass(frozen=True)
class Service:
    """What became of the contacts of one queue, in ms; 0 where it did not happen.

    Attributes:
        answered, abandoned: by contact; what is still open at the end has neither.
        waiting, oldest_ms, staffed, available: by look, as a queue.snapshot tells it.

    """

    answered: NDArray[np.int64]
    abandoned: NDArray[np.int64]
    waiting: NDArray[np.int64]
    oldest_ms: NDArray[np.int64]
    staffed: NDArray[np.int64]
    available: NDArray[np.int64]


class _Line:
    """First come, first served. Agents who are to leave finish their contact first."""

    def __init__(self, opened: list[int], handling: list[int], patience: list[int]) -> None:
        self._opened = opened
        self._handling = handling
        self._leaves = [start + patient for start, patient in zip(opened, patience, strict=True)]
        self._waiting: deque[int] = deque()
        self._busy: list[int] = []
        self.staff = 0
        self.answered = [0] * len(opened)
        self.abandoned = [0] * len(opened)

    def until(self, now: int) -> None:
        """Let contacts end up to `now`, each making room for the next in line."""
        while self._busy and self._busy[0] <= now:
            self._fill(heapq.heappop(self._busy))

    def join(self, contact: int, now: int) -> None:
        self._waiting.append(contact)
        self._fill(now)

    def employ(self, staff: int, now: int) -> None:
        self.staff = staff
        self._fill(now)

    def look(self, now: int) -> tuple[int, int, int, int]:
        there = [contact for contact in self._waiting if self._leaves[contact] > now]
        oldest = now - self._opened[there[0]] if there else 0
        return len(there), oldest, self.staff, max(0, self.staff - len(self._busy))

    def close(self, now: int) -> None:
        for contact in self._waiting:
            if self._leaves[contact] <= now:
                self.abandoned[contact] = self._leaves[contact]

    def _fill(self, now: int) -> None:
        while self._waiting and len(self._busy) < self.staff:
            contact = self._waiting.popleft()
            if self._leaves[contact] <= now:
                self.abandoned[contact] = self._leaves[contact]
                continue
            self.answered[contact] = now
            heapq.heappush(self._busy, now + self._handling[contact])


def serve(
    opened: NDArray[np.int64],
    handling_ms: NDArray[np.int64],
    patience_ms: NDArray[np.int64],
    staff: tuple[NDArray[np.int64], NDArray[np.int64]],
    looks: NDArray[np.int64],
) -> Service:
    """Run one queue.

    Args:
        opened: when each contact joins, ascending.
        handling_ms: how long it takes once answered.
        patience_ms: after how long it gives up waiting.
        staff: times at which the number of agents changes, and the numbers.
        looks: times at which the state is wanted.

    """
    line = _Line(opened.tolist(), handling_ms.tolist(), patience_ms.tolist())
    times = np.concatenate((opened, staff[0], looks))
    kinds = np.repeat([_ARRIVAL, _STAFF, _LOOK], [len(opened), len(staff[0]), len(looks)])
    numbers = np.concatenate((np.arange(len(opened)), staff[1], np.arange(len(looks))))
    order = np.lexsort((kinds, times))
    seen = []
    for now, kind, number in zip(times[order].tolist(), kinds[order].tolist(), numbers[order].tolist(), strict=True):
        line.until(now)
        if kind == _ARRIVAL:
            line.join(number, now)
        elif kind == _STAFF:
            line.employ(number, now)
        else:
            seen.append(line.look(now))
    line.close(int(times.max()) if len(times) else 0)
    states = np.array(seen, dtype=np.int64).reshape(-1, 4).T
    return Service(np.array(line.answered), np.array(line.abandoned), *states)
