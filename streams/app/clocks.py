"""What time it is: for the data, and for alerting."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from streams.settings.settings import Settings
    from streams.transport.life.clock import WorkerClock


class WorkerClocks(Protocol):
    """The two clocks of a worker: the wall's, and that of the records it has read."""

    @property
    def wall(self) -> WallNow: ...
    @property
    def clock(self) -> WorkerClock: ...


class WallNow(Protocol):
    """A wall clock."""

    def now_ms(self) -> int: ...


class Clocks:
    """Asked by everything that needs to know what time it is.

    Args:
        settings: `time` decides: live, or that of the events.
        worker: has both clocks.
        newest: how far the source logs reach: ahead of the worker's clock while it catches up.

    """

    def __init__(self, settings: Settings, worker: WorkerClocks, newest: WorkerClock) -> None:
        self._live = settings.time == "live"
        self._worker = worker
        self._newest = newest

    def data_now_ms(self) -> int | None:
        """Now for the data: with `time: live` the wall clock, with `time: events` the worker's."""
        return self._worker.wall.now_ms() if self._live else self._worker.clock.now_ms()

    def data_now_s(self) -> float:
        """The same in seconds; the wall's before the first record."""
        now = self.data_now_ms()
        return time.time() if now is None else now / 1000

    def alerting_now_ms(self) -> int | None:
        """Now for messages, silences and acknowledgements: with `time: live` the wall clock, whatever was read last.

        With `time: events` the worker's clock, or that of what it has still to read: what is over pages nobody.
        """
        if self._live:
            return self._worker.wall.now_ms()
        return max((now for now in (self.data_now_ms(), self._newest.now_ms()) if now is not None), default=None)

    def alerting_now_s(self) -> float:
        """The same in seconds; the wall's clock before the first record."""
        now = self.alerting_now_ms()
        return time.time() if now is None else now / 1000
