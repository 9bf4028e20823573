"""Drives the states of log partitions, pharos-cells and pharos-verdicts: one batch or one save after the other."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from faust.types import TP

from streams.transport.life.watchdog import Duty, Station
from streams.transport.log.keeper import UnreadableStateError
from streams.transport.log.log_partition import LogPartition
from streams.transport.partitions.log_bounds import LOG_REMEDY, RETENTION, refuse_loss
from streams.transport.partitions.owner import PartitionOwner, finish_all
from streams.transport.partitions.partition import Intake

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from streams.records.batch import RecordBatch
    from streams.transport.driver.fetched import Fetched
    from streams.transport.log.keeper import Keeper, Saved
    from streams.transport.log.log_partition import LogState
    from streams.transport.partitions.positions import Positions

_LOOK_S = 0.25
_BUSY_S = 20.0  # well below the watchdog's limit: after so much work on others a partition that waits is excused


class LogAgent:
    """Restores, applies and saves the log partitions of this worker; `owner` decides which those are.

    Args:
        make_keeper: for a partition, not yet open.
        make_state: from what was saved, or from nothing.
        fail, heartbeat_interval_s: see `PartitionOwner`.
        may_lose: whether losing records unread is in the nature of the broker; else it ends the worker.

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
        self.owner = PartitionOwner((topic,), self, positions, fail=fail, heartbeat_interval_s=heartbeat_interval_s)
        self.parts = self.owner.parts
        self._positions = positions
        self._make_keeper = make_keeper
        self._make_state = make_state
        self._remedy = None if may_lose else RETENTION + LOG_REMEDY
        self._in_hand: TP | None = None
        self._in_hand_since = 0.0
        self._worked_s = 0.0

    def create(self, tp: TP) -> LogPartition:
        return LogPartition(tp, self._make_keeper(tp), time.monotonic(), self._remedy)

    async def restore(self, parts: Collection[LogPartition]) -> None:
        """From the newest snapshots. Raises UnreadableStateError or LostRecordsError."""
        await finish_all(self._load(part) for part in parts)

    async def handle(self, fetched: Fetched) -> None:
        """Apply one fetched batch, if it is the next one, and save what is due then."""
        part = self.parts.get(TP(fetched.batch.topic, fetched.batch.partition))
        if part is None:
            return
        while part.work is not None:
            await part.settle()
        intake = part.intake(fetched.start)
        if intake is Intake.TAKEN:
            self.owner.start(part, lambda of: self._apply(of, fetched.batch))
        elif intake is Intake.HOLE:
            self.owner.on_hole(part)
        await part.settle()

    async def run(self) -> None:
        """Save what is due, also where nothing arrives, for ever."""
        while True:
            await asyncio.sleep(_LOOK_S)
            for part in list(self.parts.values()):
                if self.owner.current and part.running and part.work is None:
                    self.owner.look_for_stall(part, self._positions.standing(part.tp))
                    self.owner.start(part, self._save)
                    await part.settle()  # in turn: a snapshot may be large

    async def close(self) -> None:
        """Save what is due at the end, within a limit, and let go."""
        turn = asyncio.Lock()

        async def save_last(part: LogPartition) -> None:
            async with turn:
                await self._save(part, last=True)

        await self.owner.close(save_last)

    def duties(self) -> Iterator[Duty]:
        """For the watchdog. One stream serves all partitions: while one saves or steps, the others wait."""
        worked_s = self._worked_s + (time.monotonic() - self._in_hand_since if self._in_hand is not None else 0.0)
        any_saving = any(part.saving for part in self.parts.values())
        yield Duty(Station.GROUP, self.name, owing=not self.owner.current, progress=None)
        for tp, part in self.parts.items() if self.owner.current else ():
            ends = self._positions.standing(tp)
            waiting = ends is not None and ends.last_stable_offset > part.position and not any_saving
            progress = None if part.log_state is None else part.log_state.progress
            excuse = None if tp == self._in_hand else worked_s // _BUSY_S
            yield Duty(Station.FETCH, str(part), waiting, (part.position, progress, excuse))
            yield Duty(Station.SNAPSHOT, str(part), part.saving, part.checkpointed_at)

    async def _load(self, part: LogPartition) -> None:
        try:
            saved = await part.writer.load()
        except (ValueError, LookupError) as error:
            raise UnreadableStateError(part.tp, error) from error
        bounds = (await self._positions.bounds(part.tp))[part.tp]
        try:
            state = self._make_state(part.tp, saved)
        except (ValueError, LookupError) as error:
            raise UnreadableStateError(part.tp, error) from error
        for needed in () if saved is None or state.start is None else (state.start, saved.offset):
            refuse_loss(part.tp, needed, bounds, part.remedy)
        part.log_state = state
        part.position = bounds.first if state.start is None else state.start

    async def _apply(self, part: LogPartition, batch: RecordBatch) -> None:
        if part.log_state is None:
            return
        part.in_doubt = True
        self._in_hand, self._in_hand_since = part.tp, time.monotonic()
        try:
            await part.log_state.apply(batch)
        finally:
            self._in_hand = None
            self._worked_s += time.monotonic() - self._in_hand_since
        part.position = batch.next_offset
        part.moved_at = time.monotonic()
        part.in_doubt = False
        await self._save(part)

    async def _save(self, part: LogPartition, *, last: bool = False) -> None:
        if part.log_state is None or not (part.running or last):
            return
        save = part.log_state.take_save(part.position, time.monotonic(), last=last)
        if save is None:
            return
        part.in_doubt = True
        part.saving = True
        await part.writer.save(save)
        part.in_doubt = False
        part.saving = False
        part.checkpointed_at = time.monotonic()
        part.log_state.on_saved(save)
