"""Reads a fetch response of aiokafka by columns, without an object for each record.

The rules are those of aiokafka's own `PartitionRecords._unpack_records`, whose helpers are used: batches of aborted
transactions and control batches are passed over, CRCs are checked, offsets already read are left out, and the place
where reading goes on comes from the batch's header, so that holes are no trouble.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiokafka.consumer.fetcher import READ_COMMITTED
from aiokafka.errors import CorruptRecordException

from streams.events.binary_mode import Headers, is_binary
from streams.records.batch import RecordBatch
from streams.transport.driver.fetched import Fetched

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOG_APPEND_TIME = 1


def read_columns(topic: str, partition: int, response: Any) -> Fetched:
    """All that `response` (an aiokafka PartitionRecords) still holds; its `next_fetch_offset` moves to the end.

    Raises CorruptRecordException where a batch fails its CRC and nothing came before it; good batches before it are
    returned, and the next fetch meets the bad one first.
    """
    start = response.next_fetch_offset
    offsets: list[int] = []
    timestamps: list[int] = []
    values: list[bytes | None] = []
    headers: list[Headers] = []
    unread = response._records  # noqa: SLF001 - aiokafka gives no other way to its batches
    while unread.has_next():
        batch = unread.next_batch()
        if response._check_crcs and not batch.validate_crc():  # noqa: SLF001 - as above
            if response.next_fetch_offset > start:
                break
            raise CorruptRecordException(f"CRC of {topic}-{partition} at {batch.base_offset}")
        if not _is_skipped(response, batch):
            records = _append(batch, response.next_fetch_offset, offsets, timestamps, values)
            _append_headers(records, headers, len(values))
        response.next_fetch_offset = max(response.next_fetch_offset, batch.next_offset)
    headers.extend([()] * (len(values) - len(headers) if headers else 0))
    return Fetched(
        start, RecordBatch(topic, partition, offsets, timestamps, values, response.next_fetch_offset, headers)
    )


def _is_skipped(response: Any, batch: Any) -> bool:
    if response._isolation_level == READ_COMMITTED and batch.producer_id is not None:  # noqa: SLF001 - as above
        response._consume_aborted_up_to(batch.base_offset)  # noqa: SLF001 - as above
        aborted = response._aborted_producers  # noqa: SLF001 - as above
        if batch.is_control_batch and response._contains_abort_marker(batch):  # noqa: SLF001 - as above
            aborted.discard(batch.producer_id)
        if batch.is_transactional and batch.producer_id in aborted:
            return True
    return bool(batch.is_control_batch)


def _append(
    batch: Any, wanted: int, offsets: list[int], timestamps: list[int], values: list[bytes | None]
) -> Sequence[Any]:
    records: Sequence[Any] = list(batch)
    if batch.base_offset < wanted:  # a fetch from inside a batch brings the whole of it
        records = [record for record in records if record.offset >= wanted]
    if batch.next_offset - batch.base_offset == len(records):  # no holes: compaction makes them
        offsets.extend(range(batch.base_offset, batch.next_offset))
    else:
        offsets.extend([record.offset for record in records])
    values.extend([record.value for record in records])
    if getattr(batch, "timestamp_type", None) == _LOG_APPEND_TIME:
        timestamps.extend([batch.max_timestamp] * len(records))
    else:
        timestamps.extend([record.timestamp for record in records])
    return records


def _append_headers(records: Sequence[Any], headers: list[Headers], until: int) -> None:
    """Only where a record of the batch is an event in binary mode: the column stays empty else, and costs nothing."""
    found = [tuple(record.headers) if record.headers else () for record in records]
    if any(found) and any(map(is_binary, found)):
        headers.extend([()] * (until - len(records) - len(headers)))
        headers.extend(found)
