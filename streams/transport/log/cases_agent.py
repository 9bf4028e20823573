"""The cases of a worker: marks of events in, cells of what one says of another out, once each."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from streams.cells.case_record import decode
from streams.cells.pieces import pieces_of_cells
from streams.cells.record import encode
from streams.topics.names import CELLS_TOPIC
from streams.transport.flush.flush import OutRecord
from streams.transport.log.cells_agent import MANIFEST
from streams.transport.log.keeper import Save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from streams.cells.case_record import CasesRecord
    from streams.cells.record import CellsRecord
    from streams.records.batch import RecordBatch
    from streams.transport.log.keeper import Saved

_BREATH_S = 0.02  # the event loop is let go this often while marks are decided
_PART_BYTES = 4 << 20  # of a snapshot, in one transaction: cells wait meanwhile

logger = logging.getLogger(__name__)


class CaseMemory(Protocol):
    """The pure memory of one partition of cases (`streams.cases`)."""

    @property
    def frontier_ms(self) -> int: ...
    def pieces(self, record: CasesRecord) -> Iterator[None]: ...
    def take_cells(self, cells_partitions: int, next_offset: int) -> Mapping[int, CellsRecord]: ...
    def wait_for_own_sources(self) -> bool: ...


class CaseSnapshot(Protocol):
    """Writes and restores it."""

    def write(self, offset: int, full: bool = False) -> Iterator[tuple[str, bytes]]: ...
    def restore(self, manifest: bytes, chunks: Mapping[str, bytes]) -> int: ...


class CasesPace(NamedTuple):
    """Seconds between transactions with cells, and between snapshots."""

    flush_s: float
    snapshot_s: float


class CasesState:
    """One partition between pharos-cases and pharos-cells.

    Cells go out about once a second with the offset up to which they are decided; what is remembered is saved less
    often. So a restore goes back to the snapshot's offset, decides again what was decided from there to the committed
    offset, and throws these cells away: they are in pharos-cells already. Where a snapshot cannot tell how they were
    decided (there is none yet, or the sources are others now) cells wait for the next one.

    A snapshot is written in parts, each a transaction of its own, the manifest last: one transaction with all of a
    large snapshot would hold up cells for as long as it takes.

    Args:
        cases: fresh; restored here from `saved`.
        snapshot: of `cases`.
        needed: names of the chunks that a manifest needs.
        observe: called with each source's watermark, by which a worker with silent sources knows what time it is.

    Attributes:
        start: the offset from which the log is to be read; None for its beginning.

    """

    def __init__(
        self,
        partition: int,
        cases: CaseMemory,
        snapshot: CaseSnapshot,
        saved: Saved | None,
        *,
        cells_partitions: int,
        pace: CasesPace,
        needed: Callable[[bytes], set[str]],
        observe: Callable[[int], None],
        now_s: float,
    ) -> None:
        self.cases = cases
        self.undecodable = 0
        self.start: int | None = None
        self._partition = partition
        self._snapshot = snapshot
        self._cells_partitions = cells_partitions
        self._pace = pace
        self._needed = needed
        self._observe = observe
        self._flushed_at = self._snapshot_at = now_s
        self._committed = -1 if saved is None else saved.offset
        self._parts: list[list[tuple[str, bytes]]] = []
        self._kept: frozenset[str] = frozenset()
        self._written: frozenset[str] = frozenset()
        self._pieces = 0
        if saved is not None and MANIFEST in saved.items:
            manifest = saved.items[MANIFEST]
            self.start = snapshot.restore(manifest, {k: v for k, v in saved.items.items() if k != MANIFEST})
            self._kept = frozenset(needed(manifest) | {MANIFEST})
        self._snapshot_offset = self.start
        self._cells_wait = self.start is None
        self._flushed_ms = cases.frontier_ms
        self._again = saved is not None
        self._stop_deciding_again(self.start or 0)

    @property
    def progress(self) -> int:
        """What waited for a slow source is decided in many seconds."""
        return self._pieces

    async def apply(self, batch: RecordBatch) -> None:
        breath = time.monotonic()
        for offset, value in zip(batch.offsets, batch.values, strict=True):
            self._stop_deciding_again(offset)
            try:
                record = decode(value or b"")
            except msgspec.DecodeError:
                self.undecodable += 1
                logger.exception("pharos-cases-%d undecodable record", self._partition)
                continue
            for _ in self.cases.pieces(record):
                self._pieces += 1
                breath = await _breathe(breath)
            if record.watermark > 0:
                self._observe(record.watermark)
            breath = await _breathe(breath)
        self._stop_deciding_again(batch.next_offset)

    def take_save(self, offset: int, now_s: float, *, last: bool = False) -> Save | None:
        if self._again:
            return None
        if not self._parts and not last and self._wants_snapshot(offset, now_s):
            self._begin_snapshot(offset, now_s)
        has_news = self.cases.frontier_ms != self._flushed_ms
        due = has_news and (last or now_s - self._flushed_at >= self._pace.flush_s)
        if due and not self._cells_wait:
            return Save(offset, (), self._kept | self._written, self._take_cells(offset, now_s))
        return self._next_part(offset, now_s) if self._parts else None

    def on_saved(self, save: Save) -> None:
        self._committed = save.offset

    def _wants_snapshot(self, offset: int, now_s: float) -> bool:
        if offset == self._snapshot_offset:
            return False
        return self._cells_wait or now_s - self._snapshot_at >= self._pace.snapshot_s

    def _begin_snapshot(self, offset: int, now_s: float) -> None:
        """Takes it at once, and writes it part by part. What did not change since the last one is not repeated."""
        self._snapshot_at, self._snapshot_offset = now_s, offset
        items = list(self._snapshot.write(offset))
        if self._committed < 0:  # there is no offset yet to write a part beside; so early it is small
            self._parts = [items]
            return
        room = -1
        for name, value in items:
            if len(value) > room:
                self._parts.append([])
                room = _PART_BYTES
            self._parts[-1].append((name, value))
            room -= len(value)

    def _next_part(self, offset: int, now_s: float) -> Save:
        """The last part has the manifest, and with it all cells decided before: what is restored has decided them."""
        part = self._parts.pop(0)
        if self._parts:
            self._written |= {name for name, _ in part}
            return Save(self._committed, part, self._kept | self._written)
        self._kept, self._written = frozenset(self._needed(part[-1][1]) | {MANIFEST}), frozenset()
        self._cells_wait = False
        return Save(offset, part, self._kept, self._take_cells(offset, now_s))

    def _take_cells(self, offset: int, now_s: float) -> list[OutRecord]:
        before, self._flushed_ms, self._flushed_at = self._flushed_ms, self.cases.frontier_ms, now_s
        if before == self._flushed_ms:
            return []
        return [
            OutRecord(CELLS_TOPIC, encode(piece), partition=number)
            for number, record in sorted(self.cases.take_cells(self._cells_partitions, offset).items())
            for piece in pieces_of_cells(record, before)
        ]

    def _stop_deciding_again(self, offset: int) -> None:
        """Before the record at `offset`: cells so far are written already, if that is the committed offset or less."""
        if not self._again:
            return
        self.cases.take_cells(self._cells_partitions, offset)
        self._flushed_ms = self.cases.frontier_ms
        if offset >= self._committed:
            self._again = False
            self._cells_wait |= self.cases.wait_for_own_sources()


async def _breathe(since_s: float) -> float:
    """Lets the event loop go, if the last time was long ago; returns when that was."""
    if time.monotonic() - since_s <= _BREATH_S:
        return since_s
    await asyncio.sleep(0)
    return time.monotonic()
