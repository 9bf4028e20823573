"""One source partition of a run without a broker: what waits to be fed, and when it last had something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.records.batch import RecordBatch

if TYPE_CHECKING:
    from streams.events.binary_mode import Headers
    from streams.ingest.assessments import AssessmentIngest
    from streams.ingest.partition import IngestPartition
    from streams.offline.dead_letter_reasons import DeadLetterReasons
    from streams.offline.events_file import Line


class SourceFeed:
    """Gathers records and hands them on as batches.

    Attributes:
        ingest: the partition itself.
        last_slice: the last one that had a record; -1 before the first.

    """

    def __init__(self, ingest: IngestPartition | AssessmentIngest, reasons: DeadLetterReasons) -> None:
        self.ingest = ingest
        self.last_slice = -1
        self._offset = 0
        self._timestamps: list[int] = []
        self._values: list[bytes | None] = []
        self._lines: list[int] = []
        self._headers: dict[int, Headers] = {}
        self._reasons = reasons

    def add(self, line: Line) -> None:
        if line.headers:
            self._headers[len(self._values)] = line.headers
        self._timestamps.append(line.at_ms)
        self._values.append(line.event)
        self._lines.append(line.number)

    def feed(self) -> bool:
        """Whether that moved the watermark: what is refused, or late, does not."""
        if not self._values:
            return False
        largest = self.ingest.largest_event_time
        offsets = range(self._offset, self._offset + len(self._values))
        ingest = self.ingest
        headers = [self._headers.get(place, ()) for place in range(len(offsets))] if self._headers else ()
        batch = RecordBatch(
            ingest.topic, ingest.partition, offsets, self._timestamps, self._values, offsets.stop, headers
        )
        self._reasons.note(ingest.feed(batch), offsets.start, self._lines)
        self._offset = offsets.stop
        self._timestamps, self._values, self._lines, self._headers = [], [], [], {}
        return ingest.largest_event_time > largest

    def promise(self, watermark_ms: int) -> None:
        """What waits comes before the promise."""
        self.feed()
        self.ingest.promise(watermark_ms)
