"""Decides over the partitions of one agent: acquire, suspend, resume, restore again, stall and close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from streams.transport.flush.flush import FlushFailedError
from streams.transport.partitions.life import State
from streams.transport.partitions.log_bounds import refuse_loss
from streams.transport.partitions.partition import Partition

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping

    from faust.types import TP

    from streams.transport.driver.batch_driver import Standing
    from streams.transport.partitions.positions import Positions

_SUSPEND_LIMIT_S = 4.0  # within a session timeout: no heartbeat is sent in the meantime
_LAST_LIMIT_S = 1.5
_FENCED_AT_ONCE = 16
_FENCE_TRIES = 8
_HOLE_S = 2.0  # batches of an earlier position may still arrive for so long after a seek
_STALLED_S = 10.0

P = TypeVar("P", bound=Partition)
logger = logging.getLogger(__name__)


class Recovery(Protocol[P]):
    """How partitions of one kind come from nothing to where reading begins."""

    def create(self, tp: TP) -> P:
        """Nothing of it is fenced or read yet."""

    async def restore(self, parts: Collection[P]) -> None:
        """Memory and position as of the last checkpoint, of partitions that are fenced. Raises what ends the worker."""


class PartitionOwner(Generic[P]):
    """Owns the partitions of some topics that the group gives to this worker.

    Args:
        fail: called with what ends the worker.
        heartbeat_interval_s: tells how soon a worker that was fenced knows whether it still owns a partition.

    Attributes:
        parts: those that are owned; the same dict for ever.

    """

    def __init__(
        self,
        topics: Collection[str],
        recovery: Recovery[P],
        positions: Positions,
        *,
        fail: Callable[[str, BaseException], None],
        heartbeat_interval_s: float,
    ) -> None:
        self.topics = topics
        self.parts: dict[TP, P] = {}
        self._recovery = recovery
        self._positions = positions
        self._fail = fail
        self._heartbeat_s = heartbeat_interval_s
        self._fencing = asyncio.Semaphore(_FENCED_AT_ONCE)
        self._is_current: Callable[[], bool] = lambda: False
        self._suspended = asyncio.Event()
        self._closed = False

    @property
    def current(self) -> bool:
        """Whether the assignment of the present generation has been taken over."""
        return self._is_current()

    async def acquire(self, tps: Collection[TP], is_current: Callable[[], bool]) -> Mapping[TP, int]:
        """Own exactly `tps` from now on.

        A partition that was ours and is not in doubt resumes where it was: fencing catches the rest.

        Returns where to read each from; nothing where the generation has passed meanwhile, or something failed.
        """
        await self.suspend()
        gone = [part for tp, part in self.parts.items() if tp not in tps or part.in_doubt]
        for part in gone:
            del self.parts[part.tp]
        await finish_all(part.close() for part in gone)
        if self._closed:
            return {}
        self._suspended.clear()
        fresh = [self._recovery.create(tp) for tp in tps if tp not in self.parts]
        async with contextlib.AsyncExitStack() as unowned:  # what is fenced is let go of, unless it becomes ours
            for part in fresh:
                part.enter(State.RESTORING)
                unowned.push_async_callback(part.close)
            if not await self._restore(fresh, is_current):
                return {}
            unowned.pop_all()
        self.parts.update((part.tp, part) for part in fresh)
        self._is_current = is_current
        now = time.monotonic()
        for part in self.parts.values():
            part.run(now)
        return {tp: part.position for tp, part in self.parts.items()}

    async def suspend(self) -> None:
        """Take nothing more, and let the work under way end within a few seconds."""
        self._stop()
        works = [part.work for part in self.parts.values() if part.work is not None]
        if works:
            await asyncio.wait(works, timeout=_SUSPEND_LIMIT_S)

    async def close(self, finish: Callable[[P], Awaitable[None]]) -> None:
        """Let go of all, for ever; `finish` writes the last checkpoint of a partition, and has little time for it."""
        was_current, self._closed = self.current, True
        self._stop()
        try:
            if was_current:
                await asyncio.gather(*(self._finish(part, finish) for part in self.parts.values()))
        finally:
            parts = list(self.parts.values())
            self.parts.clear()
            await asyncio.gather(*(part.close() for part in parts), return_exceptions=True)

    def start(self, part: P, work: Callable[[P], Coroutine[Any, Any, None]]) -> None:
        """Work for a partition, unless some is under way. After FlushFailedError the partition is restored."""
        if part.work is None:
            part.work = asyncio.get_running_loop().create_task(self._carry_out(part, work))
            part.work.add_done_callback(lambda done: self._ended(part, done))

    def on_hole(self, part: P) -> None:
        """A batch has arrived that is not the next one: after a while the next one is fetched again."""
        if time.monotonic() - part.moved_at >= _HOLE_S:
            self.start(part, self._seek_back)

    def look_for_stall(self, part: P, standing: Standing | None, *, is_held: bool = False) -> None:
        """Call about once a second: reads on where records wait and nothing arrives, unless the partition is held."""
        now = time.monotonic()
        if standing is None or standing.last_stable_offset <= part.position:
            part.moved_at = now
            if standing is not None and standing.last_stable_offset < part.position:
                self.start(part, self._look_at_log)  # it never shrinks, unless the topic was created again
        elif now - part.moved_at > _STALLED_S and not is_held:
            part.moved_at = now
            self.start(part, self._seek_back)

    # Ends of generations

    def _stop(self) -> None:
        self._is_current = lambda: False
        self._suspended.set()
        for part in self.parts.values():
            if part.state is not State.SUSPENDED:
                part.enter(State.SUSPENDED)

    async def _finish(self, part: P, finish: Callable[[P], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(_LAST_LIMIT_S):
                await part.settle()
                if not part.in_doubt:
                    await finish(part)
        except (TimeoutError, FlushFailedError, OSError) as error:
            logger.warning("%s: no last checkpoint: %r", part, error)

    # Work

    async def _carry_out(self, part: P, work: Callable[[P], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(part)
        except FlushFailedError as failure:
            logger.warning("%s: restoring from the last checkpoint, because a flush failed: %s", part, failure)
            await self._restore_again(part)

    def _ended(self, part: P, task: asyncio.Task[None]) -> None:
        part.work = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(f"partition {part}", error)

    async def _seek_back(self, part: P) -> None:
        """Read on from where processing stands, after batches got lost on the way or the log was cut."""
        bounds = (await self._positions.bounds(part.tp))[part.tp]
        refuse_loss(part.tp, part.needed, bounds, part.remedy)
        if bounds.first > part.position:
            logger.error("%s: the broker has dropped offsets %d to %d unread", part, part.position, bounds.first - 1)
            part.skip_to(bounds.first)
        part.moved_at = time.monotonic()
        await self._positions.move_to(part.tp, part.position)

    async def _look_at_log(self, part: P) -> None:
        """Raises LostRecordsError where the log has shrunk."""
        refuse_loss(part.tp, part.needed, (await self._positions.bounds(part.tp))[part.tp], part.remedy)

    # Restoring

    async def _restore_again(self, part: P) -> None:
        if part.running:  # not suspended meanwhile
            part.enter(State.RESTORING)
        # Fenced, or asleep for longer than the session: somebody else may own the partition by now. The next heartbeats
        # tell, and then we are revoked. And a broker in trouble gains from the pause.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._suspended.wait(), 2.5 * self._heartbeat_s)
        if self.current and await self._restore([part], self._is_current):
            part.run(time.monotonic())
            await self._positions.move_to(part.tp, part.position)

    async def _restore(self, parts: Collection[P], is_current: Callable[[], bool]) -> bool:
        """Fences first, reads second. Whether it came to that and nobody was suspended meanwhile."""
        try:
            await finish_all(self._fence(part, is_current) for part in parts)
            if is_current():
                await self._recovery.restore(parts)
                for part in parts:
                    part.in_doubt = False
        except Exception as error:  # noqa: BLE001 - what fails ends the worker, unless the generation has passed
            if is_current() and not self._suspended.is_set():
                self._fail(f"restoring {', '.join(map(str, parts))}", error)
            return False
        return is_current() and not self._suspended.is_set()

    async def _fence(self, part: P, is_current: Callable[[], bool]) -> None:
        """Raises FlushFailedError after some tries, or when no longer current."""
        async with self._fencing:
            for attempt in range(_FENCE_TRIES):
                try:
                    await part.writer.open()
                except FlushFailedError:
                    if attempt + 1 == _FENCE_TRIES or not is_current():
                        raise
                    await asyncio.sleep(0.5 * (attempt + 1))
                else:
                    return


async def finish_all(works: Iterable[Awaitable[None]]) -> None:
    """Raises the first failure when all have ended, so that none goes on behind the caller's back."""
    for failure in await asyncio.gather(*works, return_exceptions=True):
        if failure is not None:
            raise failure
