"""The ingest of one source partition: what becomes of every record, and what the counted ones add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.cells.record import NO_WATERMARK
from streams.events.customer import NOBODY, CustomerKey
from streams.events.dead_letter import Rejection
from streams.events.misdated import MISDATED, EventAhead, EventTooLate, misdated
from streams.events.vocabulary import type_of
from streams.ingest.busy_slots import BusySlots
from streams.ingest.case_marks import CaseMarks
from streams.ingest.case_names import CaseBook
from streams.ingest.code_book import CodeBook
from streams.ingest.expansion import Expansion
from streams.ingest.fates import Limits, fates_of
from streams.ingest.flush import Flush
from streams.ingest.future import FROM_THE_FUTURE, NO_TIMESTAMP, ahead
from streams.ingest.missing_times import MissingTimes
from streams.ingest.outcome import Outcome
from streams.ingest.plane import Plane
from streams.ingest.progress import NEVER, Progress
from streams.ingest.recent_ids import RecentIds
from streams.ingest.refused_records import RefusedRecords
from streams.ingest.row_shape import RowShape, shapes_of
from streams.ingest.row_writer import Service, always_open, compile_rows
from streams.ingest.selection import Selection
from streams.ingest.source_events import SourceEvents

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streams.catalogue.load import Catalogue
    from streams.events.dead_letter import DeadLetter
    from streams.events.misdated import MisdatedEvent
    from streams.events.record_mapper import RecordMapper
    from streams.ingest.reader import Columns
    from streams.ingest.source_events import AnyReader
    from streams.records.batch import RecordBatch

_AT_ONCE = 256  # records whose events are in memory together: more no longer help, and would leave the cache
_ENDLESS = 1 << 61


class IngestPartition:
    """Decides about records in the order of their offsets and folds the counted ones into cells. Pure.

    Every decision depends on the records of this partition before it, and on nothing else, but for the plane of an
    event (on time or late), which also depends on the watermark that was promised while the partition was idle, and,
    where `now_ms` is given, for what is further ahead of that clock than `future_limit_ms`, which is a dead letter.

    What enters the memory of ids: every record that decodes as an event of a listed type, whatever its outcome is. What
    raises the largest event time: counted events only, so a clock that runs ahead cannot make the others late.

    Args:
        now_ms: the wall clock, set right by the brokers'; None where the time of the events is all there is.
        mapper: of a mapped topic; None where its records are events of ours.
        customers: hashes the customers that events name.
        selection: finds what rules on single events are about.
        service: for deadlines in service hours.

    Attributes:
        newest_timestamp: the largest Kafka timestamp of the records that were not refused, in ms; -1 before the first.

    """

    def __init__(
        self,
        catalogue: Catalogue,
        topic: str,
        partition: int,
        *,
        dedup_records: int,
        lateness_ms: int,
        late_limit_ms: int,
        future_limit_ms: int,
        now_ms: Callable[[], int] | None = None,
        mapper: RecordMapper | None = None,
        customers: CustomerKey = NOBODY,
        selection: Selection | None = None,
        service: Service = always_open,
    ) -> None:
        """Raises KeyError for a topic that is neither mapped nor brings a type of the catalogue's vocabulary."""
        self.topic, self.partition = topic, partition
        self.outcomes: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self._catalogue, self.newest_timestamp = catalogue, NO_TIMESTAMP
        self._late_limit, self._future_limit = late_limit_ms, future_limit_ms
        self._now_ms, self._now = now_ms, _ENDLESS
        vocabulary = catalogue.vocabulary
        self._events = SourceEvents(topic, vocabulary, mapper, customers)
        self._selection, self._ids = selection or Selection(), RecentIds(dedup_records)
        shapes = shapes_of(catalogue, (*self._events.structs, *MISDATED), topic)
        self._shapes = shapes
        self._codes = CodeBook(name for shape in shapes.values() for name in shape.dimensions)
        self._missing = MissingTimes(shapes.values())
        self._cases = CaseBook(customers.cases)
        self._rows_of = compile_rows(shapes, self._codes, vocabulary, self._cases, service)
        read = self._rows_of, self._refuse, self._ignore, self._codes.values(), self._selection
        self._reader = self._events.new_reader(*read)
        # What is counted already is only remembered: it needs no rows, and costs half.
        nothing = compile_rows({event: RowShape(type_of(event), topic, {}) for event in shapes}, {}, vocabulary)
        self._remembering = self._events.new_reader(nothing, self._refuse, self._ignore)
        self._expansion = Expansion(catalogue.metrics, list(shapes.values()), self._codes)
        self._progress = Progress(lateness_ms)
        self._case_marks = CaseMarks(self._codes, self._cases, wanted=catalogue.has_cases)
        self._on_time, self._late = Plane(self._shapes), Plane(self._shapes)
        self._refused, self._busy = RefusedRecords(topic, partition), BusySlots()
        self._flushed_outcomes = dict(self.outcomes)
        self._next_offset, self._has_news = 0, False

    @property
    def largest_event_time(self) -> int:
        """Of all counted events, in ms, or NO_WATERMARK. Setting it (from the offset's metadata) overrules `warm`."""
        return NO_WATERMARK if self._progress.largest == NEVER else self._progress.largest

    @largest_event_time.setter
    def largest_event_time(self, value: int) -> None:
        self._progress.restore(value, None if self._now_ms is None else self._now_ms())

    @property
    def watermark(self) -> int:
        """Largest event time less the lateness, or what was promised if that is more; NO_WATERMARK before either.

        With a wall clock it is never ahead of that less the lateness.
        """
        return self._progress.watermark

    @property
    def has_news(self) -> bool:
        """Whether anything was read or promised since the last flush."""
        return self._has_news

    @property
    def next_offset(self) -> int:
        """Where reading goes on."""
        return self._next_offset

    @property
    def new_bytes(self) -> int:
        """Of the values of dimensions that are new since the last flush: they make the flush large, each many times."""
        return self._codes.new_bytes

    @property
    def without_time(self) -> dict[tuple[str, str], int]:
        """Up to the last flush, see `Flush.without_time`."""
        return self._missing.total

    @property
    def long_values(self) -> dict[str, int]:
        """Up to the last flush, see `Flush.long_values`."""
        return self._codes.long_values

    def promise(self, watermark_ms: int) -> None:
        """Raise the watermark while idle. Later events behind it go to the late plane; a lower one changes nothing."""
        if self._progress.promise(watermark_ms):
            self._has_news = True

    def warm(self, batch: RecordBatch) -> None:
        """Remember the ids, and the largest event time unless that was set, of records that are counted already."""
        kept = self._on_time, self._late, self._busy, self._refused, self.outcomes, self._has_news
        progress = self._progress
        largest, front = progress.largest, progress.front
        self._on_time, self._late, self._busy = Plane(self._shapes), Plane(self._shapes), BusySlots()
        self._refused, self.outcomes = RefusedRecords(self.topic, self.partition), dict(self.outcomes)
        self._feed(batch, self._remembering)
        self._on_time, self._late, self._busy, self._refused, self.outcomes, self._has_news = kept
        if progress.restored:
            progress.largest, progress.front = largest, front

    def feed(self, batch: RecordBatch) -> list[DeadLetter]:
        """Decide about every record of a batch. Returns its dead letters, as the next flush does. No record raises."""
        return self._feed(batch, self._reader)

    def _feed(self, batch: RecordBatch, reader: AnyReader) -> list[DeadLetter]:
        first_letter = len(self._refused)
        values = self._refused.values_of(batch, mapped=self._events.mapped) if batch.headers else batch.values
        if self._now_ms is not None:
            self._now = self._now_ms()
        for begin in range(0, len(values), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            columns = reader.read(batch.offsets[part], batch.timestamps[part], values[part])
            if columns.ids:
                self._decide(columns)
        self._next_offset = batch.next_offset
        self._has_news = True
        return self._refused.since(first_letter)

    def _decide(self, columns: Columns) -> None:
        copies = self._ids.seen_among(columns.sources, columns.ids, columns.offsets)
        newest, oldest = int(columns.times.max()), int(columns.times.min())
        earliest_record, latest_record = min(columns.timestamps), max(columns.timestamps)
        progress = self._progress
        reached = max(progress.largest, newest)
        plain = not copies and earliest_record != NO_TIMESTAMP and newest <= earliest_record + self._future_limit
        plain = plain and max(newest, latest_record) <= self._now + self._future_limit
        front = max(progress.front, min(reached, self._now))
        if plain and oldest >= max(front - progress.lateness_ms, progress.promised):
            progress.largest, progress.front = reached, front
            self.newest_timestamp = max(self.newest_timestamp, latest_record)
            self.outcomes[Outcome.COUNTED] += columns.records
            self._busy.add(columns.times, oldest, newest)
            self._on_time.add(columns.rows, columns.selected)
            return
        self._decide_each(columns, copies)

    def _decide_each(self, columns: Columns, copies: list[int]) -> None:
        """The same for events some of which are copies, late or from the future."""
        progress, times = self._progress, columns.times
        fates = fates_of(columns, copies, progress, Limits(self._now, self._future_limit, self._late_limit))
        timestamps = np.array(columns.timestamps, np.int64)
        newest = timestamps[~fates.refused].max(initial=NO_TIMESTAMP)
        self.newest_timestamp = max(self.newest_timestamp, int(newest))
        progress.largest, progress.front = int(fates.reached[-1]), int(fates.front[-1])
        refused: dict[int, int] = {}
        for place in np.flatnonzero(fates.ahead).tolist():
            refused.setdefault(columns.offsets[place], place)
        for offset, place in refused.items():
            why = ahead(int(times[place]), columns.timestamps[place], self._now, self._future_limit)
            self._reject(offset, columns.values[place], why or FROM_THE_FUTURE)
        for outcome, count in fates.outcomes().items():
            self.outcomes[outcome] += count
        self._busy.add_some(times[fates.on_time])
        self._on_time.add_some(columns, fates.on_time.tolist())
        if fates.behind.any():
            self._late.add_some(columns, fates.behind.tolist())
        known = timestamps != NO_TIMESTAMP
        stamped = np.where(known, timestamps, fates.reached if self._now_ms is None else self._now)
        read_at = np.minimum(stamped, self._now)
        self._misdate(EventAhead, columns, fates.ahead, read_at, np.maximum(times, timestamps) - read_at)
        self._misdate(EventTooLate, columns, fates.too_late, read_at, fates.reached - times)

    def _misdate(
        self,
        kind: type[MisdatedEvent],
        columns: Columns,
        chosen: NDArray[np.bool_],
        read_at: NDArray[np.int64],
        off_ms: NDArray[np.int64],
    ) -> None:
        """Counts what is off in time for the time at which it was read: its own says nothing."""
        places = np.flatnonzero(chosen)
        if not places.size:
            return
        off = zip(places.tolist(), off_ms[places].tolist(), strict=True)
        events = [misdated(kind, columns.sources[place], ms) for place, ms in off]
        self._on_time.add(self._rows_of(events, read_at[places].tolist()))

    def take_flush(self, cells_partitions: int) -> Flush:
        """Everything since the last flush, for one transaction. A flush that fails is not given back: start again."""
        planes = self._on_time.rows(), self._late.rows()
        header = (self.topic, self.partition, self._next_offset, self.watermark, self._catalogue.hash)
        flush = Flush(
            self._next_offset,
            self.watermark,
            self.largest_event_time,
            self._expansion.records(planes, cells_partitions, header, self._busy.take()),
            self._refused.take(),
            {outcome: self.outcomes[outcome] - before for outcome, before in self._flushed_outcomes.items()},
            self._missing.count(planes),
            self._codes.take_long_values(),
            *self._case_marks.records(planes, cells_partitions, header),
            self._selection.take([*self._on_time.selected, *self._late.selected]),
        )
        self._on_time, self._late = Plane(self._shapes), Plane(self._shapes)
        self._codes.shrink()
        self._cases.forget()
        self._flushed_outcomes = dict(self.outcomes)
        self._has_news = False
        return flush

    def _refuse(self, offset: int, timestamp: int, value: bytes | None, error: Exception) -> None:
        if value is None:
            self._ignore(offset, timestamp, value)
            return
        found = self._events.explain(value, error)
        if isinstance(found, Rejection):
            self._reject(offset, value, found)
        else:
            self._ignore_unless_ahead(offset, found.time, timestamp, value)

    def _ignore(self, offset: int, timestamp: int, value: bytes | None) -> None:
        self._ignore_unless_ahead(offset, None, timestamp, value)

    def _ignore_unless_ahead(self, offset: int, time: int | None, timestamp: int, value: bytes | None) -> None:
        why = ahead(time, timestamp, self._now, self._future_limit)
        if why is not None:
            self._reject(offset, value, why)
            return
        self.outcomes[Outcome.IGNORED] += 1
        self.newest_timestamp = max(self.newest_timestamp, timestamp)

    def _reject(self, offset: int, value: bytes | None, rejection: Rejection) -> None:
        self.outcomes[Outcome.DEAD_LETTER] += 1
        self._refused.add(offset, value, rejection)
