"""Ends a process whose interpreter stands still: none of its own threads can, for each needs the interpreter."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
from typing import TYPE_CHECKING, Final

from streams.transport.life import watchdog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MORE_S: Final = 10.0  # than the watchdog's limit: a thread that can still speak says first what stands still
_EVERY_S: Final = 1.0
_STANDARD_ERROR: Final = 2


class WatchdogTimer:
    """A timer of the C library's, which the loop puts back once a second. When it runs out, it writes to standard error
    where every thread stands, and ends the process with code 1.

    A process that was stopped (SIGSTOP) for longer than the limit looks like one that hangs, and ends when it
    goes on. Ctrl-Z says so beforehand: `pause`. One for a process, as Python has one such timer.

    Args:
        limit_s: seconds without the loop; by default ten more than the watchdog's.

    """

    def __init__(self, limit_s: float | None = None) -> None:
        self._limit_s = watchdog.LIMIT_S + MORE_S if limit_s is None else limit_s
        self._next: asyncio.TimerHandle | None = None

    def wind(self) -> None:
        """Put it back, now and for as long as the running loop turns."""
        faulthandler.dump_traceback_later(self._limit_s, exit=True, file=_STANDARD_ERROR)
        self._next = asyncio.get_running_loop().call_later(min(_EVERY_S, self._limit_s / 4), self.wind)

    def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()
        faulthandler.cancel_dump_traceback_later()

    def pause(self) -> None:
        """Stop the process, as Ctrl-Z is meant to; go on when it is asked to, with the timer put back."""
        self.stop()
        os.kill(os.getpid(), signal.SIGSTOP)
        self.wind()


@contextlib.asynccontextmanager
async def wound(limit_s: float | None = None) -> AsyncIterator[None]:
    """The timer runs; the process is ours alone, not one in which tests or others set this timer."""
    timer, loop = WatchdogTimer(limit_s), asyncio.get_running_loop()
    timer.wind()
    loop.add_signal_handler(signal.SIGTSTP, timer.pause)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTSTP)
        timer.stop()
