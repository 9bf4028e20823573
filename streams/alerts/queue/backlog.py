"""What waits for one group of receivers: criticals before all else, each anomaly in its order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.alerts.words.message import Notification


class BacklogEntry(NamedTuple):
    """A notification that waits.

    Attributes:
        since: when it was put.
        refused_by: receivers that want it never.
        stands_for: 0 for a notification; for the digest of what was dropped, how many those were.
        alone: a digest with it was refused, so it goes by itself.

    """

    since: float
    notification: Notification
    refused_by: frozenset[str] = frozenset()
    stands_for: int = 0
    alone: bool = False


class Backlog:
    """Two queues, bounded together.

    A critical passes what is not, except earlier news of the same anomaly: those go with it, so that nobody hears of an
    end before the beginning.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._urgent: deque[BacklogEntry] = deque()
        self._ordinary: deque[BacklogEntry] = deque()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._ordinary)

    @property
    def critical(self) -> bool:
        """Whether the next to go is critical, or goes with one that is."""
        return bool(self._urgent)

    @property
    def head(self) -> BacklogEntry:
        """The next to go; IndexError where nothing waits."""
        return self._next[0]

    @property
    def alike(self) -> int:
        """How many wait that are as urgent as the next."""
        return len(self._next)

    def put(self, entry: BacklogEntry) -> list[BacklogEntry]:
        """Adds it behind its like, and returns those that had to leave to make room."""
        left = self._make_room(1)
        if entry.notification.critical:
            subjects = subjects_of(entry)
            before = [waiting for waiting in self._ordinary if subjects & subjects_of(waiting)]
            for waiting in before:
                self._ordinary.remove(waiting)
            self._urgent.extend(before)
            self._urgent.append(entry)
        else:
            self._ordinary.append(entry)
        return left

    def take(self) -> BacklogEntry:
        """The next; IndexError where nothing waits."""
        return self._next.popleft()

    def put_back(self, entries: Sequence[BacklogEntry]) -> list[BacklogEntry]:
        """Those that were taken and not delivered, first in line again; returns those that had to leave."""
        waiting: set[str] = set().union(*(subjects_of(entry) for entry in self._urgent))
        for entry in reversed(entries):
            if entry.notification.critical or subjects_of(entry) & waiting:
                self._urgent.appendleft(entry)
                waiting |= subjects_of(entry)
            else:
                self._ordinary.appendleft(entry)
        return self._make_room(0)

    def clear(self) -> list[BacklogEntry]:
        """All of it, in order."""
        left = list(self)
        self._urgent.clear()
        self._ordinary.clear()
        return left

    def __iter__(self) -> Iterator[BacklogEntry]:
        yield from self._urgent
        yield from self._ordinary

    @property
    def _next(self) -> deque[BacklogEntry]:
        return self._urgent or self._ordinary

    def _make_room(self, count: int) -> list[BacklogEntry]:
        """The oldest that is not critical leaves first."""
        left = []
        while len(self) and len(self) + count > self._capacity:
            left.append((self._ordinary or self._urgent).popleft())
        return left


def subjects_of(entry: BacklogEntry) -> set[str]:
    """Fingerprints of what a single notification is about; a digest speaks of many and keeps no order."""
    anomalies = entry.notification.anomalies
    return {anomalies[0].fingerprint} if len(anomalies) == 1 else set()
