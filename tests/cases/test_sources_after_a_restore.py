"""After a restore what was decided once is decided alike, though sources were added or taken away meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.cases.partition import CasesPartition
from streams.cases.snapshot import CasesSnapshot
from streams.catalogue.load import Catalogue
from streams.cells.case_record import CasesRecord, RoleMarks
from streams.cells.record import NO_WATERMARK
from tests.cases.test_cases_equal_direct_computation import TERMS, metric_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE = Catalogue.of((metric_of(TERMS["the last"]),))


def restored(before: Mapping[str, int], after: Mapping[str, int], *records: CasesRecord) -> CasesPartition:
    """Made with other sources than the partition that the snapshot is of."""
    partition = CasesPartition(CATALOGUE, 0, before)
    for record in records:
        partition.apply(record)
    items = dict(CasesSnapshot(partition, CATALOGUE.hash, 1).write(7))
    fresh = CasesPartition(CATALOGUE, 0, after)
    CasesSnapshot(fresh, CATALOGUE.hash, 1).restore(items["manifest"], items)
    return fresh


def record_of(topic: str, partition: int, watermark: int) -> CasesRecord:
    return CasesRecord(topic, partition, watermark, "", [])


def test_a_partition_that_was_added_is_not_waited_for_before_it_is_said_so() -> None:
    partition = restored({"orders": 1}, {"orders": 2}, record_of("orders", 0, 50_000))

    partition.apply(record_of("orders", 0, 100_000))
    assert partition.frontier_ms == 100_000
    assert partition.wait_for_own_sources()
    partition.apply(record_of("orders", 0, 200_000))
    assert partition.frontier_ms == 100_000
    partition.apply(record_of("orders", 1, 150_000))
    assert partition.frontier_ms == 150_000


def test_a_topic_that_is_read_no_more_is_waited_for_until_it_is_said_so() -> None:
    first = (record_of("orders", 0, 50_000), record_of("shop", 0, 20_000))
    partition = restored({"orders": 1, "shop": 1}, {"orders": 1}, *first)

    partition.apply(record_of("orders", 0, 100_000))
    assert partition.frontier_ms == 20_000
    assert partition.wait_for_own_sources()
    partition.apply(record_of("orders", 0, 110_000))
    assert partition.frontier_ms == 110_000


@pytest.mark.parametrize("reported", [True, False])
def test_where_the_sources_are_the_same_nothing_changes(reported: bool) -> None:
    partition = restored({"orders": 1}, {"orders": 1}, *([record_of("orders", 0, 50_000)] if reported else []))

    assert not partition.wait_for_own_sources()
    assert partition.frontier_ms == (50_000 if reported else NO_WATERMARK)


def test_what_waited_for_a_slow_source_is_decided_piece_by_piece() -> None:
    partition = CasesPartition(CATALOGUE, 0, {"orders": 1})
    role = partition.links[0].later.key()
    marks = RoleMarks(role, [()], [0] * 3, [7] * 3, [10_000, 15_000, 1_900_000], [0] * 3, [])
    partition.apply(CasesRecord("orders", 0, NO_WATERMARK, "", [marks]))

    assert len(list(partition.pieces(record_of("orders", 0, 2_000_000)))) == 2
    assert partition.frontier_ms == 2_000_000
