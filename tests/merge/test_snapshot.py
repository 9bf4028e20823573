from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.merge.skipped import Skipped
from streams.merge.snapshot import MANIFEST, SnapshotError, pack, read_manifest, unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

    MakeMetric = Callable[..., Metric]
    MakeMerge = Callable[..., SimpleNamespace]

BASE = 864_000


def at(slot: int) -> int:
    return slot * 10_000


@pytest.fixture
def metric(make_metric: MakeMetric) -> Metric:
    return make_metric()


@pytest.fixture
def written(metric: Metric, make_merge: MakeMerge) -> tuple[SimpleNamespace, dict[str, bytes]]:
    """A merge with something in it, and its first snapshot."""
    merge = make_merge(metric)
    merge.apply(at(BASE + 5), metric, ((0, ()), 0, BASE, 1, 0), ((1, ("x",)), 0, BASE + 50, 2, 0))
    merge.advance()
    return merge, dict(merge.merge.snapshot(17))


def test_a_restored_partition_knows_its_offset_and_goes_on(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge
) -> None:
    merge, chunks = written
    other = make_merge(metric)
    assert other.merge.restore(chunks[MANIFEST], chunks) == 17

    for one in (merge, other):
        one.apply(at(BASE + 60), metric, ((0, ()), 0, BASE + 10, 1, 0))
        one.advance()
    after = [tick for tick in merge.memory["paid"].ticks if tick > at(BASE + 5)]
    assert other.memory["paid"].ticks == after
    assert [other.memory["paid"].sums[tick] for tick in after] == [merge.memory["paid"].sums[tick] for tick in after]


def test_an_incremental_snapshot_repeats_nothing_that_did_not_change(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge
) -> None:
    merge, chunks = written
    merge.apply(at(BASE + 9), metric, ((0, ()), 0, BASE + 7, 1, 0), ((0, ()), 0, BASE + 70, 5, 0))
    merge.advance()
    second = dict(merge.merge.snapshot(18))
    needed = read_manifest(second[MANIFEST]).chunks()

    assert needed - set(second)
    assert needed <= set(chunks | second)
    other = make_merge(metric)
    assert other.merge.restore(second[MANIFEST], chunks | second) == 18
    for one in (merge, other):
        one.apply(at(BASE + 80))
        one.advance()
    assert other.memory["paid"].sums[at(BASE + 71)] == merge.memory["paid"].sums[at(BASE + 71)] == [5, 0]


def test_a_full_snapshot_needs_no_older_chunk(
    written: tuple[SimpleNamespace, dict[str, bytes]],
) -> None:
    merge, _ = written
    second = dict(merge.merge.snapshot(18, full=True))

    assert read_manifest(second[MANIFEST]).chunks() <= set(second)


def test_after_a_snapshot_that_was_broken_off_the_next_is_full(
    written: tuple[SimpleNamespace, dict[str, bytes]],
) -> None:
    merge, _ = written
    next(merge.merge.snapshot(18))
    third = dict(merge.merge.snapshot(19))

    assert read_manifest(third[MANIFEST]).chunks() <= set(third)


@pytest.mark.parametrize("settings", [{"cells_partitions": 2}, {"cells_partitions": 3}])
def test_another_number_of_cells_partitions_is_refused(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge, settings: Any
) -> None:
    _, chunks = written

    with pytest.raises(SnapshotError, match="cells_partitions"):
        make_merge(metric, **settings).merge.restore(chunks[MANIFEST], chunks)


def test_a_snapshot_that_knows_more_source_partitions_than_there_are_is_refused(
    metric: Metric, make_merge: MakeMerge
) -> None:
    chunks = dict(make_merge(metric, partitions=3).merge.snapshot(17))

    with pytest.raises(SnapshotError, match=r"\{'orders': 3\}, now they are \{'orders': 1\}: .* as many as before"):
        make_merge(metric).merge.restore(chunks[MANIFEST], chunks)


def test_a_partition_added_after_a_snapshot_is_waited_for_and_nothing_of_it_is_late(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge
) -> None:
    _, chunks = written
    merge = make_merge(metric, partitions=2)
    merge.merge.restore(chunks[MANIFEST], chunks)
    merge.apply(at(BASE + 60))
    waits = merge.advance()
    merge.apply(at(BASE + 10), metric, ((0, ()), 0, BASE + 6, 7, 0), partition=1)
    merge.advance()

    assert waits == []
    assert merge.memory["paid"].sums[at(BASE + 7)][0] == 7


@pytest.mark.parametrize("spoken", [None, at(BASE + 3)])
def test_a_source_that_is_gone_after_a_snapshot_holds_nothing_back(
    metric: Metric, make_merge: MakeMerge, spoken: int | None
) -> None:
    merge = make_merge(metric, sources={"orders": 1, "shop": 2})
    merge.apply(at(BASE + 2), topic="shop", partition=1)
    merge.apply(at(BASE + 9), metric, ((0, ()), 0, BASE + 7, 1, 0))
    if spoken is not None:
        merge.apply(spoken, topic="shop")
    chunks = dict(merge.merge.snapshot(17))
    other = make_merge(metric, sources={"orders": 1})
    other.merge.restore(chunks[MANIFEST], chunks)
    restored = other.merge.watermark
    other.apply(at(BASE + 3), metric, ((0, ()), 0, BASE + 9, 10, 0), topic="shop")  # what came after the snapshot
    other.apply(at(BASE + 20))
    other.advance()

    assert restored == at(BASE + 9)
    assert other.memory["paid"].sums[at(BASE + 10)][0] == 11
    assert other.memory["paid"].ticks[-1] == at(BASE + 20)
    assert read_manifest(dict(other.merge.snapshot(18))[MANIFEST]).sources == {"orders": 1}


def test_a_source_that_is_new_after_a_snapshot_is_waited_for_and_takes_nothing_back(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge
) -> None:
    _, chunks = written
    other = make_merge(metric, sources={"orders": 1, "shop": 1})
    other.merge.restore(chunks[MANIFEST], chunks)
    other.apply(at(BASE + 60))
    waits = other.merge.watermark, other.advance()
    other.apply(at(BASE + 30), metric, ((0, ()), 0, BASE + 20, 7, 0), topic="shop")
    other.advance()

    assert waits == (at(BASE + 5), [])
    assert other.memory["paid"].sums[at(BASE + 21)][0] == 7


def test_a_snapshot_taken_while_an_added_partition_catches_up_goes_on_where_it_was(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge
) -> None:
    merge, _ = written
    merge.apply(at(BASE + 2), partition=2)  # behind the others, and one before it has not spoken
    chunks = dict(merge.merge.snapshot(18, full=True))
    other = make_merge(metric, partitions=3)
    other.merge.restore(chunks[MANIFEST], chunks)

    assert other.merge.watermark == merge.merge.watermark == at(BASE + 5)
    for one in (merge, other):
        one.apply(at(BASE + 60), metric, ((0, ()), 0, BASE + 3, 1, 0))
        one.apply(at(BASE + 60), partition=1)
        one.apply(at(BASE + 60), partition=2)
        one.advance()
    ticks = other.memory["paid"].ticks
    assert [other.memory["paid"].sums[tick] for tick in ticks] == [merge.memory["paid"].sums[tick] for tick in ticks]
    assert ticks[-1] == at(BASE + 60)


def test_a_missing_or_damaged_chunk_is_a_clear_error(
    written: tuple[SimpleNamespace, dict[str, bytes]], metric: Metric, make_merge: MakeMerge
) -> None:
    _, chunks = written
    for name in read_manifest(chunks[MANIFEST]).chunks():
        less = {key: value for key, value in chunks.items() if key != name}
        with pytest.raises(SnapshotError, match="missing"):
            make_merge(metric).merge.restore(chunks[MANIFEST], less)
        with pytest.raises(SnapshotError, match="damaged"):
            make_merge(metric).merge.restore(chunks[MANIFEST], chunks | {name: chunks[name][:-1] + b"?"})


@pytest.mark.parametrize("poison", [b"", b"\x00", b"nonsense", b"\x92\x00\xc4\x00"])
def test_a_poisoned_manifest_is_a_clear_error(metric: Metric, make_merge: MakeMerge, poison: bytes) -> None:
    with pytest.raises(SnapshotError):
        make_merge(metric).merge.restore(poison, {})


@pytest.mark.parametrize("poison", [b"", b"nonsense", pack({})[:-1]])
def test_a_poisoned_part_is_a_clear_error(poison: bytes) -> None:
    with pytest.raises(SnapshotError):
        unpack(poison)


def test_a_metric_that_is_new_starts_empty_one_that_is_gone_is_left_behind(
    written: tuple[SimpleNamespace, dict[str, bytes]], make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    _, chunks = written
    new = make_metric(name="new")
    merge = make_merge(new)
    merge.merge.restore(chunks[MANIFEST], chunks)
    merge.apply(at(BASE + 9), new, ((0, ()), 0, BASE + 7, 3, 0))
    merge.advance()

    assert merge.memory["new"].sums[at(BASE + 8)] == [3]


def test_what_is_no_reason_to_skip_cells_any_more_is_left_behind() -> None:
    skipped = Skipped()
    skipped.restore({"missed": 3, "forgotten": 2})

    assert skipped == Skipped(missed=3)


def test_windows_may_be_changed_between_snapshots(
    written: tuple[SimpleNamespace, dict[str, bytes]], make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    _, chunks = written
    changed = make_metric(windows=(120, 600, 3600))
    merge = make_merge(changed)
    merge.merge.restore(chunks[MANIFEST], chunks)
    merge.apply(at(BASE + 6))
    merge.advance()

    assert merge.memory["paid"].sums[at(BASE + 6)] == [1]
