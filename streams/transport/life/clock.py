"""The worker's clock: "now" is a time of the records, so a replay of 1999 lives in 1999."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 120


class WorkerClock:
    """The largest Kafka record timestamp read, plus the wall time since (docs/semantics.md).

    Args:
        monotonic: seconds of a clock that never goes back.
        wall_ms: the wall clock, which no record takes this one past; None where the time of events is all there is.

    >>> elapsed = [0.0]
    >>> clock = WorkerClock(lambda: elapsed[0])
    >>> clock.now_ms() is None
    True
    >>> clock.observe(1_000)
    >>> elapsed[0] = 2.5
    >>> clock.now_ms()
    3500

    """

    def __init__(self, monotonic: Callable[[], float], wall_ms: Callable[[], int] | None = None) -> None:
        self._monotonic = monotonic
        self._wall_ms = wall_ms
        self._ahead_ms: float | None = None  # reading less the monotonic clock: it only ever grows
        self._history: deque[tuple[float, float]] = deque(maxlen=_KEPT)  # (monotonic s, ahead from then on)

    def observe(self, timestamp_ms: int) -> None:
        """Take in the timestamp of a record that was read."""
        now = self._monotonic()
        if self._wall_ms is not None:
            timestamp_ms = min(timestamp_ms, self._wall_ms())
        ahead = timestamp_ms - now * 1000.0
        if self._ahead_ms is None or ahead > self._ahead_ms:
            self._ahead_ms = ahead
            if self._history and now - self._history[-1][0] < 0.1:
                self._history[-1] = (self._history[-1][0], ahead)
            else:
                self._history.append((now, ahead))

    def now_ms(self) -> int | None:
        """None until a record has been read."""
        return None if self._ahead_ms is None else round(self._monotonic() * 1000.0 + self._ahead_ms)

    def was_ms(self, ago_s: float) -> int | None:
        """What the clock showed `ago_s` seconds ago; None where it showed nothing or that is forgotten."""
        then = self._monotonic() - ago_s
        for since, ahead in reversed(self._history):
            if since <= then:
                return round(then * 1000.0 + ahead)
        return None
