"""What events add up to by group key: one plane for those on time, one for those behind the watermark."""

from __future__ import annotations

from collections import Counter
from itertools import chain, compress
from typing import TYPE_CHECKING, Any, Final

from streams.cells.gauge import MOMENT_BITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from streams.ingest.group import GroupKey
    from streams.ingest.grouping import Keys, Sum


SELECTED: Final[tuple[Any, ...]] = (-1,)
"""Stands for the key where an event was selected for a rule; its amount says where it is held."""


class Plane:
    """Adds up keys and sums as `streams.ingest.grouping` makes them.

    Attributes:
        amounts: by key, in the order of their first events.
        marks: keys of events that are marked for cases, by the number of their group.
        selected: what is held of events for rules (`streams.ingest.selection`).

    """

    def __init__(self, gauges: AbstractSet[int] = frozenset(), cases: AbstractSet[int] = frozenset()) -> None:
        """Numbers of groups of their own kind.

        Args:
            gauges: those of which the last amount is kept, packed as in `streams.cells.gauge`.
            cases: those whose events are marked.

        """
        self.amounts: Counter[GroupKey] = Counter()
        self.marks: dict[int, list[GroupKey]] = {number: [] for number in cases}
        self.selected: list[int] = []
        self._gauges = gauges
        self._special = gauges | cases | {SELECTED[0]}

    def add(self, keys: Sequence[Keys], sums: Sequence[Sum]) -> None:
        """All events of a batch."""
        amounts = self.amounts
        amounts.update(chain.from_iterable(keys))
        before = amounts.get  # what a Counter does where a key is missing is a call of Python
        for _, key, amount in sums:
            if key[0] not in self._special:
                amounts[key] = before(key, 0) + amount
            elif key is SELECTED:
                self.selected.append(amount)
            elif key[0] not in self._gauges:
                self.marks[key[0]].append(key)
            elif amount >> MOMENT_BITS >= before(key, 0) >> MOMENT_BITS:
                amounts[key] = amount

    def add_some(self, keys: Sequence[Keys], sums: Sequence[Sum], chosen: Sequence[bool]) -> None:
        """Only the events that are chosen, by position."""
        self.add(list(compress(keys, chosen)), [each for each in sums if chosen[each[0]]])
