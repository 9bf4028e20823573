"""Up to where the tests of a metric have followed its windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.evaluation.window_reader import TICK_MS

if TYPE_CHECKING:
    from streams.evaluation.moment import Moment

_LONGEST_GAP_MS: Final = 26 * 3_600_000


class Gap(NamedTuple):
    """What a test takes in: the last `ms`; `anew` where it goes on from nothing that it has followed."""

    ms: int
    anew: bool

    @property
    def slots(self) -> int:
        """The same in slots of 10 s."""
        return self.ms // TICK_MS


class Followed:
    """Ticks that were left out are taken in at the next one, but for hours in which it was closed. Part of the state.

    After more than 26 hours, or at first, tests begin anew with the last tick.

    Attributes:
        until_ms: where the windows of the last tick ended that was taken in; 0 before there was one.

    """

    def __init__(self) -> None:
        self.until_ms = 0

    def gap(self, moment: Moment) -> Gap:
        """What came since the last time; from now on it counts as taken in."""
        ms = moment.end_ms - max(self.until_ms, moment.open_since or 0)
        self.until_ms = moment.end_ms
        return Gap(ms, anew=False) if 0 < ms <= _LONGEST_GAP_MS else Gap(TICK_MS, anew=True)
