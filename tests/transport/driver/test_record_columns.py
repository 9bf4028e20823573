"""Fetch responses by columns, against aiokafka's own way of reading them."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.driver.record_columns import read_columns

TP = TopicPartition("orders", 3)
ABORT, COMMIT = b"\x00\x00\x00\x00", b"\x00\x00\x00\x01"


def batch(base: int, values: list[bytes | None], producer: int = -1, compression: int = 0) -> bytes:
    """A batch as a producer writes it, at `base`; a producer other than -1 makes it transactional."""
    transactional = producer >= 0
    builder = DefaultRecordBatchBuilder(2, compression, transactional, producer, 0, 0, 1 << 20)
    for delta, value in enumerate(values):
        builder.append(delta, 1_000 + delta, None, value, [])
    return base.to_bytes(8, "big") + bytes(builder.build())[8:]


def marker(base: int, producer: int, key: bytes) -> bytes:
    """The control batch that ends a transaction."""
    builder = DefaultRecordBatchBuilder(2, 0, True, producer, 0, 0, 1 << 20)
    builder.append(0, 1_000, key, b"\x00\x00\x00\x00\x00\x00", [])
    payload = bytearray(builder.build())
    payload[22] |= 0x20  # the attribute "control", behind offset, length, epoch, magic and CRC: not covered by a setter
    return base.to_bytes(8, "big") + _with_crc(payload)[8:]


def _with_crc(payload: bytearray) -> bytes:
    from aiokafka.record._crc32c import crc as crc32c

    payload[17:21] = crc32c(bytes(payload[21:])).to_bytes(4, "big")
    return bytes(payload)


def response(data: bytes, offset: int, aborted: Any = ()) -> Any:
    return PartitionRecords(TP, MemoryRecords(data), list(aborted), offset, None, None, True, READ_COMMITTED)


def both_ways(data: bytes, offset: int, aborted: Any = ()) -> Any:
    """Ours, after comparing it with aiokafka's."""
    theirs = response(data, offset, aborted)
    records = list(theirs)
    fetched = read_columns("orders", 3, response(data, offset, aborted))

    assert list(fetched.batch.offsets) == [record.offset for record in records]
    assert list(fetched.batch.timestamps) == [record.timestamp for record in records]
    assert list(fetched.batch.values) == [record.value for record in records]
    assert fetched.batch.next_offset == theirs.next_fetch_offset
    assert fetched.start == offset
    return fetched


def test_several_batches_become_one() -> None:
    fetched = both_ways(batch(10, [b"a", None]) + batch(12, [b"c"], compression=3), 10)

    assert fetched.batch.values == [b"a", None, b"c"]
    assert fetched.batch.next_offset == 13


def test_a_fetch_from_inside_a_batch_leaves_out_what_was_read() -> None:
    assert both_ways(batch(10, [b"a", b"b", b"c"]), 12).batch.values == [b"c"]


def test_aborted_batches_and_markers_are_passed_over() -> None:
    data = batch(0, [b"no"], 7) + batch(1, [b"yes"], 8) + marker(2, 7, ABORT) + marker(3, 8, COMMIT)
    fetched = both_ways(data, 0, aborted=[(7, 0)])

    assert fetched.batch.values == [b"yes"]
    assert fetched.batch.next_offset == 4


def test_a_producer_that_aborted_once_is_read_again_after_its_marker() -> None:
    data = batch(0, [b"no"], 7) + marker(1, 7, ABORT) + batch(2, [b"yes"], 7) + marker(3, 7, COMMIT)

    assert both_ways(data, 0, aborted=[(7, 0)]).batch.values == [b"yes"]


def test_nothing_but_a_marker_still_moves_on() -> None:
    fetched = both_ways(marker(5, 7, COMMIT), 5)

    assert (list(fetched.batch.offsets), fetched.batch.next_offset) == ([], 6)


def test_a_broken_batch_is_refused_and_the_good_ones_before_it_are_kept() -> None:
    broken = bytearray(batch(1, [b"broken"]))
    broken[-1] ^= 1

    assert read_columns("orders", 3, response(batch(0, [b"good"]) + bytes(broken), 0)).batch.values == [b"good"]
    with pytest.raises(CorruptRecordException):
        read_columns("orders", 3, response(bytes(broken), 1))


def test_a_batch_that_was_compacted_has_holes_between_its_offsets() -> None:
    builder = DefaultRecordBatchBuilder(2, 0, False, -1, 0, 0, 1 << 20)
    for delta in (0, 2, 5):
        builder.append(delta, 1_000 + delta, None, b"%d" % delta, [])
    data = (40).to_bytes(8, "big") + bytes(builder.build())[8:]

    assert list(both_ways(data, 40).batch.offsets) == [40, 42, 45]
    assert list(both_ways(data, 41).batch.offsets) == [42, 45]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.sampled_from([0, 1, 3, 4])), min_size=1, max_size=6),
    st.integers(0, 8),
)
def test_all_shapes_of_batches_are_read_as_aiokafka_reads_them(shape: list[tuple[int, int, int]], skip: int) -> None:
    base, data = 0, b""
    for records, hole, compression in shape:
        data += batch(base, [b"%d" % number for number in range(records)], compression=compression)
        base += records + hole
    both_ways(data, min(skip, shape[0][0] - 1))
