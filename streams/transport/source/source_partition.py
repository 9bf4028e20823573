"""One source partition in one worker: where reading stands, what is counted and not yet flushed."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Protocol

from streams.cells.case_record import encode as encode_marks
from streams.cells.pieces import pieces_of_marks
from streams.cells.record import encode
from streams.records.batch import RecordBatch
from streams.records.single_event import encode as encode_single
from streams.topics.names import CASES_TOPIC, CELLS_TOPIC, DEAD_LETTERS_TOPIC, SINGLE_EVENTS_TOPIC
from streams.transport.flush.fencing_abort import dead_letter_key
from streams.transport.flush.flush import FlushContent, OutRecord
from streams.transport.flush.flush_timing import FlushTiming
from streams.transport.partitions.log_bounds import source_remedy
from streams.transport.partitions.partition import Intake, Partition
from streams.transport.source.commit_note import CommitNote
from streams.transport.source.idle import IdleWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from faust.types import TP

    from streams.cells.case_record import CasesRecord
    from streams.cells.record import CellsRecord
    from streams.records.single_event import SingleEvent
    from streams.transport.driver.fetched import Fetched
    from streams.transport.flush.flush import Flusher
    from streams.transport.partitions.committed import Commit
    from streams.transport.source.source_options import SourceOptions

UNFLUSHED_SOON = 50_000  # records that are flushed before their time
_BYTES_A_RECORD = 20  # of new names; fifty thousand such records are 1 MB, which are 16 MiB of cells at the most


class DeadLetter(Protocol):
    """A record that is a dead letter."""

    @property
    def offset(self) -> int: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class Flush(Protocol):
    """What an ingest partition counted since its last flush."""

    @property
    def next_offset(self) -> int: ...
    @property
    def largest_event_time(self) -> int: ...
    @property
    def watermark(self) -> int: ...
    @property
    def records(self) -> Mapping[int, CellsRecord]: ...
    @property
    def cases(self) -> Mapping[int, CasesRecord]: ...
    @property
    def dead_letters(self) -> Sequence[DeadLetter]: ...
    @property
    def single_events(self) -> Sequence[SingleEvent]: ...
    @property
    def outcomes(self) -> Mapping[Any, int]: ...
    @property
    def long_values(self) -> Mapping[str, int]: ...
    @property
    def without_case(self) -> Mapping[tuple[str, str], int]: ...


class Ingest(Protocol):
    """The pure counting of one source partition (`streams.ingest`)."""

    largest_event_time: int

    @property
    def newest_timestamp(self) -> int: ...
    @property
    def watermark(self) -> int: ...
    @property
    def has_news(self) -> bool: ...
    @property
    def new_bytes(self) -> int: ...
    def warm(self, batch: RecordBatch) -> None: ...
    def feed(self, batch: RecordBatch) -> object: ...
    def promise(self, watermark_ms: int) -> None: ...
    def take_flush(self, cells_partitions: int) -> Flush: ...


class SourcePartition(Partition):
    """Feeds one ingest partition with each offset once, in order.

    Attributes:
        committed: the offset the last known commit brought the count to; records before it only warm the memory of ids.
        unflushed: records fed since the last flush; more, where they bring many new names: a flush that exceeds the
            largest record would never succeed.
        topic_id: which topic of this name it is, where the broker tells; written into each commit.
        idle: whether it has nothing to say.
        timing: whether it is to be flushed.

    """

    writer: Flusher

    def __init__(
        self, tp: TP, make_ingest: Callable[[], Ingest], flusher: Flusher, options: SourceOptions, now_s: float
    ) -> None:
        group = options.strict_group
        super().__init__(tp, flusher, now_s, None if group is None else source_remedy(tp, group))
        self.committed = 0
        self.unflushed = 0
        self.topic_id = ""
        self.idle = IdleWatch(options.idle_after_s)
        self.timing = FlushTiming(options.flush_interval_s, UNFLUSHED_SOON, now_s)
        self._make_ingest = make_ingest
        self._options = options
        self.ingest = make_ingest()

    def begin(self, commit: Commit | None, earliest: int) -> None:
        """Forget everything and start from a commit, warmed by the last `dedup_records` before it.

        Args:
            commit: None where there is none: counting starts at `earliest`.
            earliest: the first offset the broker still has.

        """
        self.ingest = self._make_ingest()
        self.unflushed = 0
        self.committed = earliest if commit is None else max(commit.offset, earliest)
        note = CommitNote() if commit is None else CommitNote.read(commit.metadata)
        if note.largest is not None and note.watermark is not None:
            self.ingest.largest_event_time = note.largest
            self.ingest.promise(note.watermark)  # what was promised while idle holds for the next owner too
        self.position = max(self.committed - self._options.dedup_records, earliest)
        self.ingest.warm(RecordBatch(self.tp.topic, self.tp.partition, (), (), (), self.position))

    def take(self, fetched: Fetched) -> Intake:
        """Process a batch if it is the next one."""
        intake = self.intake(fetched.start)
        if intake is not Intake.TAKEN:
            return intake
        batch = fetched.batch
        if self.position < self.committed:
            cut = bisect_left(batch.offsets, self.committed)
            self.ingest.warm(_part(batch, 0, cut, min(batch.next_offset, self.committed)))
            batch = _part(batch, cut, len(batch.offsets), batch.next_offset)
        if batch.next_offset > self.committed:
            self.ingest.feed(batch)
            self.unflushed = max(self.unflushed + len(batch.offsets), self.ingest.new_bytes // _BYTES_A_RECORD)
        self.position = fetched.batch.next_offset
        return intake

    @property
    def needed(self) -> int:
        return max(self.position, self.committed)

    def skip_to(self, offset: int) -> None:
        super().skip_to(offset)
        self.committed = max(self.committed, offset)

    @property
    def largest_event_time(self) -> int:
        """How far it is in event time."""
        return self.ingest.largest_event_time

    def promise(self, watermark_ms: int | None) -> None:
        """Speak up to a time though nothing comes; None where nobody knows what time it is."""
        if watermark_ms is not None:
            self.ingest.promise(watermark_ms)

    @property
    def has_news(self) -> bool:
        return self.position >= self.committed and self.ingest.has_news

    def take_flush(self) -> tuple[FlushContent, Flush]:
        """All counted since the last flush. What it holds is gone from here: if it fails, `begin` again."""
        flush = self.ingest.take_flush(self._options.cells_partitions)
        cells = [
            OutRecord(CELLS_TOPIC, encode(record), partition=number) for number, record in sorted(flush.records.items())
        ]
        marks = [
            OutRecord(CASES_TOPIC, encode_marks(piece), partition=number)
            for number, record in sorted(flush.cases.items())
            for piece in pieces_of_marks(record)
        ]
        dead = [self._dead_letter(letter) for letter in flush.dead_letters]
        single = [
            OutRecord(SINGLE_EVENTS_TOPIC, encode_single(event), event.rule.encode(), 0)
            for event in flush.single_events
        ]
        self.unflushed = 0
        note = CommitNote(flush.largest_event_time, flush.watermark, self.topic_id, self._options.customer_key)
        return FlushContent(self.tp, self.position, str(note), [*cells, *marks, *single, *dead]), flush

    def _dead_letter(self, letter: DeadLetter) -> OutRecord:
        headers = (
            ("pharos-reason", letter.reason.encode()),
            ("pharos-topic", self.tp.topic.encode()),
            ("pharos-partition", str(self.tp.partition).encode()),
            ("pharos-offset", str(letter.offset).encode()),
            ("pharos-detail", letter.detail.encode()),
            *((name, text or b"") for name, text in letter.headers),
        )
        return OutRecord(DEAD_LETTERS_TOPIC, letter.value, key=dead_letter_key(self.tp), headers=headers)


def _part(batch: RecordBatch, begin: int, end: int, next_offset: int) -> RecordBatch:
    return RecordBatch(
        batch.topic,
        batch.partition,
        batch.offsets[begin:end],
        batch.timestamps[begin:end],
        batch.values[begin:end],
        next_offset,
        batch.headers[begin:end],
    )
