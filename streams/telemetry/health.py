"""Whether the worker is alive, and whether it is ready: assigned, caught up, receivers reachable."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unmet(enum.StrEnum):
    """Why a worker is not ready."""

    CRASHED = "crashed"
    NOT_ASSIGNED = "not_assigned"
    CATCHING_UP = "catching_up"
    RECEIVER_UNREACHABLE = "receiver_unreachable"
    BLIND = "blind"


class Shortfall(NamedTuple):
    """One unmet condition, and the sentence that says so to a person."""

    reason: Unmet
    detail: str


class Health:
    """Keeps what the worker learns about itself; decides nothing about time and does no I/O.

    >>> health = Health()
    >>> [shortfall.reason.value for shortfall in health.shortfalls()]
    ['not_assigned']
    >>> health.assign([("orders", 0)])
    >>> health.shortfalls()[0].detail
    'catching up on orders-0'
    >>> health.caught_up("orders", 0)
    >>> health.shortfalls()
    []
    """

    def __init__(self) -> None:
        self._assigned = False
        self._behind: set[tuple[str, int]] = set()
        self._partitions: set[tuple[str, int]] = set()
        self._unreachable: dict[str, str] = {}
        self._crash = ""
        self._blind: list[str] = []

    def assign(self, partitions: Iterable[tuple[str, int]]) -> None:
        """The whole assignment after a rebalance; it may be empty where workers outnumber partitions.

        Partitions that stay assigned keep what is known of them; new ones count as behind until `caught_up`.
        """
        assigned = set(partitions)
        self._behind = (self._behind & assigned) | (assigned - self._partitions)
        self._partitions = assigned
        self._assigned = True

    def revoke(self) -> None:
        """A rebalance has begun: until the next `assign` this worker holds nothing."""
        self._assigned = False
        self._partitions = set()
        self._behind = set()

    def caught_up(self, topic: str, partition: int) -> None:
        """The position reached the end that the partition had when it was assigned."""
        self._behind.discard((topic, partition))

    def receiver(self, name: str, problem: str = "") -> None:
        """The last attempt at a receiver: an empty problem says that it answered."""
        if problem:
            self._unreachable[name] = problem
        else:
            self._unreachable.pop(name, None)

    def blind(self, details: Iterable[str]) -> None:
        """Why the worker sees nothing of what happens now, a sentence each; empty where it sees."""
        self._blind = list(details)

    def crash(self, problem: str) -> None:
        """A part of the worker has ended for good: only a restart helps."""
        self._crash = problem

    @property
    def alive(self) -> bool:
        return not self._crash

    def shortfalls(self) -> list[Shortfall]:
        """Every unmet condition, empty when ready."""
        found: list[Shortfall] = []
        if self._crash:
            found.append(Shortfall(Unmet.CRASHED, self._crash))
        if not self._assigned:
            found.append(Shortfall(Unmet.NOT_ASSIGNED, "no partitions assigned yet"))
        if self._behind:
            names = [f"{topic}-{partition}" for topic, partition in sorted(self._behind)]
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            found.append(Shortfall(Unmet.CATCHING_UP, f"catching up on {', '.join(names[:5])}{more}"))
        found += [
            Shortfall(Unmet.RECEIVER_UNREACHABLE, f"receiver {name}: {problem}")
            for name, problem in sorted(self._unreachable.items())
        ]
        return found + [Shortfall(Unmet.BLIND, detail) for detail in self._blind]
