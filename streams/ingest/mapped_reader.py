"""Reads the records of a mapped topic, each of which may hold one event, several or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.events.event_times import event_times_ms
from streams.ingest.reader import Columns
from streams.ingest.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from streams.events.fields import Event
    from streams.events.record_mapper import RecordMapper
    from streams.ingest.codes import Codes
    from streams.ingest.reader import Refuse
    from streams.ingest.row_writer import RowsOf


class MappedReader:
    """What `streams.ingest.reader.Reader` is to our own events. All events of a record are counted, or none.

    Args:
        mapper: of the topic.
        rows_of: the rows of events.
        refuse: called with each record that is a dead letter (offset, timestamp, value, what was raised).
        ignore: called with each record that holds no event (offset, timestamp, value).
        codes: those that `rows_of` looks up, which count the values that they cut.
        selection: finds what rules on single events are about.

    """

    def __init__(
        self,
        mapper: RecordMapper,
        rows_of: RowsOf,
        refuse: Refuse,
        ignore: Callable[[int, int, bytes | None], None],
        codes: Collection[Codes] = (),
        selection: Selection | None = None,
    ) -> None:
        self._mapper = mapper
        self._rows_of = rows_of
        self._refuse = refuse
        self._ignore = ignore
        self._codes = codes
        self._selection = selection or Selection()

    def read(self, offsets: Sequence[int], timestamps: Sequence[int], values: Sequence[bytes | None]) -> Columns:
        """Never raises for what a record holds. Columns repeat the record for each of its events."""
        kept: list[tuple[int, Sequence[Event]]] = []
        for place, value in enumerate(values):
            events: Sequence[Event] = ()
            try:
                if value is not None:
                    events = self._mapper.events(value)
            except Exception as error:  # noqa: BLE001 - nothing that a record holds may stop the others
                self._refuse(offsets[place], timestamps[place], value, error)
                continue
            if events:
                kept.append((place, events))
            else:
                self._ignore(offsets[place], timestamps[place], value)
        cut = [codes.cut for codes in self._codes]
        try:
            return self._columns(kept, offsets, timestamps, values)
        except Exception:  # noqa: BLE001 - which record it is, is found out one by one
            for codes, before in zip(self._codes, cut, strict=True):
                codes.cut = before  # these are read, and counted, once more
            return self._sift(kept, offsets, timestamps, values)

    def _sift(
        self,
        kept: Sequence[tuple[int, Sequence[Event]]],
        offsets: Sequence[int],
        timestamps: Sequence[int],
        values: Sequence[bytes | None],
    ) -> Columns:
        good: list[tuple[int, Sequence[Event]]] = []
        cut = [codes.cut for codes in self._codes]
        for place, events in kept:
            try:
                self._columns([(place, events)], offsets, timestamps, values)
            except Exception as error:  # noqa: BLE001 - as above
                self._refuse(offsets[place], timestamps[place], values[place], error)
            else:
                good.append((place, events))
        for codes, before in zip(self._codes, cut, strict=True):
            codes.cut = before
        return self._columns(good, offsets, timestamps, values)

    def _columns(
        self,
        kept: Sequence[tuple[int, Sequence[Event]]],
        offsets: Sequence[int],
        timestamps: Sequence[int],
        values: Sequence[bytes | None],
    ) -> Columns:
        events = [event for _, of_record in kept for event in of_record]
        places = [place for place, of_record in kept for _ in of_record]
        times = event_times_ms([event.time for event in events])
        rows = self._rows_of(events, times.tolist())
        selected = self._selection.select(events, times)
        return Columns(
            [offsets[place] for place in places],
            [timestamps[place] for place in places],
            [values[place] for place in places],
            times,
            [event.source for event in events],
            [event.id for event in events],
            [type(event) for event in events],
            rows,
            selected,
            len(kept),
        )
