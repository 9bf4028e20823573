"""The boundaries of event time that evaluation steps through, in order, however far the watermark jumps."""

from __future__ import annotations

from datetime import UTC, datetime

from streams.evaluation.window_reader import TICK_MS
from streams.events.event_time import event_time_ms

QUARTER_MS = 900_000
_WARM_MS = 2 * 3_600_000 + 60_000  # what the rings of minutes hold


class Ticks:
    """Every 10 s; in history, before evaluation starts, every 15 minutes.

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
