"""What the transport hands to an agent: one fetched batch of one partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class RecordBatch(NamedTuple):
    """Records of one partition in offset order, by columns of equal length.

    Offsets may have holes (compaction, control batches). `next_offset` is where reading goes on: it can lie beyond the
    last offset + 1. A value of None is a tombstone. Timestamps are Kafka's, in ms. `headers` are those of CloudEvents
    in binary mode, by record, empty for the others; the column is empty where no record of the batch has any.
    """

    topic: str
    partition: int
    offsets: Sequence[int]
    timestamps: Sequence[int]
    values: Sequence[bytes | None]
    next_offset: int
    headers: Sequence[tuple[tuple[str, bytes | None], ...]] = ()
