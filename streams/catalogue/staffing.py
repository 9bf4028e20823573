"""What a queue promises, how its agents work, and what of the events tells how many of them it needs."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from streams.catalogue.term import Condition, Term


class Promise(NamedTuple):
    """What holds for one queue; see `Staffing`."""

    target: float
    within_s: float
    shrinkage: float
    chats_per_agent: float


class QueueStaffing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What differs in one queue; see `Staffing`."""

    target: float | None = None
    within_s: float | None = None
    shrinkage: float | None = None
    chats_per_agent: float | None = None


class Staffing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many agents are enough.

    Attributes:
        target: the share of the contacts offered that is to be answered in time.
        within_s: the time within which that is.
        shrinkage: the share of the agents who are staffed that is on a break or in a meeting at any time. 0 where the
            system that sends snapshots leaves them out.
        chats_per_agent: how many contacts an agent handles at once.
        queues: what differs, by the name of the queue.

    """

    target: float = 0.8
    within_s: float = 20.0
    shrinkage: float = 0.0
    chats_per_agent: float = 1.0
    queues: dict[str, QueueStaffing] = {}

    def of(self, queue: str) -> Promise:
        """What holds for that queue.

        >>> Staffing(queues={"vip": QueueStaffing(target=0.95)}).of("vip")
        Promise(target=0.95, within_s=20.0, shrinkage=0.0, chats_per_agent=1.0)
        """
        own = self.queues.get(queue, QueueStaffing())
        told = ((getattr(own, key), getattr(self, key)) for key in Promise._fields)
        return Promise(*(shared if mine is None else mine for mine, shared in told))


def _snapshot(field: str, *, value: bool) -> tuple[Term, ...]:
    return (Term(("queue.snapshot",), {field: Condition(present=True)}, value=field if value else ""),)


# What follows from `signal: staffing` by itself. Sums over snapshots and their number make means: a queue whose
# snapshots come twice as often has no more agents for that.
REPORTS: Final = _snapshot("staffed", value=False)
STAFFED: Final = _snapshot("staffed", value=True)
WAITING: Final = _snapshot("waiting", value=True)
HANDLE_TIMES: Final = tuple(
    msgspec.structs.replace(term, where={"handle_time": Condition(above=0.0)})
    for term in _snapshot("handle_time", value=True)
)
TIMED: Final = tuple(msgspec.structs.replace(term, value="") for term in HANDLE_TIMES)
WAITED: Final = (
    Term(("consultation.answered",), {"transfers": Condition(any_of=(None, 0))}, value="waited"),
    Term(("consultation.abandoned",), value="waited"),
)
