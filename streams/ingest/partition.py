"""The ingest of one source partition: what becomes of every record, and what the counted ones add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cells.record import NO_WATERMARK
from streams.events.dead_letter import DeadLetter, Reason, Rejection
from streams.events.decoder import TopicDecoder
from streams.events.event_time import event_time_ms
from streams.events.registry import EVENTS_OF_TOPIC, type_of
from streams.ingest.expansion import Expansion, records_of
from streams.ingest.flush import Flush
from streams.ingest.grouping import LACKS_TIME, WrongTimeError, compile_grouping, make_groups
from streams.ingest.outcome import Outcome
from streams.ingest.recent_ids import RecentIds
from streams.ingest.routes import routes_of

if TYPE_CHECKING:
    from streams.batch import RecordBatch
    from streams.catalogue.load import Catalogue
    from streams.events.fields import Event
    from streams.ingest.grouping import Group, Grouping, GroupKey

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
        self._catalogue = catalogue
        self._lateness = lateness_ms
        self._late_limit = late_limit_ms
        self._future_limit = future_limit_ms
        self._decoder = TopicDecoder(topic)
        self._ids = RecentIds(dedup_records)
        self._groups: list[Group] = []
        self._groupings: dict[type[Event], Grouping] = {}
        for event in EVENTS_OF_TOPIC[topic]:
            self._groupings[event] = self._compile(type_of(event))
        self._expansion = Expansion(catalogue.metrics, self._groups)
        self._largest = _NEVER
        self._restored = False
        self._promised = _NEVER
        self._next_offset = 0
        self._on_time: dict[GroupKey, int] = {}
        self._late: dict[GroupKey, int] = {}
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

    def promise(self, watermark_ms: int) -> None:
        """Raise the watermark while idle. Later events behind it go to the late plane; a lower one changes nothing."""
        if watermark_ms > max(self._promised, self._largest - self._lateness):
            self._promised = watermark_ms
            self._has_news = True

    def warm(self, batch: RecordBatch) -> None:
        """Remember the ids, and the largest event time unless that was set, of records that are counted already."""
        kept = self._on_time, self._late, self._dead_letters, self.outcomes, self._has_news
        largest = self._largest
        self._on_time, self._late, self._dead_letters, self.outcomes = {}, {}, [], dict(self.outcomes)
        self.feed(batch)
        self._on_time, self._late, self._dead_letters, self.outcomes, self._has_news = kept
        if self._restored:
            self._largest = largest

    def feed(self, batch: RecordBatch) -> list[DeadLetter]:  # noqa: C901, PLR0912 - one loop: every call in it costs 3 %
        """Decide about every record of a batch. Returns its dead letters, as the next flush does. No record raises."""
        decode, groupings, seen = self._decoder.decode, self._groupings, self._ids.seen
        on_time, behind = self._on_time, self._late
        lateness, late_limit, future_limit = self._lateness, self._late_limit, self._future_limit
        largest, watermark = self._largest, max(self._largest - lateness, self._promised)
        first_letter = len(self._dead_letters)
        duplicates = late = refused = 0
        for offset, timestamp, value in zip(batch.offsets, batch.timestamps, batch.values, strict=True):
            try:
                event = decode(value)  # type: ignore[arg-type]  # a tombstone raises TypeError
                if not value.isascii():  # type: ignore[union-attr]  # decoded, so it is no tombstone
                    value.decode()  # type: ignore[union-attr]  # msgspec passes over what it does not read
                time = event_time_ms(event.time)
                if time is None:
                    raise WrongTimeError("$.time")  # noqa: TRY301 - one place for all that is refused
                groups = groupings[type(event)](event.data, time)
            except Exception as error:  # noqa: BLE001 - nothing that a record holds may stop the others
                refused += 1
                self._refuse(offset, timestamp, value, error)
                continue
            copy = seen(event.source, event.id, offset)
            if time > timestamp + future_limit and timestamp != NO_TIMESTAMP:
                refused += 1
                self._reject(offset, value, FROM_THE_FUTURE)
                continue
            if copy:
                duplicates += 1
                continue
            if time > largest:
                largest = time
                watermark = max(watermark, time - lateness)
            if time >= watermark:
                amounts = on_time
            elif time >= largest - late_limit:
                amounts = behind
            else:
                late += 1
                continue
            if type(groups) is tuple:
                amounts[groups] = amounts.get(groups, 0) + 1
            else:
                for key, amount in groups:
                    amounts[key] = amounts.get(key, 0) + amount
        self._largest = largest
        self._next_offset = batch.next_offset
        self._has_news = True
        self.outcomes[Outcome.DUPLICATE] += duplicates
        self.outcomes[Outcome.LATE] += late
        self.outcomes[Outcome.COUNTED] += len(batch.values) - refused - duplicates - late
        return self._dead_letters[first_letter:]

    def take_flush(self, cells_partitions: int) -> Flush:
        """Everything since the last flush, for one transaction. A flush that fails is not given back: start anew."""
        self._count_without_time()
        cells = self._expansion.expand([(0, self._on_time), (1, self._late)])
        header = (self.topic, self.partition, self._next_offset, self.watermark, self._catalogue.hash)
        flush = Flush(
            self._next_offset,
            self.watermark,
            self.largest_event_time,
            records_of(cells, self._expansion, cells_partitions, header),
            self._dead_letters,
            {outcome: self.outcomes[outcome] - before for outcome, before in self._flushed_outcomes.items()},
            self._without_time,
        )
        self._on_time, self._late, self._dead_letters, self._without_time = {}, {}, [], {}
        self._flushed_outcomes = dict(self.outcomes)
        self._has_news = False
        return flush

    def _compile(self, event_type: str) -> Grouping:
        first = len(self._groups)
        groups = make_groups(event_type, routes_of(self._catalogue.metrics, event_type))
        self._groups.extend(groups)
        return compile_grouping(event_type, enumerate(groups, start=first))

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
        for amounts in (self._on_time, self._late):
            for key, amount in amounts.items():
                group = self._groups[key[0]]
                if not group.value and LACKS_TIME in key[group.first_gate :]:
                    name = (group.event_type, group.at)
                    self._without_time[name] = self._without_time.get(name, 0) + amount
                    self.without_time[name] = self.without_time.get(name, 0) + amount
