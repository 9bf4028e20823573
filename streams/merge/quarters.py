"""When a quarter of an hour is final: two hours after its end, with what came late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.merge.ahead import Ahead, Due
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

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

    def due(self, frontier: int) -> Iterator[tuple[int, Due]]:
        """Each quarter that closes when slots below `frontier` are final, in order, with its late cells."""
        while (self.following + 1) * QUARTER_SLOTS + CLOSING_SLOTS <= frontier:
            quarter = self.following
            self.following += 1
            yield quarter, self.late.take(quarter + 1)
