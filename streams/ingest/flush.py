"""What one source partition has to say since the last time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.cells.case_record import CasesRecord
    from streams.cells.record import CellsRecord
    from streams.events.dead_letter import DeadLetter
    from streams.ingest.outcome import Outcome
    from streams.records.single_event import SingleEvent


class Flush(NamedTuple):
    """All that belongs into one transaction.

    Attributes:
        next_offset: where reading goes on after this flush.
        watermark: as in CellsRecord.
        largest_event_time: of the events accepted so far, or NO_WATERMARK; for the offset's metadata.
        records: by cells partition; all partitions are there, those without cells too.
        dead_letters: since the last flush.
        outcomes: how many records since the last flush had which outcome.
        without_time: contributions since the last flush that were not made because the event lacks the time they count
            for, by (event type, field).
        long_values: by dimension, how many values since the last flush were longer than 256 characters and were cut:
            of every event read, of copies and late ones, too.
        cases: by partition of pharos-cases; all partitions are there, or none where the catalogue has no cases.
        without_case: events since the last flush that lack the field that names their case, by (event type, field).
        single_events: those counted since the last flush that rules on single events are about.

    """

    next_offset: int
    watermark: int
    largest_event_time: int
    records: dict[int, CellsRecord]
    dead_letters: list[DeadLetter]
    outcomes: dict[Outcome, int]
    without_time: dict[tuple[str, str], int]
    long_values: dict[str, int]
    cases: Mapping[int, CasesRecord] = MappingProxyType({})
    without_case: Mapping[tuple[str, str], int] = MappingProxyType({})
    single_events: Sequence[SingleEvent] = ()
