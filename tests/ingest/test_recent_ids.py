"""A copy is recognised exactly within the reach, in offsets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ingest.recent_ids import RecentIds


@settings(max_examples=100, deadline=None)
@given(
    reach=st.integers(0, 40),
    records=st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.sampled_from("123456")), max_size=80),
)
def test_the_memory_knows_exactly_the_preceding_offsets(reach: int, records: list[tuple[int, str, str]]) -> None:
    memory, history, offset = RecentIds(reach), [], 0
    for step, source, event_id in records:
        offset += step
        expected = any((source, event_id) == past[1:] and offset - past[0] <= reach for past in history)
        history.append((offset, source, event_id))

        assert expected == memory.seen(source, event_id, offset)


@settings(max_examples=200, deadline=None)
@given(
    reach=st.integers(0, 40),
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.sampled_from("aab"), st.integers(0, 30)), max_size=20), max_size=12
    ),
)
def test_many_at_once_are_remembered_as_one_by_one(reach: int, batches: list[list[tuple[int, str, int]]]) -> None:
    together, one_by_one, offset = RecentIds(reach), RecentIds(reach), 0
    for batch in batches:
        offsets = []
        for step, _, _ in batch:
            offset += step
            offsets.append(offset)
        sources, ids = [source for _, source, _ in batch], [str(number) for _, _, number in batch]
        records = zip(sources, ids, offsets, strict=True)

        expected = [place for place, record in enumerate(records) if one_by_one.seen(*record)]

        assert expected == together.seen_among(sources, ids, offsets)


def test_a_pair_is_a_pair_not_a_text() -> None:
    memory = RecentIds(10)

    assert not memory.seen("/a", "bc", 1)
    assert not memory.seen("/ab", "c", 2)
    assert not memory.seen("/a\0b", "c", 3)
    assert not memory.seen("/a", "b\0c", 4)


def test_a_copy_renews_the_memory() -> None:
    memory = RecentIds(10)

    assert [memory.seen("/a", "x", offset) for offset in (0, 10, 20)] == [False, True, True]


def test_the_memory_stays_small_also_with_a_source_for_every_event() -> None:
    memory = RecentIds(160)
    for offset in range(2000):
        memory.seen(f"/device/{offset}", "1", offset)
        memory.seen("/one", str(offset), offset)

        assert len(memory) <= 2 * 2 * 160
    assert len(memory._younger) <= len(memory._elder) <= 160 + 1


def test_a_negative_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        RecentIds(-1)
