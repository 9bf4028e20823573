"""What is remembered of which role, and for which links."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.cases.memory import Memory
from streams.cases.run import Kept
from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.cases.look_up import Batch, Here
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
        self.reach_ms = max(reach_s * 1000, self._first_in_ms)

    def fresh(self, batch: Batch) -> Marks:
        """Those of a batch that enter the memory."""
        marks = batch.marks
        if not self._first_in_ms or not marks.case.size:
            return marks
        near_ms = self._first_in_ms - 1
        newest = marks.time + near_ms if batch.late else marks.time
        known = self.memory.count(marks.case, marks.time - near_ms, newest) > 0
        marks = marks.chosen(~known)
        # Those of a batch lie within a quarter of an hour, and so long none follows another.
        return marks.chosen(np.diff(marks.case, prepend=-1) != 0)

    def remember(self, here: Here) -> None:
        """What is used up is kept only where it still says that others are not the first."""
        if self._first_in_ms:
            self.memory.add(here.marks, SLOT_MS, here.used)
        else:
            self.memory.add(here.left(), SLOT_MS)

    def go_on(self, now_ms: int, closing_ms: int) -> Iterator[None]:
        """Forgets what nobody can ask for any more: late events look back from two hours ago and more."""
        return self.memory.go_on(now_ms, self.reach_ms + closing_ms)


class Use(NamedTuple):
    """Which stores a link looks at, by number: of the earlier events, of its own, and of its own that are the first."""

    earlier: int | None
    own: int | None
    fresh: int | None


class _Want(NamedTuple):
    role: Role
    first_in_s: int
    alone: str  # of whom it is, who uses marks up; "": anybody's


def stores_of(links: Sequence[CaseLink], limit: int) -> tuple[list[Store], list[Use]]:
    """The stores that links need, each once, and which link uses which. Names are the same in other catalogues."""
    wants: dict[_Want, tuple[int, Kept, int]] = {}

    def want(key: _Want, kept: Kept, reach_s: int) -> int:
        number, before, reach = wants.get(key, (len(wants), Kept(), 0))
        merged = Kept(*(one or other for one, other in zip(before, kept, strict=True)))
        wants[key] = (number, merged, max(reach, reach_s))
        return number

    uses = []
    users: Counter[tuple[Role | None, Role]] = Counter()
    for link in links:
        term = link.term
        earlier = own = fresh = None
        if (after := term.after) is not None and link.earlier is not None:
            users[link.earlier, link.later] += after.once
            alone = f"/{link.later.key()}/{users[link.earlier, link.later]}" if after.once else ""
            every = after.once or after.take == "first" or bool(term.value)
            kept = Kept(every, bool(link.earlier.value), after.once)
            earlier = want(_Want(link.earlier, after.first_in_s, alone), kept, after.reach_s)
        if term.nth:
            own = want(_Want(link.later, 0, ""), Kept(every=True), term.reach_s)
        if term.first_in_s:
            fresh = want(_Want(link.later, term.first_in_s, ""), Kept(), term.first_in_s)
        uses.append(Use(earlier, own, fresh))
    stores = [
        Store(f"{key.role.key()}/{key.first_in_s}{key.alone}", key.role, key.first_in_s, kept, reach_s, limit)
        for key, (_, kept, reach_s) in wants.items()
    ]
    return stores, uses
