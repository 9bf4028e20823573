"""Owns partitions of a topic whose state is a snapshot plus the log after it: pharos-cells and pharos-verdicts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Protocol

from faust.types import TP

from streams.transport.flush.flush import FlushFailedError
from streams.transport.life.watch import WorkerFailedError
from streams.transport.life.watchdog import Duty, Station
from streams.transport.log.keeper import UnreadableStateError
from streams.transport.partitions.log_bounds import LOG_REMEDY, RETENTION, LostRecordsError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Mapping

    from streams.records.batch import RecordBatch
    from streams.transport.driver.fetched import Fetched
    from streams.transport.log.keeper import Keeper, Save, Saved
    from streams.transport.partitions.log_bounds import Bounds
    from streams.transport.partitions.positions import Positions

_TRIES = 8
_SUSPEND_LIMIT_S = 4.0  # within a session timeout: no heartbeat is sent in the meantime
_LOOK_S = 0.25
_HOLE_S = 2.0
_STALLED_S = 10.0
_BUSY_S = 20.0  # well below the watchdog's limit: after so much work on others a partition that waits is excused

logger = logging.getLogger(__name__)


class LogState(Protocol):
    """The state of one partition of the log."""

    @property
    def progress(self) -> Hashable:
        """What changes while one batch is taken in, where that can take long."""

    async def apply(self, batch: RecordBatch) -> None:
        """Take in a batch. Raises FlushFailedError where output could not be written."""

    def take_save(self, offset: int, now_s: float, *, last: bool = False) -> Save | None:
        """What is due to be saved, if anything; `last`: before the worker ends."""

    def on_saved(self, save: Save) -> None:
        """A save took place."""


class LogPartition:
    """One partition in this worker.

    Attributes:
        position: the next offset to apply.
        whole: whether the state agrees with what is saved; not while a save is under way or after one failed.
        turn: held while the state is touched.
        saving: whether a save has been due since the last one that took place.
        saved_at: when the last one did, or the partition was taken over; monotonic, in seconds.

    """

    def __init__(self, tp: TP, keeper: Keeper) -> None:
        self.tp = tp
        self.keeper = keeper
        self.position = 0
        self.open = False
        self.whole = True
        self.turn = asyncio.Lock()
        self.moved_at = 0.0
        self.saving = False
        self.saved_at = time.monotonic()
        self.state: LogState | None = None


class LogAgent:
    """Drives the states of the partitions that this worker owns. See `PartitionOwner` for the first half.

    Args:
        make_keeper: for a partition, not yet open.
        make_state: from what was saved, or from nothing.
        fail: called with what ends the worker.
        may_lose: whether losing records unread is in the nature of the broker; else it ends the worker.
        heartbeat_interval_s: tells how soon a worker that was fenced knows whether it still owns the partition.

    """

    def __init__(
        self,
        name: str,
        topic: str,
        positions: Positions,
        *,
        make_keeper: Callable[[TP], Keeper],
        make_state: Callable[[TP, Saved | None], LogState],
        fail: Callable[[str, BaseException], None],
        heartbeat_interval_s: float,
        may_lose: bool = False,
    ) -> None:
        self.name = name
        self.topics = (topic,)
        self.parts: dict[TP, LogPartition] = {}
        self.holes = 0
        self._positions = positions
        self._make_keeper = make_keeper
        self._make_state = make_state
        self._fail = fail
        self._heartbeat_s = heartbeat_interval_s
        self._may_lose = may_lose
        self._is_current: Callable[[], bool] = lambda: False
        self._suspended = asyncio.Event()
        self._in_hand: TP | None = None
        self._in_hand_since = 0.0
        self._worked_s = 0.0
        self._closed = False

    @property
    def current(self) -> bool:
        """Whether the assignment of the present generation has been taken over."""
        return self._is_current()

    async def acquire(self, tps: Collection[TP], is_current: Callable[[], bool]) -> Mapping[TP, int]:
        for part in self.parts.values():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(part.turn.acquire(), _SUSPEND_LIMIT_S)
                part.turn.release()
        self._is_current = is_current
        self._suspended.clear()
        for tp in [tp for tp, part in self.parts.items() if tp not in tps or not part.whole]:
            await self.parts.pop(tp).keeper.close()
        fresh = [LogPartition(tp, self._make_keeper(tp)) for tp in tps if tp not in self.parts]
        async with contextlib.AsyncExitStack() as unowned:  # what is opened is let go of, unless it becomes ours
            for part in fresh:
                unowned.push_async_callback(part.keeper.close)
            begun = await asyncio.gather(*(self._begin(part) for part in fresh), return_exceptions=True)
            if self._closed or not is_current():
                return {}
            for failure in begun:
                if isinstance(failure, WorkerFailedError):
                    self._fail(self.name, failure)
                    return {}
                if failure is not None:
                    raise failure
            unowned.pop_all()
        self.parts.update((part.tp, part) for part in fresh)
        now = time.monotonic()
        for part in self.parts.values():
            part.open = True
            part.moved_at = now
        return {tp: part.position for tp, part in self.parts.items()}

    async def suspend(self) -> None:
        self._is_current = lambda: False
        self._suspended.set()
        for part in self.parts.values():
            part.open = False
        for part in self.parts.values():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(part.turn.acquire(), _SUSPEND_LIMIT_S)
                part.turn.release()

    async def close(self) -> None:
        """Save what is due at the end, within a limit, and let go."""
        current = self._is_current()
        self._is_current, self._closed = lambda: False, True
        parts, self.parts = self.parts, {}
        try:
            for part in parts.values():
                part.open = False
                if current and not part.turn.locked():  # a long step is cut off by Faust's stop
                    try:
                        await asyncio.wait_for(self._save(part, last=True), 1.0)
                    except (TimeoutError, FlushFailedError, OSError) as error:
                        logger.warning("no last snapshot of %s: %r", part.tp, error)
        finally:
            await asyncio.gather(*(part.keeper.close() for part in parts.values()), return_exceptions=True)

    async def handle(self, fetched: Fetched) -> None:
        """Apply one fetched batch, if it is the next one."""
        part = self.parts.get(TP(fetched.batch.topic, fetched.batch.partition))
        if part is None:
            return
        async with part.turn:
            if not part.open or part.state is None or fetched.start < part.position:
                return
            if fetched.start > part.position:
                if time.monotonic() - part.moved_at > _HOLE_S:
                    await self._seek_back(part)
                return
            part.whole = False
            self._in_hand, self._in_hand_since = part.tp, time.monotonic()
            try:
                await part.state.apply(fetched.batch)
            except FlushFailedError as failure:
                await self._start_again(part, failure)
                return
            finally:
                self._in_hand = None
                self._worked_s += time.monotonic() - self._in_hand_since
            part.position = fetched.batch.next_offset
            part.moved_at = time.monotonic()
            part.whole = True
        await self._look_after(part)

    async def run(self) -> None:
        """Save what is due, also where nothing arrives, for ever."""
        while True:
            await asyncio.sleep(_LOOK_S)
            for part in list(self.parts.values()):
                if part.open and self._is_current() and not part.turn.locked():
                    await self._look_after(part)
                    await self._look_for_stall(part)

    def duties(self) -> Iterator[Duty]:
        """For the watchdog. One stream serves all partitions: while one saves or steps, the others wait."""
        worked_s = self._worked_s + (time.monotonic() - self._in_hand_since if self._in_hand is not None else 0.0)
        any_saving = any(part.saving for part in self.parts.values())
        yield Duty(Station.GROUP, self.name, owing=not self.current, progress=None)
        for tp, part in self.parts.items() if self.current else ():
            name = f"{tp.topic}-{tp.partition}"
            ends = self._positions.standing(tp)
            waiting = ends is not None and ends.last_stable_offset > part.position and not any_saving
            progress = None if part.state is None else part.state.progress
            excuse = None if tp == self._in_hand else worked_s // _BUSY_S
            yield Duty(Station.FETCH, name, waiting, (part.position, progress, excuse))
            yield Duty(Station.SNAPSHOT, name, part.saving, part.saved_at)

    async def _look_after(self, part: LogPartition) -> None:
        try:
            await self._save(part, last=False)
        except FlushFailedError as failure:
            async with part.turn:
                await self._start_again(part, failure)

    async def _save(self, part: LogPartition, *, last: bool) -> None:
        async with part.turn:
            if part.state is None or not part.whole or not (part.open or last):
                return
            save = part.state.take_save(part.position, time.monotonic(), last=last)
            if save is None:
                return
            part.whole = False
            part.saving = True
            await part.keeper.save(save)
            part.whole = True
            part.saving = False
            part.saved_at = time.monotonic()
            part.state.on_saved(save)

    async def _begin(self, part: LogPartition) -> None:
        """Fenced first, read second."""
        for attempt in range(_TRIES):
            try:
                await part.keeper.open()
            except FlushFailedError:
                if attempt + 1 == _TRIES:
                    raise
                await asyncio.sleep(0.5 * (attempt + 1))
            else:
                break
        try:
            saved = await part.keeper.load()
        except (ValueError, LookupError) as error:
            raise UnreadableStateError(part.tp, error) from error
        bounds = (await self._positions.bounds(part.tp))[part.tp]
        if saved is not None:
            self._refuse_loss(part.tp, saved.offset, bounds)
        try:
            part.state = self._make_state(part.tp, saved)
        except (ValueError, LookupError) as error:
            raise UnreadableStateError(part.tp, error) from error
        part.position = bounds.first if saved is None else saved.offset
        part.whole = True

    def _refuse_loss(self, tp: TP, position: int, bounds: Bounds) -> None:
        """Raises LostRecordsError where the log lacks what comes after the state and the broker must not lose."""
        loss = bounds.loss(position)
        if loss is not None and not self._may_lose:
            raise LostRecordsError(tp, loss, position, bounds, RETENTION + LOG_REMEDY)

    async def _start_again(self, part: LogPartition, failure: FlushFailedError) -> None:
        """Back to the snapshot. Called with the turn held."""
        logger.warning("%s: starting again from the snapshot: %s", part.tp, failure)
        part.open = False
        with contextlib.suppress(TimeoutError):  # as the source agent does, and for its reasons
            await asyncio.wait_for(self._suspended.wait(), 2.5 * self._heartbeat_s)
        if not self._is_current():
            return
        try:
            await self._begin(part)
        except (FlushFailedError, WorkerFailedError) as error:
            self._fail(f"{part.tp}", error)
            return
        if self._is_current():
            part.open = True
            part.moved_at = time.monotonic()
            await self._positions.move_to(part.tp, part.position)

    async def _look_for_stall(self, part: LogPartition) -> None:
        standing = self._positions.standing(part.tp)
        if standing is not None and standing.last_stable_offset < part.position:
            # It never shrinks, unless the topic was made anew.
            self._refuse_loss(part.tp, part.position, (await self._positions.bounds(part.tp))[part.tp])
        if standing is None or standing.last_stable_offset <= part.position:
            part.moved_at = time.monotonic()
        elif time.monotonic() - part.moved_at > _STALLED_S:
            async with part.turn:
                if part.open:
                    await self._seek_back(part)

    async def _seek_back(self, part: LogPartition) -> None:
        bounds = (await self._positions.bounds(part.tp))[part.tp]
        self._refuse_loss(part.tp, part.position, bounds)
        if bounds.first > part.position:
            self.holes += 1
            logger.error("%s: the broker has dropped offsets %d to %d unread", part.tp, part.position, bounds.first - 1)
            part.position = bounds.first
        part.moved_at = time.monotonic()
        await self._positions.move_to(part.tp, part.position)
