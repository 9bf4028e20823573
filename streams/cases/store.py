"""What is remembered of which role, and for which links."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.cases.memory import Memory
from streams.cases.run import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.cases.look_up import Batch
    from streams.cases.marks import Marks
    from streams.catalogue.case_roles import CaseLink, Role


class Store:
    """A memory of one role's marks.

    Args:
        role: of which marks.
        first_in_s: only the first mark of a case is kept, and then none for so long; 0: all.
        kept: see `Memory`.
        reach_s: how long ago what is asked for may be.

    """

    def __init__(self, name: str, role: Role, first_in_s: int, kept: Kept, reach_s: int, limit: int) -> None:
        self.name = name
        self.role = role
        self.memory = Memory(kept, limit)
        self._first_in_ms = first_in_s * 1000
        self._reach_ms = max(reach_s * 1000, self._first_in_ms)

    def fresh(self, batch: Batch) -> Marks:
        """Those of a batch that enter the memory."""
        marks = batch.marks
        if not self._first_in_ms or not marks.case.size:
            return marks
        marks = marks.chosen(np.concatenate(([True], marks.case[1:] != marks.case[:-1])))
        known = self.memory.last(marks.case, marks.time - self._first_in_ms + 1, marks.time).known
        if batch.late:
            known |= self.memory.first(marks.case, marks.time, marks.time + self._first_in_ms - 1).known
        return marks.chosen(~known)

    def go_on(self, now_ms: int, closing_ms: int) -> None:
        """Forgets what nobody can ask for any more: late events look back from two hours ago and more."""
        self.memory.go_on(now_ms, self._reach_ms + closing_ms)


class Use(NamedTuple):
    """Which stores a link looks at, by number: of the earlier events, of its own, and of its own that are the first."""

    earlier: int | None
    own: int | None
    fresh: int | None


class _Want(NamedTuple):
    role: Role
    first_in_s: int
    first: bool
    link: int  # whose alone it is, as it uses marks up; -1: anybody's


def stores_of(links: Sequence[CaseLink], limit: int) -> tuple[list[Store], list[Use]]:
    """The stores that links need, each once, and which link uses which."""
    wants: dict[_Want, tuple[int, Kept, int]] = {}

    def want(role: Role, first_in_s: int, kept: Kept, reach_s: int, link: int = -1) -> int:
        key = _Want(role, first_in_s, kept.first, link)
        number, before, reach = wants.get(key, (len(wants), Kept(first=kept.first), 0))
        merged = Kept(*(one or other for one, other in zip(before, kept, strict=True)))
        wants[key] = (number, merged, max(reach, reach_s))
        return number

    uses = []
    for number, link in enumerate(links):
        term = link.term
        earlier = own = fresh = None
        if term.after is not None and link.earlier is not None:
            kept = Kept(term.after.take == "first", bool(term.value), bool(link.earlier.value), term.after.once)
            alone = number if term.after.once else -1
            earlier = want(link.earlier, term.after.first_in_s, kept, term.after.reach_s, alone)
        if term.nth:
            own = want(link.later, 0, Kept(counted=True), term.reach_s)
        if term.first_in_s:
            fresh = want(link.later, term.first_in_s, Kept(), term.first_in_s)
        uses.append(Use(earlier, own, fresh))
    stores = [
        Store(_name(key, links), key.role, key.first_in_s, kept, reach_s, limit)
        for key, (_, kept, reach_s) in wants.items()
    ]
    return stores, uses


def _name(want: _Want, links: Sequence[CaseLink]) -> str:
    """The same in whatever catalogue: snapshots know stores by it."""
    first = "first" if want.first else "last"
    alone = "" if want.link < 0 else f"/{links[want.link].later.key()}"
    return f"{want.role.key()}/{want.first_in_s}/{first}{alone}"
