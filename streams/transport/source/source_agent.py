"""The ingest side of a worker: its source partitions, their flushes and their recoveries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from faust.types import TP

from streams.transport.flush.flush import FlushFailedError
from streams.transport.flush.flush_timing import Due, FlushTiming
from streams.transport.life.watchdog import Duty, Station
from streams.transport.partitions.alignment import Progress, too_far_ahead
from streams.transport.partitions.log_bounds import LostRecordsError
from streams.transport.source.idle import FRESH_MS, IdleWatch, promised_watermark
from streams.transport.source.source_partition import Intake
from streams.transport.source.source_recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping

    from streams.transport.driver.fetched import Fetched
    from streams.transport.flush.flush import Flusher
    from streams.transport.life.clock import WorkerClock
    from streams.transport.partitions.positions import Commits, Positions, TopicNames
    from streams.transport.source.source_options import SourceOptions
    from streams.transport.source.source_partition import Flush, Ingest, SourcePartition

_UNFLUSHED_SOON = 50_000  # records that are flushed before their time
_UNFLUSHED_MOST = 200_000  # records at which reading waits for the flush
_FLUSHES_AT_ONCE = 16
_SUSPEND_LIMIT_S = 4.0  # within a session timeout: no heartbeat is sent in the meantime
_STALLED_S = 10.0
_ALIGN_S = 0.1
_LOOK_S = 1.0
_HOLE_S = 2.0  # batches of an earlier position may still arrive for so long after a seek

logger = logging.getLogger(__name__)


class SourceAgent:
    """Owns the source partitions of this worker.

    Args:
        make_ingest: a fresh ingest partition for a source partition.
        make_flusher: its flusher, not yet open.
        clock: the worker's clock; this agent feeds it.
        fail: called with what ends the worker.
        on_flushed: called after each flush that took place, with what it held.
        on_flush_ended: called after each flush: "committed" or why not, and the seconds it took.
        topic_names: None where the broker gives topics no ids.

    """

    def __init__(
        self,
        topics: Collection[str],
        options: SourceOptions,
        positions: Positions,
        commits: Commits,
        *,
        make_ingest: Callable[[TP], Ingest],
        make_flusher: Callable[[TP], Flusher],
        clock: WorkerClock,
        fail: Callable[[str, BaseException], None],
        on_flushed: Callable[[TP, Flush], None] = lambda _tp, _flush: None,
        on_flush_ended: Callable[[TP, str, float], None] = lambda _tp, _outcome, _seconds: None,
        topic_names: TopicNames | None = None,
        slowest_of_others: Callable[[Collection[TP]], int | None] = lambda _own: None,
    ) -> None:
        self.name = "ingest"
        self.topics = topics
        self.parts: dict[TP, SourcePartition] = {}
        self.holes = 0
        self._options = options
        self._positions = positions
        self._recovery = Recovery(options, positions, commits, make_ingest, make_flusher, topic_names)
        self._clock = clock
        self._fail = fail
        self._on_flushed = on_flushed
        self._on_flush_ended = on_flush_ended
        self._slowest_of_others = slowest_of_others
        self._tasks: dict[TP, asyncio.Task[None]] = {}
        self._idle: dict[TP, IdleWatch] = {}
        self._timing: dict[TP, FlushTiming] = {}
        self._flushed_at: dict[TP, float] = {}
        self._taken_at: dict[TP, float] = {}
        self._slots = asyncio.Semaphore(_FLUSHES_AT_ONCE)
        self._is_current: Callable[[], bool] = lambda: False
        self._suspended = asyncio.Event()
        self._held: frozenset[TP] = frozenset()
        self._aligned_at = 0.0
        self._batches = 0
        self._closed = False

    # Ownership

    @property
    def current(self) -> bool:
        """Whether the assignment of the present generation has been taken over."""
        return self._is_current()

    async def acquire(self, tps: Collection[TP], is_current: Callable[[], bool]) -> Mapping[TP, int]:
        """See `PartitionOwner`. A partition that was ours and whole goes on where it was: fencing catches the rest."""
        await self._end_tasks(_SUSPEND_LIMIT_S)
        self._is_current = is_current
        self._suspended.clear()
        self._held = frozenset()
        self._positions.hold(self._held)
        for tp in [tp for tp, part in self.parts.items() if tp not in tps or not part.whole]:
            await self.parts.pop(tp).flusher.close()
        fresh = [self._recovery.new_part(tp) for tp in tps if tp not in self.parts]
        async with contextlib.AsyncExitStack() as unowned:  # what is opened is let go of, unless it becomes ours
            for part in fresh:
                unowned.push_async_callback(part.flusher.close)
            opened = await asyncio.gather(
                *(self._recovery.open(part, is_current) for part in fresh), return_exceptions=True
            )
            if self._closed or not is_current():
                return {}
            for failure in opened:
                if failure is not None:
                    raise failure
            plan = {tp: part.resume() for tp, part in self.parts.items()}
            try:
                plan.update(await self._recovery.begin(fresh))
            except LostRecordsError as error:
                self._fail("reading", error)
                return {}
            if self._closed:
                return {}
            unowned.pop_all()
        self.parts.update((part.tp, part) for part in fresh)
        now = time.monotonic()
        for tp in plan:
            self._idle[tp] = IdleWatch(self._options.idle_after_s)
            self._timing[tp] = FlushTiming(self._options.flush_interval_s, _UNFLUSHED_SOON, now)
            self._taken_at[tp] = now
            self._flushed_at.setdefault(tp, now)
        return plan

    async def suspend(self) -> None:
        """See `PartitionOwner`."""
        self._is_current = lambda: False
        self._suspended.set()
        for part in self.parts.values():
            part.suspend()
        await self._end_tasks(_SUSPEND_LIMIT_S)

    async def close(self) -> None:
        """Flush what is counted, within a limit, and let go of the producers."""
        is_current, self._is_current, self._closed = self._is_current, lambda: False, True
        try:
            if is_current():
                await self._end_tasks(1.0)
                rest = [part for part in self.parts.values() if part.has_news]
                with contextlib.suppress(TimeoutError, FlushFailedError):
                    await asyncio.wait_for(asyncio.gather(*(self._flush_once(part) for part in rest)), 1.5)
            await self._end_tasks(0.5)
        finally:
            parts, self.parts = self.parts, {}
            await asyncio.gather(*(part.flusher.close() for part in parts.values()), return_exceptions=True)

    # Records

    async def handle(self, fetched: Fetched) -> None:
        """Count one fetched batch."""
        batch = fetched.batch
        tp = TP(batch.topic, batch.partition)
        if (part := self.parts.get(tp)) is None:
            return
        if part.open and part.unflushed >= _UNFLUSHED_MOST:
            self._start_flush(part)
            await asyncio.wait({self._tasks[tp]}, timeout=60.0)
        intake = part.take(fetched)
        if intake is Intake.TAKEN:
            if part.ingest.newest_timestamp > 0:
                self._clock.observe(part.ingest.newest_timestamp)
            self._taken_at[tp] = time.monotonic()
            self._batches += 1
            self._align()
            self._flush_if_due(part)
        elif intake is Intake.HOLE and time.monotonic() - self._taken_at.get(tp, 0.0) >= _HOLE_S:
            self._start(tp, self._seek_back(part))

    def _align(self) -> None:
        """Hold what is far ahead in event time, let go of what is not; ten times a second is enough."""
        now = time.monotonic()
        if now - self._aligned_at < _ALIGN_S:
            return
        self._aligned_at = now
        progress = {}
        for tp, part in self.parts.items():
            standing = self._positions.standing(tp)
            caught_up = standing is not None and part.position >= standing.last_stable_offset
            progress[tp] = Progress(part.ingest.largest_event_time, caught_up)
        held = too_far_ahead(progress, self._slowest_of_others(self.parts))
        if held != self._held:
            self._held = held
            self._positions.hold(held)

    # Flushes

    async def run(self) -> None:
        """Look after all partitions, for ever; meanwhile let go of what is held as soon as it is not ahead any more."""
        look_s = min(_LOOK_S, self._options.flush_interval_s)
        due = time.monotonic() + look_s
        while True:
            rest = max(0.0, due - time.monotonic())
            await asyncio.sleep(min(_ALIGN_S, rest) if self._held else rest)
            is_current = self._is_current()
            if is_current:
                self._align()
            if time.monotonic() < due:
                continue
            due = time.monotonic() + look_s
            if is_current:
                for tp, part in list(self.parts.items()):
                    self._look_after(tp, part)

    def duties(self) -> Iterator[Duty]:
        """For the watchdog. Under load one partition may wait long for its turn to be read, but not all."""
        yield Duty(Station.GROUP, self.name, owing=not self.current, progress=None)
        if not self.current:
            return
        wall_ms = int(time.time() * 1000)
        reading = [(part, self._positions.standing(tp)) for tp, part in self.parts.items() if tp not in self._held]
        waiting = any(ends is not None and ends.last_stable_offset > part.position for part, ends in reading)
        heard = not reading or any(ends is not None and wall_ms - ends.asked_at_ms <= FRESH_MS for _, ends in reading)
        yield Duty(Station.FETCH, self.name, owing=waiting or not heard, progress=self._batches)
        for tp, part in self.parts.items():
            owing = tp in self._tasks or part.has_news or not part.open
            yield Duty(Station.FLUSH, f"{tp.topic}-{tp.partition}", owing, self._flushed_at.get(tp))

    def _look_after(self, tp: TP, part: SourcePartition) -> None:
        if not part.open or tp in self._tasks:
            return
        now = time.monotonic()
        standing = self._positions.standing(tp)
        is_idle = self._idle[tp].is_idle(part, standing, now, int(time.time() * 1000))
        due = now - self._flushed_at.get(tp, 0.0) >= self._options.idle_after_s and part.position >= part.committed
        has_news = part.has_news
        if is_idle and (has_news or due):
            part.promise(promised_watermark(self._clock, self._options))
        if has_news:
            self._flush_if_due(part)
        elif due and (is_idle or part.position > part.committed):
            self._start_flush(part)
        if standing is not None and standing.last_stable_offset < part.position:
            self._start(tp, self._look_at_log(part))  # it never shrinks, unless the topic was made anew
        if standing is not None and standing.last_stable_offset > part.position:
            if now - self._taken_at[tp] > _STALLED_S and tp not in self._held:
                self._taken_at[tp] = now
                self._start(tp, self._seek_back(part))
        else:
            self._taken_at[tp] = now

    def _flush_if_due(self, part: SourcePartition) -> None:
        timing = self._timing[part.tp]
        if part.has_news and timing.due(part.ingest.watermark, part.unflushed, time.monotonic()) is not Due.NOT_YET:
            self._start_flush(part)

    def _start_flush(self, part: SourcePartition) -> None:
        self._start(part.tp, self._flush(part))

    def _start(self, tp: TP, work: Coroutine[Any, Any, None]) -> None:
        """One piece of work for a partition at a time."""
        if tp in self._tasks:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[tp] = task
        task.add_done_callback(lambda done: self._finished(tp, done))

    def _finished(self, tp: TP, task: asyncio.Task[None]) -> None:
        if self._tasks.get(tp) is task:
            del self._tasks[tp]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(f"source partition {tp}", error)

    async def _flush(self, part: SourcePartition) -> None:
        try:
            async with self._slots:
                await self._flush_once(part)
        except FlushFailedError as failure:
            logger.warning("flush of %s failed, starting again from the commit: %s", part.tp, failure)
            await self._start_again(part)

    async def _flush_once(self, part: SourcePartition) -> None:
        content, flush = part.take_flush()
        part.whole = False  # until it is known that the flush took place, only the commit says where we are
        begun = time.monotonic()
        self._timing[part.tp].flushed(flush.watermark, begun)
        try:
            await part.flusher.flush(content)
        except FlushFailedError as failure:
            self._on_flush_ended(part.tp, failure.reason.name.lower(), time.monotonic() - begun)
            raise
        part.whole = True
        part.committed = content.next_offset
        self._flushed_at[part.tp] = time.monotonic()
        self._on_flush_ended(part.tp, "committed", self._flushed_at[part.tp] - begun)
        self._on_flushed(part.tp, flush)

    # Recovery

    async def _start_again(self, part: SourcePartition) -> None:
        part.suspend()
        # Fenced, or asleep for longer than the session: somebody else may own the partition by now. The next heartbeats
        # tell, and then we are revoked. And a broker in trouble gains from the pause.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._suspended.wait(), 2.5 * self._options.heartbeat_interval_s)
        if not self._is_current():
            return
        await self._recovery.open(part, self._is_current)
        start = await self._recovery.begin([part])
        part.whole = True
        if self._is_current():
            self._taken_at[part.tp] = time.monotonic()
            await self._positions.move_to(part.tp, start[part.tp])

    async def _look_at_log(self, part: SourcePartition) -> None:
        """Raises LostRecordsError where the log has shrunk."""
        self._recovery.refuse_loss(part.tp, part.position, (await self._positions.bounds(part.tp))[part.tp])

    async def _seek_back(self, part: SourcePartition) -> None:
        """Read on from where processing stands, after batches got lost on the way or the log was cut."""
        bounds = (await self._positions.bounds(part.tp))[part.tp]
        self._recovery.refuse_loss(part.tp, max(part.position, part.committed), bounds)
        if bounds.first > part.position:
            self.holes += 1
            logger.error("%s: the broker has dropped offsets %d to %d unread", part.tp, part.position, bounds.first - 1)
            part.skip_to(bounds.first)
        self._taken_at[part.tp] = time.monotonic()
        await self._positions.move_to(part.tp, part.position)

    async def _end_tasks(self, limit_s: float) -> None:
        """Let open flushes end; what takes longer is cut off, and its partition starts from the commit."""
        tasks = set(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=limit_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=limit_s)
