"""Stand-ins for Kafka and for the pure parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from faust.types import TP

from streams.cells.case_record import CasesRecord
from streams.cells.record import CellsRecord
from streams.records.batch import RecordBatch
from streams.transport.driver.fetched import Fetched
from streams.transport.partitions.log_bounds import Bounds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from streams.records.single_event import SingleEvent
    from streams.transport.driver.batch_driver import Standing
    from streams.transport.flush.flush import FlushContent, FlushFailedError
    from streams.transport.partitions.committed import Commit

ORDERS = TP("orders", 0)


def fetched(start: int, offsets: Iterable[int], next_offset: int | None = None, tp: TP = ORDERS) -> Fetched:
    """A batch whose values are the texts of their offsets."""
    offsets = list(offsets)
    end = next_offset if next_offset is not None else offsets[-1] + 1
    values = [str(offset).encode() for offset in offsets]
    return Fetched(start, RecordBatch(tp.topic, tp.partition, offsets, [1_000] * len(offsets), values, end))


class FakeLetter(NamedTuple):
    offset: int
    value: bytes
    reason: str
    detail: str = "not JSON"
    headers: tuple[tuple[str, bytes], ...] = ()


class FakeFlush(NamedTuple):
    next_offset: int
    watermark: int
    largest_event_time: int
    records: Mapping[int, CellsRecord]
    dead_letters: list[FakeLetter]
    cases: Mapping[int, CasesRecord]
    single_events: list[SingleEvent]


class FakeIngest:
    """Remembers what it was given; offsets that end in 9 are dead letters."""

    has_cases = False

    def __init__(self) -> None:
        self.single_events: list[SingleEvent] = []
        self.warmed: list[int] = []
        self.fed: list[int] = []
        self.promises: list[int] = []
        self.largest_event_time = -1
        self.newest_timestamp = -1
        self.new_bytes = 0
        self._dead: list[FakeLetter] = []
        self._news = False

    @property
    def has_news(self) -> bool:
        return self._news

    @property
    def watermark(self) -> int:
        return max(self.largest_event_time - 1, *self.promises, -1)

    def warm(self, batch: RecordBatch) -> None:
        self.warmed += batch.offsets

    def feed(self, batch: RecordBatch) -> None:
        self.fed += batch.offsets
        self._dead += [FakeLetter(offset, b"bad", "not_json") for offset in batch.offsets if offset % 10 == 9]
        self.largest_event_time = max(self.largest_event_time, *batch.offsets, -1)
        self.newest_timestamp = max(self.newest_timestamp, *batch.timestamps, -1)
        self._news = True

    def promise(self, watermark_ms: int) -> None:
        self.promises.append(watermark_ms)
        self._news = True

    def take_flush(self, cells_partitions: int) -> FakeFlush:
        self._news = False
        dead, self._dead = self._dead, []
        record = CellsRecord("orders", 0, 0, -1, "hash", [])
        marks = CasesRecord("orders", 0, -1, "hash", [])
        return FakeFlush(
            0,
            self.watermark,
            self.largest_event_time,
            dict.fromkeys(range(cells_partitions), record),
            dead,
            dict.fromkeys(range(cells_partitions), marks) if self.has_cases else {},
            self.single_events,
        )


class FakeFlusher:
    """Keeps what it is given; fails where told so."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.flushes: list[FlushContent] = []
        self.failures: list[FlushFailedError] = []

    async def open(self) -> None:
        self.opened += 1

    async def flush(self, content: FlushContent) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.flushes.append(content)

    async def close(self) -> None:
        self.closed += 1


class FakePositions:
    """Where a consumer would be."""

    def __init__(self) -> None:
        self.moves: list[tuple[TP, int]] = []
        self.earliest: dict[TP, int] = {}
        self.ends: dict[TP, int] = {}
        self.standings: dict[TP, Standing] = {}
        self.held: frozenset[Any] = frozenset()

    async def move_to(self, tp: TP, offset: int) -> None:
        self.moves.append((tp, offset))

    async def bounds(self, *tps: TP) -> Mapping[TP, Bounds]:
        return {tp: Bounds(self.earliest.get(tp, 0), self.ends.get(tp, 1_000_000)) for tp in tps}

    def standing(self, tp: TP) -> Standing | None:
        return self.standings.get(tp)

    def hold(self, tps: Collection[TP]) -> None:
        self.held = frozenset(tps)


class FakeCommits:
    """Committed offsets by partition."""

    def __init__(self, commits: dict[TP, Commit] | None = None) -> None:
        self.commits = commits or {}

    async def read(self, tps: Iterable[TP]) -> Mapping[TP, Commit]:
        return {tp: self.commits[tp] for tp in tps if tp in self.commits}


class FakeTopicNames:
    """Ids of topics by name."""

    def __init__(self, ids: dict[str, str]) -> None:
        self.ids = ids

    async def read(self, topics: Collection[str]) -> Mapping[str, str]:
        return {name: self.ids[name] for name in topics if name in self.ids}
