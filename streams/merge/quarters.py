"""When a quarter of an hour is final: two hours after its end, with what came late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cells.record import SLOT_MS
from streams.merge.ahead import Ahead, Due
from streams.merge.ticks import SILENT_MS
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.cells.activity import Activity

_SILENT_SLOTS = SILENT_MS // SLOT_MS
CLOSING_SLOTS = 720  # 2 h: nothing older is accepted as late


class Quarters:
    """The late plane, by quarter, until the quarter closes.

    Attributes:
        following: the next quarter to close, as slot // 90.
        late: cells of the late plane; their "slot" is the quarter.

    """

    def __init__(self) -> None:
        self.following = 0
        self.late = Ahead()

    def start(self, slot: int) -> None:
        """The first quarter that is whole: one that begins in the middle would teach a baseline too little."""
        self.following = -(-slot // QUARTER_SLOTS)

    def due(self, frontier: int, activity: Activity) -> Iterator[tuple[int, Due]]:
        """Each quarter that closes when slots below `frontier` are final, in order, with its late cells.

        Those before which no source had an event for a day are passed over. The next one tells what they were: see
        `ClosedQuarters`.
        """
        end = (frontier - CLOSING_SLOTS) // QUARTER_SLOTS  # the first that stays open
        while self.following < end:
            quarter = self.following
            self.following += 1
            if self._silent(quarter, activity):
                self.following = self._next_told(quarter + 1, end, activity)
                continue
            yield quarter, self.late.take(quarter + 1)

    def _silent(self, quarter: int, activity: Activity) -> bool:
        over = (quarter + 1) * QUARTER_SLOTS
        last = activity.last_before(over)
        first_late = self.late.first_slot()
        return (last is None or over - last > _SILENT_SLOTS) and (first_late is None or first_late > quarter)

    def _next_told(self, quarter: int, end: int, activity: Activity) -> int:
        """The next quarter that something is known of, `end` at the latest."""
        busy, first_late = activity.next_from(quarter * QUARTER_SLOTS), self.late.first_slot()
        known = [end] if busy is None else [end, busy // QUARTER_SLOTS]
        return max(quarter, min(known if first_late is None else [*known, first_late]))
