"""The ingest of one source partition: what becomes of every record, and what the counted ones add up to."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from streams.cells.record import NO_WATERMARK
from streams.events.dead_letter import DeadLetter, Reason, Rejection
from streams.events.decoder import TopicDecoder
from streams.events.misdated import EVENTS as MISDATED
from streams.events.misdated import EventAhead, EventTooLate, misdated
from streams.events.registry import EVENTS_OF_TOPIC, type_of
from streams.ingest.busy_slots import BusySlots
from streams.ingest.codes import Codes
from streams.ingest.expansion import Expansion, records_of
from streams.ingest.flush import Flush
from streams.ingest.group import LACKS_TIME, make_groups
from streams.ingest.grouping import WrongTimeError, compile_grouping
from streams.ingest.outcome import Outcome
from streams.ingest.plane import Plane
from streams.ingest.reader import Reader
from streams.ingest.recent_ids import RecentIds
from streams.ingest.routes import routes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streams.catalogue.load import Catalogue
    from streams.events.fields import Event
    from streams.events.misdated import MisdatedEvent
    from streams.ingest.group import Group
    from streams.ingest.reader import Columns
    from streams.records.batch import RecordBatch

_AT_ONCE = 256  # records whose events are in memory together: more no longer help, and would leave the cache
_NEVER = -(1 << 62)
NO_TIMESTAMP = -1  # what Kafka gives for a record without one
_ENDLESS = 1 << 61
FROM_THE_FUTURE = Rejection(Reason.FROM_THE_FUTURE, "$.time is too far ahead of the record's timestamp")
TIME_AHEAD = Rejection(Reason.FROM_THE_FUTURE, "$.time is too far ahead of the brokers' clock")
TIMESTAMP_AHEAD = Rejection(Reason.FROM_THE_FUTURE, "the record's timestamp is too far ahead of the brokers' clock")


class IngestPartition:
    """Decides about records in the order of their offsets and folds the counted ones into cells. Pure.

    Every decision depends on the records of this partition before it, and on nothing else, but for the plane of an
    event (on time or late), which also depends on the watermark that was promised while the partition was idle, and,
    where `now_ms` is given, for what is further ahead of that clock than `future_limit_ms`, which is a dead letter.

    What enters the memory of ids: every record that decodes as an event of a listed type, whatever its outcome is. What
    raises the largest event time: counted events only, so a clock that runs ahead cannot make the others late.

    Args:
        now_ms: the wall clock, set right by the brokers'; None where the time of the events is all there is.

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
    ) -> None:
        """Raises KeyError for a topic that is none of ours."""
        self.topic = topic
        self.partition = partition
        self.outcomes: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self.without_time: dict[tuple[str, str], int] = {}
        self.long_values: dict[str, int] = {}
        self._catalogue = catalogue
        self._lateness = lateness_ms
        self._late_limit = late_limit_ms
        self._future_limit = future_limit_ms
        self._now_ms = now_ms
        self._now = _ENDLESS
        self.newest_timestamp = NO_TIMESTAMP
        self._decoder = TopicDecoder(topic)
        self._ids = RecentIds(dedup_records)
        self._groups: list[Group] = []
        events: tuple[type[Event], ...] = (*EVENTS_OF_TOPIC[topic], *MISDATED)
        numbered = {event: self._number_groups(type_of(event)) for event in events}
        self._codes = {name: Codes() for group in self._groups for name in group.dimensions}
        self._grouping = compile_grouping(numbered, self._codes)
        self._reader = Reader(self._decoder.decode, self._grouping, self._refuse, self._codes.values())
        # What is counted already is only remembered: it needs no keys, and costs half.
        self._remembering = Reader(
            self._decoder.decode, compile_grouping(dict.fromkeys(numbered, ()), {}), self._refuse
        )
        self._expansion = Expansion(catalogue.metrics, self._groups, self._codes)
        self._largest = _NEVER
        self._front = _NEVER  # the largest event time, never ahead of the wall clock: a fast one drags no others along
        self._restored = False
        self._promised = _NEVER
        self._next_offset = 0
        self._gauges = frozenset(number for number, group in enumerate(self._groups) if group.measure.gauge)
        self._may_lack = frozenset(n for n, group in enumerate(self._groups) if group.at != "time" and not group.added)
        self._on_time, self._late = Plane(self._gauges), Plane(self._gauges)
        self._dead_letters: list[DeadLetter] = []
        self._flushed_outcomes = dict(self.outcomes)
        self._busy = BusySlots()
        self._without_time: dict[tuple[str, str], int] = {}
        self._has_news = False

    @property
    def largest_event_time(self) -> int:
        """Of all counted events, in ms, or NO_WATERMARK. Setting it (from the offset's metadata) overrules `warm`."""
        return NO_WATERMARK if self._largest == _NEVER else self._largest

    @largest_event_time.setter
    def largest_event_time(self, value: int) -> None:
        self._largest = _NEVER if value == NO_WATERMARK else value
        self._front = self._largest if self._now_ms is None else min(self._largest, self._now_ms())
        self._restored = True

    @property
    def watermark(self) -> int:
        """Largest event time less the lateness, or what was promised if that is more; NO_WATERMARK before either.

        With a wall clock it is never ahead of that less the lateness.
        """
        watermark = max(self._front - self._lateness, self._promised)
        return watermark if watermark > _NEVER else NO_WATERMARK

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
        return sum(codes.added for codes in self._codes.values())

    def promise(self, watermark_ms: int) -> None:
        """Raise the watermark while idle. Later events behind it go to the late plane; a lower one changes nothing."""
        if watermark_ms > max(self._promised, self._front - self._lateness):
            self._promised = watermark_ms
            self._has_news = True

    def warm(self, batch: RecordBatch) -> None:
        """Remember the ids, and the largest event time unless that was set, of records that are counted already."""
        kept = self._on_time, self._late, self._busy, self._dead_letters, self.outcomes, self._has_news
        largest, front = self._largest, self._front
        self._on_time, self._late, self._busy = Plane(), Plane(), BusySlots()
        self._dead_letters, self.outcomes = [], dict(self.outcomes)
        self._feed(batch, self._remembering)
        self._on_time, self._late, self._busy, self._dead_letters, self.outcomes, self._has_news = kept
        if self._restored:
            self._largest, self._front = largest, front

    def feed(self, batch: RecordBatch) -> list[DeadLetter]:
        """Decide about every record of a batch. Returns its dead letters, as the next flush does. No record raises."""
        return self._feed(batch, self._reader)

    def _feed(self, batch: RecordBatch, reader: Reader) -> list[DeadLetter]:
        first_letter = len(self._dead_letters)
        if self._now_ms is not None:
            self._now = self._now_ms()
        for begin in range(0, len(batch.values), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            columns = reader.read(batch.offsets[part], batch.timestamps[part], batch.values[part])
            if columns.ids:
                self._decide(columns)
        self._next_offset = batch.next_offset
        self._has_news = True
        letters = self._dead_letters[first_letter:]
        letters.sort(key=attrgetter("offset"))  # those that decode are found after those that do not
        self._dead_letters[first_letter:] = letters
        return letters

    def _decide(self, columns: Columns) -> None:
        copies = self._ids.seen_among(columns.sources, columns.ids, columns.offsets)
        newest, oldest = int(columns.times.max()), int(columns.times.min())
        earliest_record, latest_record = min(columns.timestamps), max(columns.timestamps)
        reached = max(self._largest, newest)
        plain = not copies and earliest_record != NO_TIMESTAMP and newest <= earliest_record + self._future_limit
        plain = plain and max(newest, latest_record) <= self._now + self._future_limit
        front = max(self._front, min(reached, self._now))
        if plain and oldest >= max(front - self._lateness, self._promised):
            self._largest, self._front = reached, front
            self.newest_timestamp = max(self.newest_timestamp, latest_record)
            self.outcomes[Outcome.COUNTED] += len(columns.ids)
            self._busy.add(columns.times, oldest, newest)
            self._on_time.add(columns.keys, columns.sums)
            return
        self._decide_each(columns, copies)

    def _decide_each(self, columns: Columns, copies: list[int]) -> None:
        """The same for records some of which are copies, late or from the future."""
        times, timestamps = columns.times, np.array(columns.timestamps, np.int64)
        known = timestamps != NO_TIMESTAMP
        future = (known & (times > timestamps + self._future_limit)) | (
            np.maximum(times, timestamps) > self._now + self._future_limit
        )
        accepted = ~future
        self.newest_timestamp = max(self.newest_timestamp, int(timestamps[accepted].max(initial=NO_TIMESTAMP)))
        accepted[copies] = False
        reached = np.maximum(np.maximum.accumulate(np.where(accepted, times, _NEVER)), self._largest)
        front = np.maximum(np.minimum(reached, self._now), self._front)
        on_time = accepted & (times >= np.maximum(front - self._lateness, self._promised))
        behind = accepted & ~on_time & (times >= reached - self._late_limit)
        self._largest, self._front = int(reached[-1]), int(front[-1])
        for place in np.flatnonzero(future).tolist():
            ahead = self._ahead(int(times[place]), columns.timestamps[place])
            self._reject(columns.offsets[place], columns.values[place], ahead or FROM_THE_FUTURE)
        counted = int(on_time.sum() + behind.sum())
        self.outcomes[Outcome.COUNTED] += counted
        self.outcomes[Outcome.LATE] += int(accepted.sum()) - counted
        self.outcomes[Outcome.DUPLICATE] += int((~accepted & ~future).sum())
        self._busy.add_some(times[on_time])
        self._on_time.add_some(columns.keys, columns.sums, on_time.tolist())
        if behind.any():
            self._late.add_some(columns.keys, columns.sums, behind.tolist())
        read_at = np.minimum(np.where(known, timestamps, reached if self._now_ms is None else self._now), self._now)
        self._misdate(EventAhead, columns, future, read_at, np.maximum(times, timestamps) - read_at)
        self._misdate(EventTooLate, columns, accepted & (times < reached - self._late_limit), read_at, reached - times)

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
        self._on_time.add(*self._grouping(events, read_at[places].tolist()))

    def take_flush(self, cells_partitions: int) -> Flush:
        """Everything since the last flush, for one transaction. A flush that fails is not given back: start anew."""
        self._count_without_time()
        cells = self._expansion.expand([(0, self._on_time.amounts), (1, self._late.amounts)])
        header = (self.topic, self.partition, self._next_offset, self.watermark, self._catalogue.hash)
        flush = Flush(
            self._next_offset,
            self.watermark,
            self.largest_event_time,
            records_of(cells, self._expansion, cells_partitions, header, self._busy.take()),
            self._dead_letters,
            {outcome: self.outcomes[outcome] - before for outcome, before in self._flushed_outcomes.items()},
            self._without_time,
            self._take_long_values(),
        )
        self._on_time, self._late = Plane(self._gauges), Plane(self._gauges)
        for codes in self._codes.values():
            codes.shrink()
        self._dead_letters, self._without_time = [], {}
        self._flushed_outcomes = dict(self.outcomes)
        self._has_news = False
        return flush

    def _take_long_values(self) -> dict[str, int]:
        """Of the dimensions that had any since the last flush."""
        found = {name: codes.cut for name, codes in self._codes.items() if codes.cut}
        for name, count in found.items():
            self._codes[name].cut = 0
            self.long_values[name] = self.long_values.get(name, 0) + count
        return found

    def _number_groups(self, event_type: str) -> list[tuple[int, Group]]:
        first = len(self._groups)
        self._groups += make_groups(event_type, routes_of(self._catalogue.metrics, event_type))
        return list(enumerate(self._groups))[first:]

    def _ahead(self, time: int | None, timestamp: int) -> Rejection | None:
        """Why a record is refused for its time; None where it is not."""
        if timestamp > self._now + self._future_limit:
            return TIMESTAMP_AHEAD
        if time is None:
            return None
        if time > self._now + self._future_limit:
            return TIME_AHEAD
        return FROM_THE_FUTURE if timestamp != NO_TIMESTAMP and time > timestamp + self._future_limit else None

    def _refuse(self, offset: int, timestamp: int, value: bytes | None, error: Exception) -> None:
        if value is None:
            self._ignore_unless_ahead(offset, None, timestamp, value)
        elif isinstance(error, WrongTimeError):
            self._reject(offset, value, Rejection(Reason.WRONG_FIELD, f"{error} is not RFC 3339"))
        else:
            found = self._decoder.explain(value)
            if isinstance(found, Rejection):
                self._reject(offset, value, found)
            else:
                self._ignore_unless_ahead(offset, found.time, timestamp, value)

    def _ignore_unless_ahead(self, offset: int, time: int | None, timestamp: int, value: bytes | None) -> None:
        ahead = self._ahead(time, timestamp)
        if ahead is not None:
            self._reject(offset, value, ahead)
            return
        self.outcomes[Outcome.IGNORED] += 1
        self.newest_timestamp = max(self.newest_timestamp, timestamp)

    def _reject(self, offset: int, value: bytes | None, rejection: Rejection) -> None:
        self.outcomes[Outcome.DEAD_LETTER] += 1
        self._dead_letters.append(DeadLetter(self.topic, self.partition, offset, *rejection, value or b""))

    def _count_without_time(self) -> None:
        for plane in (self._on_time, self._late) if self._may_lack else ():
            for key in [key for key in plane.amounts if key[0] in self._may_lack]:
                group = self._groups[key[0]]
                if LACKS_TIME in key[group.first_gate :]:
                    name, amount = (group.event_type, group.at), plane.amounts[key]
                    self._without_time[name] = self._without_time.get(name, 0) + amount
                    self.without_time[name] = self.without_time.get(name, 0) + amount
