"""The boundaries of event time that evaluation steps through, in order, however far the watermark jumps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from streams.cells.record import SLOT_MS
from streams.evaluation.window_reader import QUARTER_MS, TICK_MS
from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from streams.cells.activity import Activity

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000
# Ticks while no source has an event: (for so long, a tick every so many ms). After that, none until there is one.
_QUIET_STEPS = (
    (10 * _MINUTE_MS, TICK_MS),
    (30 * _MINUTE_MS, _MINUTE_MS),
    (6 * _HOUR_MS, QUARTER_MS),
    (24 * _HOUR_MS, _HOUR_MS),
)
SILENT_MS = 24 * _HOUR_MS
_WARM_MS = 2 * 3_600_000 + 60_000  # what the rings of minutes hold


class Ticks:
    """Every 10 s; in history, before evaluation starts, every 15 minutes; while no source has events, ever more seldom.

    So a gap costs what its events cost, not what its length is: an hour of silence takes 84 ticks, a day and a century
    125. Whether there were events is a matter of event time alone, so the ticks are the same live and in a backtest.

    The last two hours before `evaluate_from` are stepped by 10 s as well (not judged), so that the windows are whole
    when the first tick is judged.

    >>> ticks = Ticks(evaluate_from_ms=100 * QUARTER_MS, settle_ms=60_000)
    >>> ticks.after(5), ticks.after(QUARTER_MS), ticks.after(99 * QUARTER_MS) - 99 * QUARTER_MS
    (900000, 1800000, 10000)
    >>> ticks.judged(99 * QUARTER_MS), ticks.judged(100 * QUARTER_MS)
    (False, True)
    """

    def __init__(self, evaluate_from_ms: int, settle_ms: int) -> None:
        self.evaluate_from_ms = evaluate_from_ms
        self.history_until_ms = (evaluate_from_ms - _WARM_MS - settle_ms) // QUARTER_MS * QUARTER_MS

    def after(self, time_ms: int) -> int:
        """The first tick after a time."""
        step = QUARTER_MS if time_ms < self.history_until_ms else TICK_MS
        return (time_ms // step + 1) * step

    def next(self, tick_ms: int, activity: Activity) -> int | None:
        """The tick that follows another one; None where it depends on when the next event comes.

        `activity` must know all slots before the ticks that are asked for.
        """
        found = []
        busy = activity.next_from(tick_ms // SLOT_MS)
        if busy is not None:
            found.append(max(self.after(busy * SLOT_MS), self.after(tick_ms)))
        last = activity.last_before(-(-tick_ms // SLOT_MS))
        quiet_ms = SILENT_MS if last is None else tick_ms - (last + 1) * SLOT_MS
        for until_ms, step in _QUIET_STEPS:
            if quiet_ms < until_ms:
                found.append(max((tick_ms // step + 1) * step, self.after(tick_ms)))
                break
        return min(found, default=None)

    def coarse(self, tick_ms: int) -> bool:
        """Whether a tick only adds up quarters of an hour."""
        return tick_ms <= self.history_until_ms

    def judged(self, tick_ms: int) -> bool:
        """Whether detectors run at a tick."""
        return tick_ms >= self.evaluate_from_ms


def milliseconds(timestamp: str) -> int:
    """RFC 3339 with an offset, to ms since the epoch; 0 for the empty string.

    >>> milliseconds("2026-11-11T00:00:00+08:00"), milliseconds("")
    (1794326400000, 0)

    Raises ValueError for anything else.
    """
    if not timestamp:
        return 0
    known = event_time_ms(timestamp)
    if known is not None:
        return known
    moment = datetime.fromisoformat(timestamp)
    if moment.tzinfo is None:
        raise ValueError(f"{timestamp!r} has no offset: write it like 2026-11-11T00:00:00+08:00")
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // _MILLISECOND


_MILLISECOND = datetime(1970, 1, 1, 0, 0, 0, 1000, UTC) - datetime(1970, 1, 1, tzinfo=UTC)
