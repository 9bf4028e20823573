"""What a worker learns from the cells that it merges."""

from __future__ import annotations

from typing import Any

from streams.cells.record import NO_WATERMARK, CellsRecord, encode
from streams.records.batch import RecordBatch
from streams.transport.log.cells_agent import CellsState, SnapshotPace


class Still:
    """A merge that steps nowhere."""

    behind = False
    last_tick = None

    def __init__(self) -> None:
        self.applied: list[CellsRecord] = []

    def apply(self, record: CellsRecord) -> None:
        self.applied.append(record)

    def quiet(self) -> None:
        return None


async def test_a_worker_whose_own_sources_are_silent_learns_what_time_it_is() -> None:
    seen: list[int] = []
    merge: Any = Still()
    state = CellsState(
        0,
        merge,
        None,
        producer=None,
        pace=SnapshotPace(60.0, 600.0),
        needed=lambda _: set(),
        observe=seen.append,
        on_judged=lambda _partition, _seconds: None,
        now_s=0.0,
    )
    values = [encode(CellsRecord("orders", 0, 1, watermark, "", [])) for watermark in (NO_WATERMARK, 5_000, 4_000)]

    await state.apply(RecordBatch("pharos-cells", 0, range(4), [1] * 4, [*values, b"none"], 4))

    assert seen == [5_000, 4_000]
    assert (len(merge.applied), state.undecodable) == (3, 1)
