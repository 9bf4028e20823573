"""The ingest of one source partition: what becomes of every record, and what the counted ones add up to."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from streams.cells.record import NO_WATERMARK
from streams.events.dead_letter import DeadLetter, Reason, Rejection
from streams.events.decoder import TopicDecoder
from streams.events.registry import EVENTS_OF_TOPIC, type_of
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
    from streams.batch import RecordBatch
    from streams.catalogue.load import Catalogue
    from streams.ingest.group import Group
    from streams.ingest.reader import Columns

_AT_ONCE = 256  # records whose events are in memory together: more no longer help, and would leave the cache
_NEVER = -(1 << 62)
NO_TIMESTAMP = -1  # what Kafka gives for a record without one
FROM_THE_FUTURE = Rejection(Reason.FROM_THE_FUTURE, "$.time is too far ahead of the record's timestamp")


class IngestPartition:
    """Decides about records in the order of their offsets and folds the counted ones into cells. Pure.

    Every decision depends on the records of this partition before it, and on nothing else, but for the plane of an
    event (on time or late), which also depends on the watermark that was promised while the partition was idle.

    What enters the memory of ids: every record that decodes as an event of a listed type, whatever its outcome is. What
    raises the largest event time: counted events only, so a clock that runs ahead cannot make the others late.
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
        self._decoder = TopicDecoder(topic)
        self._ids = RecentIds(dedup_records)
        self._groups: list[Group] = []
        numbered = {event: self._number_groups(type_of(event)) for event in EVENTS_OF_TOPIC[topic]}
        self._codes = {name: Codes() for group in self._groups for name in group.dimensions}
        grouping = compile_grouping(numbered, self._codes)
        self._reader = Reader(self._decoder.decode, grouping, self._refuse, self._codes.values())
        # What is counted already is only remembered: it needs no keys, and costs half.
        self._remembering = Reader(
            self._decoder.decode, compile_grouping(dict.fromkeys(numbered, ()), {}), self._refuse
        )
        self._expansion = Expansion(catalogue.metrics, self._groups, self._codes)
        self._largest = _NEVER
        self._restored = False
        self._promised = _NEVER
        self._next_offset = 0
        self._gauges = frozenset(number for number, group in enumerate(self._groups) if group.measure.gauge)
        self._may_lack = frozenset(n for n, group in enumerate(self._groups) if group.at != "time" and not group.added)
        self._on_time, self._late = Plane(self._gauges), Plane(self._gauges)
        self._dead_letters: list[DeadLetter] = []
        self._flushed_outcomes = dict(self.outcomes)
        self._without_time: dict[tuple[str, str], int] = {}
        self._has_news = False

    @property
    def largest_event_time(self) -> int:
        """Of all counted events, in ms, or NO_WATERMARK. Setting it (from the offset's metadata) overrules `warm`."""
        return NO_WATERMARK if self._largest == _NEVER else self._largest

    @largest_event_time.setter
    def largest_event_time(self, value: int) -> None:
        self._largest = _NEVER if value == NO_WATERMARK else value
        self._restored = True

    @property
    def watermark(self) -> int:
        """Largest event time less the lateness, or what was promised if that is more; NO_WATERMARK before either."""
        watermark = max(self._largest - self._lateness, self._promised)
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
        if watermark_ms > max(self._promised, self._largest - self._lateness):
            self._promised = watermark_ms
            self._has_news = True

    def warm(self, batch: RecordBatch) -> None:
        """Remember the ids, and the largest event time unless that was set, of records that are counted already."""
        kept = self._on_time, self._late, self._dead_letters, self.outcomes, self._has_news
        largest = self._largest
        self._on_time, self._late, self._dead_letters, self.outcomes = Plane(), Plane(), [], dict(self.outcomes)
        self._feed(batch, self._remembering)
        self._on_time, self._late, self._dead_letters, self.outcomes, self._has_news = kept
        if self._restored:
            self._largest = largest

    def feed(self, batch: RecordBatch) -> list[DeadLetter]:
        """Decide about every record of a batch. Returns its dead letters, as the next flush does. No record raises."""
        return self._feed(batch, self._reader)

    def _feed(self, batch: RecordBatch, reader: Reader) -> list[DeadLetter]:
        first_letter = len(self._dead_letters)
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
        earliest_record = min(columns.timestamps)
        reached = max(self._largest, newest)
        plain = not copies and earliest_record != NO_TIMESTAMP and newest <= earliest_record + self._future_limit
        if plain and oldest >= max(reached - self._lateness, self._promised):
            self._largest = reached
            self.outcomes[Outcome.COUNTED] += len(columns.ids)
            self._on_time.add(columns.keys, columns.sums)
            return
        self._decide_each(columns, copies)

    def _decide_each(self, columns: Columns, copies: list[int]) -> None:
        """The same for records some of which are copies, late or from the future."""
        times, timestamps = columns.times, np.array(columns.timestamps, np.int64)
        future = (timestamps != NO_TIMESTAMP) & (times > timestamps + self._future_limit)
        accepted = ~future
        accepted[copies] = False
        reached = np.maximum(np.maximum.accumulate(np.where(accepted, times, _NEVER)), self._largest)
        on_time = accepted & (times >= np.maximum(reached - self._lateness, self._promised))
        behind = accepted & ~on_time & (times >= reached - self._late_limit)
        self._largest = int(reached[-1])
        for place in np.flatnonzero(future).tolist():
            self._reject(columns.offsets[place], columns.values[place], FROM_THE_FUTURE)
        counted = int(on_time.sum() + behind.sum())
        self.outcomes[Outcome.COUNTED] += counted
        self.outcomes[Outcome.LATE] += int(accepted.sum()) - counted
        self.outcomes[Outcome.DUPLICATE] += int((~accepted & ~future).sum())
        self._on_time.add_some(columns.keys, columns.sums, on_time.tolist())
        if behind.any():
            self._late.add_some(columns.keys, columns.sums, behind.tolist())

    def take_flush(self, cells_partitions: int) -> Flush:
        """Everything since the last flush, for one transaction. A flush that fails is not given back: start anew."""
        self._count_without_time()
        cells = self._expansion.expand([(0, self._on_time.amounts), (1, self._late.amounts)])
        header = (self.topic, self.partition, self._next_offset, self.watermark, self._catalogue.hash)
        flush = Flush(
            self._next_offset,
            self.watermark,
            self.largest_event_time,
            records_of(cells, self._expansion, cells_partitions, header),
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

    def _is_from_the_future(self, time: int | None, timestamp: int) -> bool:
        return time is not None and timestamp != NO_TIMESTAMP and time > timestamp + self._future_limit

    def _refuse(self, offset: int, timestamp: int, value: bytes | None, error: Exception) -> None:
        if value is None:
            self.outcomes[Outcome.IGNORED] += 1
        elif isinstance(error, WrongTimeError):
            self._reject(offset, value, Rejection(Reason.WRONG_FIELD, f"{error} is not RFC 3339"))
        else:
            found = self._decoder.explain(value)
            if isinstance(found, Rejection):
                self._reject(offset, value, found)
            elif self._is_from_the_future(found.time, timestamp):
                self._reject(offset, value, FROM_THE_FUTURE)
            else:
                self.outcomes[Outcome.IGNORED] += 1

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
