"""How far event time has come in one source partition."""

from __future__ import annotations

from streams.cells.record import NO_WATERMARK

NEVER = -(1 << 62)


class Progress:
    """The times, in ms, that decide what is late. What is counted moves them on.

    Attributes:
        largest: event time of the counted events; NEVER before the first.
        front: the same, but never ahead of the wall clock: a fast one drags no others along.
        promised: the watermark that was promised while the partition was idle; NEVER before any.
        lateness_ms: so long an event may come behind.
        restored: whether the largest event time was set, and is not what the events said.

    """

    def __init__(self, lateness_ms: int) -> None:
        self.largest = NEVER
        self.front = NEVER
        self.promised = NEVER
        self.lateness_ms = lateness_ms
        self.restored = False

    @property
    def watermark(self) -> int:
        """The front less the lateness, or what was promised if that is more; NO_WATERMARK before either."""
        watermark = max(self.front - self.lateness_ms, self.promised)
        return watermark if watermark > NEVER else NO_WATERMARK

    def promise(self, watermark_ms: int) -> bool:
        """Raises the watermark; whether that changed it."""
        if watermark_ms <= max(self.promised, self.front - self.lateness_ms):
            return False
        self.promised = watermark_ms
        return True

    def restore(self, largest: int, now_ms: int | None) -> None:
        """Sets the largest event time, or NO_WATERMARK for none; `now_ms` is the wall clock, if there is one."""
        self.largest = NEVER if largest == NO_WATERMARK else largest
        self.front = self.largest if now_ms is None else min(self.largest, now_ms)
        self.restored = True
