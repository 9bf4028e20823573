"""Records are placed as Kafka's DefaultPartitioner places them."""

from __future__ import annotations

import pytest

from streams.topics.placement import cells_partition, murmur2, partition_of, partition_of_key

# From Kafka's own org.apache.kafka.common.utils.UtilsTest.testMurmur2.
GOLDEN = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize("data", GOLDEN, ids=bytes.decode)
def test_murmur2_agrees_with_kafkas_own_vectors(data: bytes) -> None:
    assert GOLDEN[data] & 0xFFFFFFFF == murmur2(data)


def test_a_negative_hash_is_made_positive_by_clearing_the_sign_not_by_abs() -> None:
    assert partition_of_key(b"21", 7) == (-973932308 & 0x7FFFFFFF) % 7


def test_the_key_goes_before_the_subject_and_the_subject_before_the_id() -> None:
    wide = 1_000_003

    assert partition_of_key(b"k", wide) == partition_of(b"k", "s", "i", wide)
    assert partition_of_key(b"s", wide) == partition_of(None, "s", "i", wide)
    assert partition_of_key(b"s", wide) == partition_of(b"", "s", "i", wide)
    assert partition_of_key(b"i", wide) == partition_of(None, "", "i", wide)


def test_names_outside_ascii_are_hashed_as_utf8() -> None:
    assert partition_of_key("浙江".encode(), 1000) == partition_of(None, "浙江", "", 1000)


def test_a_record_without_any_name_still_has_a_place() -> None:
    assert 0 <= partition_of(None, "", "", 4) < 4


def test_all_cells_of_a_metric_share_a_partition_in_range() -> None:
    places = {cells_partition(f"metric_{n}@0badcafe", 4) for n in range(50)}

    assert {0, 1, 2, 3} == places
    assert cells_partition("a@1", 4) == cells_partition("a@1", 4)
