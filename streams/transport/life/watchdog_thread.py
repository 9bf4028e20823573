"""Ends the process when its watchdog says so, whatever the loop is doing."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.transport.life.watchdog import Watchdog

_EVERY_S = 1.0
_STOPPED_S = 5.0  # a pause of the whole process, not of a part of it

logger = logging.getLogger(__name__)


class WatchdogThread:
    """Asks the watchdog once a second, from a thread of its own.

    Args:
        clock: monotonic, in seconds.
        end: ends the process with an exit code, at once: a worker that stands still cannot be asked to stop.

    """

    def __init__(
        self, watchdog: Watchdog, clock: Callable[[], float], end: Callable[[int], object], every_s: float = _EVERY_S
    ) -> None:
        self._watchdog = watchdog
        self._clock = clock
        self._end = end
        self._every_s = every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(2 * self._every_s)

    def _run(self) -> None:
        asked_at = self._clock()
        while not self._over.wait(self._every_s):
            now = self._clock()
            pause = now - asked_at - self._every_s
            asked_at = now
            if pause > _STOPPED_S:
                self._watchdog.excuse(pause)
            standstill = self._watchdog.overdue(now)
            if standstill is not None:
                logger.critical("the worker ends with code %d: %s", standstill.station, standstill)
                self._end(int(standstill.station))
                return
