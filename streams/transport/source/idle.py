"""When a source partition has nothing to say, and what may be promised for it then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from streams.ingest.idle_promise import idle_watermark

if TYPE_CHECKING:
    from streams.transport.driver.batch_driver import Standing
    from streams.transport.life.clock import WorkerClock
    from streams.transport.source.source_options import SourceOptions

FRESH_MS = 3_000


class Reading(Protocol):
    """A partition: the next offset to process, and the largest event time so far."""

    @property
    def position(self) -> int: ...
    @property
    def largest_event_time(self) -> int: ...


class IdleWatch:
    """Idle is what has read to its last stable offset, by fresh answers of the broker, without progress for `after_s`.

    The end comes from the broker and not from the last message: aborted transactions and markers take up offsets too.
    Progress is of event time: a partition in which all is refused, or late, must not hold back the watermark of all.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._since: float | None = None
        self._progress = -1

    def is_idle(self, reading: Reading, standing: Standing | None, now_s: float, wall_ms: int) -> bool:
        """Call about once a second.

        Args:
            reading: how far the partition is.
            standing: what the last fetch response said; None when there was none.
            now_s: a monotonic clock.
            wall_ms: the wall clock, on which `standing` is dated.

        """
        caught_up = (
            standing is not None
            and reading.position >= standing.last_stable_offset
            and wall_ms - standing.asked_at_ms <= FRESH_MS
        )
        if not caught_up:
            self._since = None
            return False
        if self._since is None or reading.largest_event_time != self._progress:
            self._since = now_s
            self._progress = reading.largest_event_time
        return now_s - self._since >= self._after_s


def promised_watermark(clock: WorkerClock, options: SourceOptions) -> int | None:
    """Event time up to which an idle partition speaks: the clock as it was before the idling, less lateness and slack.

    None where the clock knows nothing. An event that is on time when it arrives later is never behind this.
    """
    before = clock.was_ms(options.idle_after_s)
    return None if before is None else idle_watermark(before, options.lateness_s * 1000)
