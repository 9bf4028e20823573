"""The ingest of one partition of pharos-actions: of all that stands there, feedback goes to the detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.cells.assessment import Assessment
from streams.cells.record import NO_WATERMARK, CellsRecord
from streams.ingest.flush import Flush
from streams.records.action import Kind, Opinion
from streams.records.action_event import Unread, read_action

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.events.dead_letter import DeadLetter
    from streams.ingest.outcome import Outcome
    from streams.records.action import ActionRecord
    from streams.records.batch import RecordBatch

_OPINIONS: Final = frozenset(opinion.value for opinion in Opinion)


def assessment_of(taken: ActionRecord) -> Assessment | None:
    """The assessment that an action is; None where it is none."""
    if taken.action != Kind.FEEDBACK or taken.verdict not in _OPINIONS:
        return None
    since = taken.detected_at if taken.started_at is None else taken.started_at
    return Assessment(taken.time, taken.source, taken.id, taken.fingerprint, taken.verdict, since, until=taken.ended_at)


class AssessmentIngest:
    """Stands in the place of an `IngestPartition`, so that feedback takes the same road as events, once each. Pure.

    The topic's own times say nothing of how far event time has come: its watermark is what is promised for it while
    nothing waits there. What is no feedback, or cannot be read, is passed over; `ActionIntake` counts it.

    Args:
        catalogue: its hash.
        now_ms: the wall clock; None where the time of the events is all there is.
        future_limit_ms: what is further ahead of that clock is passed over.

    """

    def __init__(
        self,
        catalogue: str,
        topic: str,
        partition: int,
        *,
        now_ms: Callable[[], int] | None = None,
        future_limit_ms: int = 0,
    ) -> None:
        self.topic = topic
        self.partition = partition
        self.outcomes: dict[Outcome, int] = {}
        self.long_values: dict[str, int] = {}
        self.watermark = NO_WATERMARK
        self.has_news = False
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._future_limit_ms = future_limit_ms
        self._next_offset = 0
        self._waiting: list[Assessment] = []

    @property
    def largest_event_time(self) -> int:
        """None is known of; setting it changes nothing."""
        return NO_WATERMARK

    @largest_event_time.setter
    def largest_event_time(self, value: int) -> None:
        """What a commit says of it is its watermark, which is promised again."""

    @property
    def newest_timestamp(self) -> int:
        """Of no record: the clock goes by those of the sources."""
        return NO_WATERMARK

    @property
    def new_bytes(self) -> int:
        """None to speak of."""
        return 0

    def promise(self, watermark_ms: int) -> None:
        """Raise the watermark; a lower one changes nothing."""
        if watermark_ms > self.watermark:
            self.watermark = watermark_ms
            self.has_news = True

    def warm(self, batch: RecordBatch) -> None:
        """Nothing is remembered: repeats are recognised where they act."""
        self._next_offset = batch.next_offset

    def feed(self, batch: RecordBatch) -> list[DeadLetter]:
        """Takes the feedback among the records. No record raises, none is a dead letter."""
        for value in batch.values:
            taken = read_action(value)
            assessment = None if isinstance(taken, Unread) else assessment_of(taken)
            if assessment is not None and not self._ahead(assessment):
                self._waiting.append(assessment)
        self._next_offset = batch.next_offset
        self.has_news = True
        return []

    def take_flush(self, cells_partitions: int) -> Flush:
        """Everything since the last flush, for each partition of the cells: the one that has the series obeys."""
        waiting, self._waiting, self.has_news = self._waiting, [], False
        record = CellsRecord(
            self.topic, self.partition, self._next_offset, self.watermark, self._catalogue, [], [], waiting or None
        )
        return Flush(
            next_offset=self._next_offset,
            watermark=self.watermark,
            largest_event_time=self.watermark,
            records=dict.fromkeys(range(cells_partitions), record),
            dead_letters=[],
            outcomes={},
            without_time={},
            long_values={},
        )

    def _ahead(self, assessment: Assessment) -> bool:
        return self._now_ms is not None and assessment.time > self._now_ms() + self._future_limit_ms
