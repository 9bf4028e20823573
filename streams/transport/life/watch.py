"""A loop that is dead ends the worker: a process that is up and does nothing helps nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from streams.settings.errors import OutageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

logger = logging.getLogger(__name__)


class WorkerFailedError(OutageError):
    """The worker cannot go on. The message says which part failed and why."""


class Watch:
    """Collects the loops of a worker and its first failure."""

    def __init__(self) -> None:
        self._failure: asyncio.Future[WorkerFailedError] = asyncio.get_running_loop().create_future()
        self._loops: list[asyncio.Task[Any]] = []

    def start(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        """Run a loop that must never end."""
        task = asyncio.get_running_loop().create_task(loop, name=name)
        self._loops.append(task)
        task.add_done_callback(self._ended)

    def fail(self, what: str, error: BaseException) -> None:
        """Report what ends the worker; only the first report counts."""
        if not self._failure.done():
            if isinstance(error, WorkerFailedError):  # meant for people as it is
                self._failure.set_result(error)
                return
            logger.error("%s failed", what, exc_info=error)
            failure = WorkerFailedError(f"{what} failed: {error!r}")
            failure.__cause__ = error
            self._failure.set_result(failure)

    @property
    def failed(self) -> bool:
        return self._failure.done()

    async def failure(self) -> WorkerFailedError:
        """Wait for the first failure."""
        return await asyncio.shield(self._failure)

    async def look_at(self, has_crashed: Callable[[], BaseException | None], every_s: float = 0.5) -> None:
        """A loop that asks something which cannot report by itself."""
        while True:
            await asyncio.sleep(every_s)
            error = has_crashed()
            if error is not None:
                self.fail("Faust", error)

    async def stop(self) -> None:
        for task in self._loops:
            task.remove_done_callback(self._ended)
            task.cancel()
        if self._loops:
            await asyncio.wait(self._loops, timeout=0.5)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled():
            self.fail(f"loop {task.get_name()}", task.exception() or RuntimeError("it ended"))
