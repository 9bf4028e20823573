from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.cells.record import NO_WATERMARK, CellsRecord, MetricCells, decode, encode

integers = st.integers(-(2**63), 2**63 - 1)
scopes = st.lists(st.tuples(st.integers(0, 5), st.lists(st.text(max_size=5), max_size=3).map(tuple)), max_size=3)
cells = st.builds(
    MetricCells,
    metric=st.text(max_size=10),
    scopes=scopes,
    scope=st.lists(st.integers(0, 2), max_size=3),
    component=st.lists(st.integers(0, 31), max_size=3),
    slot=st.lists(st.integers(0, 2**31), max_size=3),
    late=st.lists(st.integers(0, 1), max_size=3),
    value=st.lists(integers, max_size=3),
)
records = st.builds(
    CellsRecord,
    topic=st.text(max_size=8),
    partition=st.integers(0, 100),
    next_offset=st.integers(0, 2**62),
    watermark=st.one_of(st.just(NO_WATERMARK), st.integers(0, 2**45)),
    catalogue=st.text(max_size=8),
    metrics=st.lists(cells, max_size=3),
)


@given(records)
def test_what_is_encoded_is_decoded_unchanged(record: CellsRecord) -> None:
    assert decode(encode(record)) == record


@given(st.binary(max_size=40))
@example(b"\xdd\x00\x00\x00\x06\xa2\x00\x80")
def test_foreign_bytes_are_refused_with_a_decode_error(payload: bytes) -> None:
    try:
        decode(payload)
    except msgspec.DecodeError:
        return


def test_a_cut_record_is_refused() -> None:
    payload = encode(CellsRecord("orders", 0, 1, 2, "hash", []))

    with pytest.raises(msgspec.DecodeError):
        decode(payload[:-1])
