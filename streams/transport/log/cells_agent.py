"""The merge side of a worker: cells in, verdicts out, a snapshot now and then."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
from aiokafka.errors import KafkaError

from streams.cells.record import decode
from streams.topics.names import VERDICTS_TOPIC
from streams.transport.flush.flush import FailureReason, FlushFailedError
from streams.transport.log.keeper import Save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from streams.cells.record import CellsRecord
    from streams.records.batch import RecordBatch
    from streams.records.verdicts import TickVerdicts
    from streams.transport.log.keeper import Saved

MANIFEST = "manifest"
_BREATH_S = 0.02  # the event loop is let go this often while ticks are stepped through
_VERDICTS_AT_ONCE = 200
_SEND_LIMIT_S = 30.0

logger = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()


class Merge(Protocol):
    """The pure merge of one cells partition (`streams.merge`)."""

    no_source: set[str]

    @property
    def behind(self) -> bool: ...
    def apply(self, record: CellsRecord) -> None: ...
    def pieces_of_step(self) -> Iterator[TickVerdicts | None]: ...
    def quiet(self) -> TickVerdicts | None: ...
    def snapshot(self, offset: int, full: bool = False) -> Iterator[tuple[str, bytes]]: ...
    def restore(self, manifest: bytes, chunks: Mapping[str, bytes]) -> int: ...


class SnapshotPace(NamedTuple):
    """Seconds between snapshots, and between those that hold everything."""

    interval_s: float
    full_interval_s: float


class CellsState:
    """One cells partition between its log and pharos-verdicts.

    Verdicts are acknowledged before a snapshot covers their ticks; after a restart ticks since the snapshot come again,
    and the incident desk ignores those it has passed.

    Args:
        merge: fresh; restored here from `saved`.
        needed: names of the chunks that a manifest needs.
        producer: an aiokafka producer.
        observe: called with each source's watermark, by which a worker with silent sources knows what time it is.
        on_judged: called with each tick at which detectors ran: the partition, and the seconds it took.

    Attributes:
        start: see `LogState`.

    """

    def __init__(
        self,
        partition: int,
        merge: Merge,
        saved: Saved | None,
        *,
        producer: Any,
        pace: SnapshotPace,
        needed: Callable[[bytes], set[str]],
        observe: Callable[[int], None],
        on_judged: Callable[[int, float], None],
        now_s: float,
    ) -> None:
        self.merge = merge
        self.undecodable = 0
        self._told: set[str] = set()
        self._partition = partition
        self._producer = producer
        self._pace = pace
        self._needed = needed
        self._observe = observe
        self._on_judged = on_judged
        self._saved_at = self._full_at = now_s
        self.start = None if saved is None else saved.offset
        self._saved_offset = -1 if saved is None else saved.offset
        self._quiet_until = -1
        self._pieces = 0
        if saved is not None:
            chunks = {name: value for name, value in saved.items.items() if name != MANIFEST}
            merge.restore(saved.items[MANIFEST], chunks)

    @property
    def progress(self) -> int:
        """Days of history are stepped through for minutes, and a step after days of silence takes many seconds."""
        return self._pieces

    async def apply(self, batch: RecordBatch) -> None:
        for value in batch.values:
            try:
                record = decode(value or b"")
            except msgspec.DecodeError:
                self.undecodable += 1
                logger.exception("pharos-cells-%d undecodable record", self._partition)
                continue
            self.merge.apply(record)
            if record.watermark > 0:
                self._observe(record.watermark)
        self._tell_what_is_no_source()
        await self._advance()

    def _tell_what_is_no_source(self) -> None:
        for topic in self.merge.no_source - self._told:
            self._told.add(topic)
            logger.warning(
                "pharos-cells-%d has counts of %s, which is no source of this worker: they are added, and no tick "
                "waits for them; give all workers the same mappings, catalogue and version",
                self._partition, topic,
            )  # fmt: skip

    async def _advance(self) -> None:
        pending: list[TickVerdicts] = []
        breath = time.monotonic()
        while self.merge.behind:
            begun = time.monotonic()
            for verdicts in self.merge.pieces_of_step():
                self._pieces += 1
                if verdicts is not None:
                    self._on_judged(self._partition, time.monotonic() - begun)
                    pending.append(verdicts)
                paused = time.monotonic()
                if paused - breath > _BREATH_S:
                    await asyncio.sleep(0)
                    breath = time.monotonic()
                    begun += breath - paused
            if len(pending) >= _VERDICTS_AT_ONCE:
                await self._send(pending)
                pending = []
        quiet = self.merge.quiet()
        if quiet is not None and quiet.time > self._quiet_until:
            self._quiet_until = quiet.time
            pending.append(quiet)
        if pending:
            await self._send(pending)

    async def _send(self, ticks: list[TickVerdicts]) -> None:
        key = str(self._partition).encode()
        try:
            sent = [
                await self._producer.send(VERDICTS_TOPIC, _encoder.encode(tick), key=key, partition=0) for tick in ticks
            ]
            await asyncio.wait_for(asyncio.gather(*sent), _SEND_LIMIT_S)
        except (KafkaError, OSError, TimeoutError) as error:
            raise FlushFailedError(FailureReason.BROKER, error) from error

    def take_save(self, offset: int, now_s: float, *, last: bool = False) -> Save | None:
        if offset == self._saved_offset or (now_s - self._saved_at < self._pace.interval_s and not last):
            return None
        full = now_s - self._full_at >= self._pace.full_interval_s
        items = list(self.merge.snapshot(offset, full))
        self._saved_at = now_s
        if full:
            self._full_at = now_s
        manifest = items[-1][1]
        return Save(offset, items, frozenset(self._needed(manifest) | {MANIFEST}))

    def on_saved(self, save: Save) -> None:
        self._saved_offset = save.offset
