"""Whatever is cut off and begun again: the cells that leave are those of a run that nothing interrupted."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cases.partition import CasesPartition
from streams.cases.snapshot import CasesSnapshot
from streams.catalogue.case_roles import links_of
from streams.catalogue.load import Catalogue
from streams.cells.case_record import decode as decode_marks
from streams.cells.case_record import encode
from streams.cells.record import NO_WATERMARK, decode
from streams.merge.snapshot import read_manifest
from streams.records.batch import RecordBatch
from streams.topics.names import CASES_TOPIC, CELLS_TOPIC
from streams.transport.log import cases_agent
from streams.transport.log.cases_agent import CasesPace, CasesState
from streams.transport.log.keeper import Save, Saved
from tests.cases.test_cases_equal_direct_computation import (
    END_MS,
    SOURCES,
    TERMS,
    marks,
    marks_of,
    metric_of,
    record_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from streams.cells.record import CellsRecord

CATALOGUE = Catalogue.of((metric_of(TERMS["once"]),))
CELLS_PARTITIONS = 2
END = END_MS + 4_000_000
PACE = CasesPace(flush_s=1.0, snapshot_s=60.0)
SHOP = {"shop": 1}  # a source that some of the lives know: it says nothing before the end

Sums = Counter[tuple[object, ...]]


class Step(NamedTuple):
    """A worker applies so many records, waits so long, saves what is due, and may be cut off before or after that."""

    records: int
    seconds: float
    cut_off: str
    last: bool
    knows_shop: bool


steps = st.lists(
    st.builds(
        Step,
        st.integers(0, 5),
        st.sampled_from([0.0, 0.6, 1.0, 61.0]),
        st.sampled_from(["", "", "", "before", "after"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


class Kept:
    """The topics that a keeper writes: all of a save or nothing."""

    def __init__(self) -> None:
        self.items: dict[str, bytes] = {}
        self.offset: int | None = None
        self.cells: list[CellsRecord] = []

    def save(self, save: Save) -> None:
        self.items = {name: value for name, value in self.items.items() if name in save.keep} | dict(save.items)
        assert set(self.items) == save.keep
        assert self.offset is None or save.offset >= self.offset
        self.offset = save.offset
        for record in save.records:
            assert record.topic == CELLS_TOPIC
            self.cells.append(decode(record.value or b""))

    def load(self) -> Saved | None:
        return None if self.offset is None else Saved(self.offset, dict(self.items))


def new_state(
    saved: Saved | None, sources: Mapping[str, int], observe: Callable[[int], None] = lambda _: None
) -> CasesState:
    cases = CasesPartition(CATALOGUE, 0, sources)
    return CasesState(
        0,
        cases,
        CasesSnapshot(cases, CATALOGUE.hash, CELLS_PARTITIONS),
        saved,
        cells_partitions=CELLS_PARTITIONS,
        pace=PACE,
        needed=lambda manifest: read_manifest(manifest).chunks(),
        observe=observe,
        now_s=0.0,
    )


def batch_of(log: list[bytes], position: int, records: int) -> RecordBatch:
    values = log[position : position + records]
    offsets = range(position, position + len(values))
    return RecordBatch(CASES_TOPIC, 0, offsets, [1] * len(values), values, position + len(values))


def log_of(drawn: Any, order: Iterable[int]) -> list[bytes]:
    """Records of pharos-cases: marks of each source in the order of time, sources as `order` says."""
    (link,) = links_of(CATALOGUE.metrics)
    left = marks_of(link, drawn)
    log = []
    for source in order:
        sent, left[source] = left[source][:2], left[source][2:]
        log.append(encode(record_of(source, sent, left[source][0].time if left[source] else END)))
    log += [encode(record_of(source, left[source], END)) for source in range(SOURCES)]
    return [*log, encode(msgspec.structs.replace(record_of(0, [], END), topic="shop"))]


def sums(records: Iterable[CellsRecord]) -> Sums:
    found: Sums = Counter()
    for record in records:
        for cells in record.metrics:
            for scope, component, slot, late, value in zip(
                cells.scope, cells.component, cells.slot, cells.late, cells.value, strict=True
            ):
                found[cells.metric, cells.scopes[scope], component, slot, late] += value
    return found


async def cells_of(log: list[bytes], steps: Iterable[Step]) -> list[CellsRecord]:
    """What stands in pharos-cells after the steps, and then what is needed to come to the end of the log."""
    kept, now_s = Kept(), 0.0
    state: CasesState | None = None
    position = 0
    to_the_end = Step(len(log), 61.0, "", False, True)
    for step in [*steps, *[to_the_end] * 400]:
        if state is None:
            state = new_state(kept.load(), {"orders": SOURCES} | (SHOP if step.knows_shop else {}))
            position = state.start or 0
        batch = batch_of(log, position, step.records)
        await state.apply(batch)
        position, now_s = batch.next_offset, now_s + step.seconds
        save = state.take_save(position, now_s, last=step.last)
        if save is not None and step.cut_off != "before":
            kept.save(save)
            state.on_saved(save)
        if step.cut_off:
            state = None
        elif save is None and step is to_the_end:
            return kept.cells
    raise AssertionError("it does not come to an end")


@settings(max_examples=200, deadline=None)
@given(drawn=marks, order=st.lists(st.integers(0, SOURCES - 1), max_size=12), steps=steps)
def test_each_cell_leaves_once_wherever_a_worker_is_cut_off_and_whatever_sources_the_next_one_knows(
    drawn: Any, order: list[int], steps: list[Step]
) -> None:
    log = log_of(drawn, order)
    uninterrupted = CasesPartition(CATALOGUE, 0, {"orders": SOURCES})
    for record in log:
        uninterrupted.apply(decode_marks(record))
    expected = sums(uninterrupted.take_cells(CELLS_PARTITIONS, 0).values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases_agent, "_PART_BYTES", 1)
        found = asyncio.run(cells_of(log, steps))

    assert sums(found) == expected
    watermarks = [record.watermark for record in found]
    assert watermarks == sorted(watermarks)
    assert watermarks[-1] == END // 10_000 * 10_000


async def apply(state: CasesState, *records: bytes, start: int = 0) -> int:
    batch = batch_of([b""] * start + list(records), start, len(records))
    await state.apply(batch)
    return batch.next_offset


def promises(watermark: int) -> list[bytes]:
    return [encode(record_of(source, [], watermark)) for source in range(SOURCES)]


async def test_a_higher_watermark_is_told_to_every_cells_partition_once_a_second_though_nothing_counts() -> None:
    state, kept = new_state(None, {"orders": SOURCES}), Kept()

    offset = await apply(state, *promises(20_000))
    for now_s in (0.5, 1.0, 1.5):
        save = state.take_save(offset, now_s)
        if save is not None:
            kept.save(save)
            state.on_saved(save)

    told = [(record.topic, record.watermark, record.next_offset, record.busy) for record in kept.cells]
    assert told == [(CASES_TOPIC, 20_000, 3, [])] * CELLS_PARTITIONS
    offset = await apply(state, *promises(25_000), start=3)
    assert state.take_save(offset, 9.0) is None  # no further slot is decided


async def test_before_every_source_has_spoken_there_are_no_cells_and_the_marks_that_wait_are_saved() -> None:
    state, kept = new_state(None, {"orders": SOURCES}), Kept()

    save = state.take_save(await apply(state, *promises(20_000)[:2]), 0.0)
    assert save is not None
    kept.save(save)

    assert (kept.cells, state.cases.frontier_ms) == ([], NO_WATERMARK)
    again = new_state(kept.load(), {"orders": SOURCES})
    await apply(again, promises(20_000)[2], start=2)
    assert again.cases.frontier_ms == 20_000


async def test_while_it_decides_again_what_is_committed_nothing_is_saved_not_even_at_the_end() -> None:
    state, kept = new_state(None, {"orders": SOURCES}), Kept()
    for start, watermark in ((0, 20_000), (3, 40_000)):
        save = state.take_save(await apply(state, *promises(watermark), start=start), start + 1.0)
        assert save is not None
        kept.save(save)
        state.on_saved(save)
    again = new_state(kept.load(), {"orders": SOURCES})

    assert (again.start, kept.offset) == (3, 6)
    assert again.take_save(await apply(again, promises(40_000)[0], start=3), 99.0, last=True) is None
    offset = await apply(again, *promises(40_000)[1:], start=4)
    assert again.cases.frontier_ms == 40_000
    save = again.take_save(offset, 199.0)
    assert save is not None
    assert save.records == []


async def test_where_snapshots_were_deleted_the_log_is_decided_again_and_no_cell_leaves_twice() -> None:
    state = new_state(Saved(3, {}), {"orders": SOURCES})

    offset = await apply(state, *promises(20_000))
    saves = []
    while (save := state.take_save(offset, 99.0)) is not None:
        saves.append(save)
        state.on_saved(save)

    assert state.start is None
    assert saves
    assert [record for save in saves for record in save.records] == []


async def test_a_record_that_cannot_be_read_is_counted_and_the_next_one_is_applied() -> None:
    seen: list[int] = []
    state = new_state(None, {"orders": SOURCES}, seen.append)

    await apply(state, b"nothing that was encoded", *promises(20_000))

    assert (state.undecodable, state.cases.frontier_ms) == (1, 20_000)
    assert seen == [20_000] * SOURCES


async def test_what_waited_for_a_slow_source_is_decided_piece_by_piece_and_the_watchdog_sees_it() -> None:
    state = new_state(None, {"orders": SOURCES})
    before = state.progress

    (link,) = links_of(CATALOGUE.metrics)
    left = marks_of(link, [(END_MS - at * 1_200_000, 0, 1, "app", True, 0, 0) for at in range(5)])
    await apply(state, encode(record_of(0, left[0], END)), *promises(END)[1:])

    assert state.progress - before == 5
