"""When the counts of a source partition are flushed."""

from __future__ import annotations

import enum

from streams.cells.record import SLOT_MS

_LEAST_S = 1.0


class Due(enum.Enum):
    """Whether a flush is due, and why."""

    NOT_YET = "not yet"
    SLOT = "a slot is complete: merging waits for that"
    INTERVAL = "the flush interval has passed"
    MANY = "many records are waiting"


class FlushTiming:
    """Of one source partition.

    Merging goes by slots of ten seconds. So a flush is due as soon as the watermark has left a slot, which a backlog's
    does all the time: then once a second. In between counts add up, and ten flushes cost three times as much as three.

    Args:
        interval_s: seconds after which counts are flushed though no slot is complete.
        most: records after which they are flushed in any case.
        now_s: a monotonic clock, as everywhere here.

    """

    def __init__(self, interval_s: float, most: int, now_s: float) -> None:
        self._interval_s = interval_s
        self._least_s = min(_LEAST_S, interval_s)
        self._most = most
        self._at_s = now_s
        self._slot = -1

    def due(self, watermark_ms: int, unflushed: int, now_s: float) -> Due:
        """For a partition with something to say.

        >>> timing = FlushTiming(interval_s=4.0, most=50_000, now_s=0.0)
        >>> timing.flushed(19_000, now_s=1.0)
        >>> timing.due(19_900, 10, now_s=3.0).name, timing.due(20_000, 10, now_s=3.0).name
        ('NOT_YET', 'SLOT')
        >>> timing.due(20_000, 10, now_s=1.5).name, timing.due(19_900, 10, now_s=5.0).name
        ('NOT_YET', 'INTERVAL')
        """
        if unflushed >= self._most:
            return Due.MANY
        waited_s = now_s - self._at_s
        if waited_s >= self._interval_s:
            return Due.INTERVAL
        return Due.SLOT if waited_s >= self._least_s and watermark_ms // SLOT_MS > self._slot else Due.NOT_YET

    def flushed(self, watermark_ms: int, now_s: float) -> None:
        """A flush with this watermark has begun."""
        self._at_s, self._slot = now_s, watermark_ms // SLOT_MS
