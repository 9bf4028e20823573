"""From the bytes of records to columns of what decides and counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.events.event_time import event_time_ms
from streams.events.event_times import event_times_ms
from streams.ingest.row_writer import WrongTimeError
from streams.ingest.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from streams.events.fields import Event
    from streams.ingest.codes import Codes
    from streams.ingest.row_writer import Row, RowsOf

Refuse = Callable[[int, int, "bytes | None", Exception], None]


class Columns(NamedTuple):
    """The events among some records, in the order of their offsets. All columns have one length but `rows`.

    Attributes:
        times: event times, ms since the epoch, int64.
        kinds: the struct of each event.
        rows: of all events, by type, see `streams.ingest.row_shape`.
        selected: position and what is held of it, of events that rules are about (`streams.ingest.selection`).
        records: how many records these are the events of.

    """

    offsets: Sequence[int]
    timestamps: Sequence[int]
    values: Sequence[bytes | None]
    times: NDArray[np.int64]
    sources: list[str]
    ids: list[str]
    kinds: list[type[Event]]
    rows: list[Row]
    selected: list[tuple[int, int]]
    records: int


class Reader:
    """Reads records a few hundred at once: what Python does for a list costs half of what it does one by one.

    Args:
        decode: a typed event from the bytes of a record; raises for anything else.
        rows_of: the rows of events; raises WrongTimeError.
        refuse: called with each record that is no event (offset, timestamp, value, what was raised).
        codes: those that `rows_of` looks up, which count the values that they cut.
        selection: finds what rules on single events are about.

    """

    def __init__(
        self,
        decode: Callable[[bytes], Event],
        rows_of: RowsOf,
        refuse: Refuse,
        codes: Collection[Codes] = (),
        selection: Selection | None = None,
    ) -> None:
        self._decode = decode
        self._rows_of = rows_of
        self._refuse = refuse
        self._codes = codes
        self._selection = selection or Selection()

    def read(self, offsets: Sequence[int], timestamps: Sequence[int], values: Sequence[bytes | None]) -> Columns:
        """Never raises for what a record holds: such records are refused, in the order of offsets, and left out."""
        cut = [codes.cut for codes in self._codes]
        try:
            events = list(map(self._decode, values))  # type: ignore[arg-type]  # a tombstone raises TypeError
            _check_utf8(values)
            times = event_times_ms([event.time for event in events])
            rows = self._rows_of(events, times.tolist())
            selected = self._selection.select(events, times)
        except Exception:  # noqa: BLE001 - whatever a record holds: which one it is, is found out one by one
            for codes, before in zip(self._codes, cut, strict=True):
                codes.cut = before  # these are read, and counted, once more
            return self._sift(offsets, timestamps, values)
        sources, ids = [event.source for event in events], [event.id for event in events]
        kinds = list(map(type, events))
        return Columns(offsets, timestamps, values, times, sources, ids, kinds, rows, selected, len(ids))

    def _sift(self, offsets: Sequence[int], timestamps: Sequence[int], values: Sequence[bytes | None]) -> Columns:
        kept: list[int] = []
        times: list[int] = []
        sources, ids = [], []
        kinds: list[type[Event]] = []
        rows = self._rows_of((), ())
        selected: list[tuple[int, int]] = []
        for place, value in enumerate(values):
            try:
                event = self._decode(value)  # type: ignore[arg-type]  # as above
                _check_utf8((value,))
                time = event_time_ms(event.time)
                if time is None:
                    raise WrongTimeError("$.time")  # noqa: TRY301 - one place for all that is refused
                own = self._rows_of((event,), (time,))
                held = self._selection.select((event,), (time,))
            except Exception as error:  # noqa: BLE001 - nothing that a record holds may stop the others
                self._refuse(offsets[place], timestamps[place], value, error)
                continue
            for known, new in zip(rows, own, strict=True):
                known.extend(new)
            selected += [(len(kept), number) for _, number in held]
            kinds.append(type(event))
            kept.append(place)
            times.append(time)
            sources.append(event.source)
            ids.append(event.id)
        return Columns(
            [offsets[place] for place in kept],
            [timestamps[place] for place in kept],
            [values[place] for place in kept],
            np.array(times, np.int64),
            sources,
            ids,
            kinds,
            rows,
            selected,
            len(kept),
        )


def _check_utf8(values: Sequence[bytes | None]) -> None:
    """Raises UnicodeDecodeError: the decoder passes over what it does not read. No value is None: all were decoded."""
    if not all(map(bytes.isascii, values)):  # type: ignore[arg-type]
        for value in values:
            value.decode()  # type: ignore[union-attr]
