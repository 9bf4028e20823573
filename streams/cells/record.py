"""The record of topic pharos-cells: what one source partition adds to the metrics of one cells partition."""

from __future__ import annotations

import msgspec

from streams.cells.assessment import Assessment  # noqa: TC001 - msgspec reads the annotation at run time
from streams.records.decoding import decoder_of

SLOT_MS = 10_000
BUSY_GAP_SLOTS = 60  # 10 min: busy slots that are no further apart make one span
NO_WATERMARK = -1


class MetricCells(msgspec.Struct, array_like=True, frozen=True):
    """Cells of one metric, by columns. All columns have the same length; values are 64-bit integers that add up.

    Attributes:
        metric: `Metric.key()`.
        scopes: distinct scopes used here: (index into `scope_sets(metric)`, dimension values in the set's order).
        scope: per cell, an index into `scopes`.
        component: per cell, a `Component` (a histogram: the bin's number).
        slot: per cell, the time it counts for, in units of 10 s since the epoch.
        late: per cell, 1 where the event came behind its partition's watermark (late plane), else 0.
        value: per cell, what to add.

    """

    metric: str
    scopes: list[tuple[int, tuple[str, ...]]]
    scope: list[int]
    component: list[int]
    slot: list[int]
    late: list[int]
    value: list[int]


class CellsRecord(msgspec.Struct, array_like=True, frozen=True):
    """One flush of one source partition for one cells partition.

    Attributes:
        topic, partition: the source.
        next_offset: the source offset that the same transaction commits.
        watermark: event time in ms up to which the source has spoken (its largest accepted event time, less the
            lateness), or NO_WATERMARK.
        catalogue: hash of the catalogue that made the cells.
        busy: first and last slots of the spans of event time in which the flush counted events in time, of whatever
            metric; None in records of older versions, which did not tell.
        assessments: feedback that was read of pharos-actions; None from other topics.

    """

    topic: str
    partition: int
    next_offset: int
    watermark: int
    catalogue: str
    metrics: list[MetricCells]
    busy: list[tuple[int, int]] | None = None
    assessments: list[Assessment] | None = None

    @property
    def known_ms(self) -> int:
        """The end of the last slot that it counted events of, or its watermark: before it lie all of its events."""
        return max([self.watermark, *((last + 1) * SLOT_MS for _, last in self.busy or ())])


_encoder = msgspec.msgpack.Encoder()
_decode = decoder_of(CellsRecord, msgspec.msgpack)


def encode(record: CellsRecord) -> bytes:
    """MessagePack, arrays instead of maps."""
    return _encoder.encode(record)


def decode(payload: bytes) -> CellsRecord:
    """Raises msgspec.DecodeError (or its subclass ValidationError) for anything `encode` did not write."""
    return _decode(payload)
