"""The ingest side of a worker: batches of source partitions are counted at once, and flushed in parallel."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from faust.types import TP

from streams.transport.flush.flush import FlushFailedError
from streams.transport.flush.flush_timing import Due
from streams.transport.life.watchdog import Duty, Station
from streams.transport.partitions.alignment import Progress, too_far_ahead
from streams.transport.partitions.owner import PartitionOwner
from streams.transport.partitions.partition import Intake
from streams.transport.source.idle import FRESH_MS, promised_watermark

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from streams.transport.driver.fetched import Fetched
    from streams.transport.life.clock import WorkerClock
    from streams.transport.partitions.owner import Recovery
    from streams.transport.partitions.positions import Positions
    from streams.transport.source.source_options import SourceOptions
    from streams.transport.source.source_partition import Flush, SourcePartition

_UNFLUSHED_MOST = 200_000  # records at which reading waits for the flush
_FULL_LIMIT_S = 60.0
_FLUSHES_AT_ONCE = 16
_ALIGN_S = 0.1
_LOOK_S = 1.0


class SourceAgent:
    """Counts what the source partitions of this worker bring; `owner` decides which those are.

    Args:
        clock: the worker's clock; this agent feeds it.
        fail: called with what ends the worker.
        on_flushed: called after each flush that took place, with what it held.
        on_flush_ended: called after each flush: "committed" or why not, and the seconds it took.
        slowest_of_others: event time in ms of the slowest partition that is not among those given; None: do not wait.

    """

    def __init__(
        self,
        topics: Collection[str],
        options: SourceOptions,
        recovery: Recovery[SourcePartition],
        positions: Positions,
        *,
        clock: WorkerClock,
        fail: Callable[[str, BaseException], None],
        on_flushed: Callable[[TP, Flush], None] = lambda _tp, _flush: None,
        on_flush_ended: Callable[[TP, str, float], None] = lambda _tp, _outcome, _seconds: None,
        slowest_of_others: Callable[[Collection[TP]], int | None] = lambda _own: None,
    ) -> None:
        self.name = "ingest"
        self.owner = PartitionOwner(
            topics, recovery, positions, fail=fail, heartbeat_interval_s=options.heartbeat_interval_s
        )
        self.parts = self.owner.parts
        self.held: frozenset[TP] = frozenset()
        self.options = options
        self._positions = positions
        self._clock = clock
        self._on_flushed = on_flushed
        self._on_flush_ended = on_flush_ended
        self._slowest_of_others = slowest_of_others
        self._slots = asyncio.Semaphore(_FLUSHES_AT_ONCE)
        self._aligned_at = 0.0
        self._batches = 0

    async def handle(self, fetched: Fetched) -> None:
        """Count one fetched batch."""
        batch = fetched.batch
        part = self.parts.get(TP(batch.topic, batch.partition))
        if part is None:
            return
        if part.running and part.unflushed >= _UNFLUSHED_MOST:
            self._start_flush(part)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(part.settle(), _FULL_LIMIT_S)
        intake = part.take(fetched)
        if intake is Intake.TAKEN:
            if part.ingest.newest_timestamp > 0:
                self._clock.observe(part.ingest.newest_timestamp)
            part.moved_at = time.monotonic()
            self._batches += 1
            self._align()
            self._flush_if_due(part)
        elif intake is Intake.HOLE:
            self.owner.on_hole(part)

    async def run(self) -> None:
        """Look after all partitions, for ever; meanwhile let go of what is held as soon as it is not ahead any more."""
        look_s = min(_LOOK_S, self.options.flush_interval_s)
        due = time.monotonic() + look_s
        while True:
            rest = max(0.0, due - time.monotonic())
            await asyncio.sleep(min(_ALIGN_S, rest) if self.held else rest)
            is_current = self.owner.current
            if is_current:
                self._align()
            if time.monotonic() < due:
                continue
            due = time.monotonic() + look_s
            if is_current:
                for part in list(self.parts.values()):
                    if part.running and part.work is None:
                        self._look_after(part)

    async def close(self) -> None:
        """Flush what is counted, within a limit, and let go of the producers."""
        await self.owner.close(self._flush_last)

    def duties(self) -> Iterator[Duty]:
        """For the watchdog. Under load one partition may wait long for its turn to be read, but not all."""
        yield Duty(Station.GROUP, self.name, owing=not self.owner.current, progress=None)
        if not self.owner.current:
            return
        wall_ms = int(time.time() * 1000)
        reading = [(part, self._positions.standing(tp)) for tp, part in self.parts.items() if tp not in self.held]
        waiting = any(ends is not None and ends.last_stable_offset > part.position for part, ends in reading)
        heard = not reading or any(ends is not None and wall_ms - ends.asked_at_ms <= FRESH_MS for _, ends in reading)
        yield Duty(Station.FETCH, self.name, owing=waiting or not heard, progress=self._batches)
        for part in self.parts.values():
            owing = part.work is not None or part.has_news or not part.running
            yield Duty(Station.FLUSH, str(part), owing, part.checkpointed_at)

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
        if held != self.held:
            self.held = held
            self._positions.hold(held)

    def _look_after(self, part: SourcePartition) -> None:
        now = time.monotonic()
        standing = self._positions.standing(part.tp)
        is_idle = part.idle.is_idle(part, standing, now, int(time.time() * 1000))
        due = now - part.checkpointed_at >= self.options.idle_after_s and part.position >= part.committed
        has_news = part.has_news
        if is_idle and (has_news or due):
            part.promise(promised_watermark(self._clock, self.options))
        if has_news:
            self._flush_if_due(part)
        elif due and (is_idle or part.position > part.committed):
            self._start_flush(part)
        self.owner.look_for_stall(part, standing, is_held=part.tp in self.held)

    def _flush_if_due(self, part: SourcePartition) -> None:
        now = time.monotonic()
        if part.has_news and part.timing.due(part.ingest.watermark, part.unflushed, now) is not Due.NOT_YET:
            self._start_flush(part)

    def _start_flush(self, part: SourcePartition) -> None:
        self.owner.start(part, self._flush)

    async def _flush(self, part: SourcePartition) -> None:
        async with self._slots:
            await self._flush_once(part)

    async def _flush_last(self, part: SourcePartition) -> None:
        if part.has_news:
            await self._flush_once(part)

    async def _flush_once(self, part: SourcePartition) -> None:
        content, flush = part.take_flush()
        part.in_doubt = True  # until it is known that the flush took place, only the commit says where we are
        begun = time.monotonic()
        part.timing.flushed(flush.watermark, begun)
        try:
            await part.writer.flush(content)
        except FlushFailedError as failure:
            self._on_flush_ended(part.tp, failure.reason.name.lower(), time.monotonic() - begun)
            raise
        part.in_doubt = False
        part.committed = content.next_offset
        part.checkpointed_at = time.monotonic()
        self._on_flush_ended(part.tp, "committed", part.checkpointed_at - begun)
        self._on_flushed(part.tp, flush)
