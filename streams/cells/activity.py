"""When there were events, over all sources and metrics: what decides how closely ticks follow one another."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from streams.cells.record import BUSY_GAP_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterable

_HISTORY_SLOTS = 12_960  # 36 h: longer than what closing a quarter looks back at


class Activity:
    """Spans of slots with events, apart by more than `BUSY_GAP_SLOTS`; those that touch are one.

    >>> activity = Activity()
    >>> activity.add([(100, 120), (500, 500)])
    >>> activity.add([(150, 160)])
    >>> activity.spans
    [(100, 160), (500, 500)]
    >>> activity.last_before(400), activity.last_before(110), activity.next_from(161)
    (160, 109, 500)
    """

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self.spans: list[tuple[int, int]] = [(first, last) for first, last in spans]

    def add(self, spans: Iterable[tuple[int, int]]) -> None:
        """Takes first and last slots of spans, both included, in any order."""
        for span in spans:
            first, last = span
            begin = bisect_left(self.spans, first - BUSY_GAP_SLOTS, key=lambda known: known[1])
            end = begin
            while end < len(self.spans) and self.spans[end][0] <= last + BUSY_GAP_SLOTS:
                first, last = min(first, self.spans[end][0]), max(last, self.spans[end][1])
                end += 1
            self.spans[begin:end] = [(first, last)]

    def last_before(self, slot: int) -> int | None:
        """The last slot before `slot` that was busy; None where none is known."""
        place = bisect_left(self.spans, slot, key=lambda known: known[0])
        return None if place == 0 else min(self.spans[place - 1][1], slot - 1)

    def next_from(self, slot: int) -> int | None:
        """The first busy slot at or after `slot`; None where none is known yet."""
        place = bisect_left(self.spans, slot, key=lambda known: known[1])
        return None if place == len(self.spans) else max(self.spans[place][0], slot)

    def forget(self, slot: int) -> None:
        """Lets go of what ended long before `slot`, but for the last of it."""
        gone = bisect_left(self.spans, slot - _HISTORY_SLOTS, key=lambda known: known[1])
        del self.spans[: max(0, min(gone, len(self.spans)) - 1)]
