"""What a worker learns from the cells that it merges."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from streams.cells.record import NO_WATERMARK, CellsRecord, encode
from streams.records.batch import RecordBatch
from streams.transport.log.cells_agent import CellsState, SnapshotPace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest


class Still:
    """A merge that steps nowhere."""

    behind = False

    def __init__(self) -> None:
        self.applied: list[CellsRecord] = []
        self.no_source: set[str] = set()

    def apply(self, record: CellsRecord) -> None:
        self.applied.append(record)
        if record.topic == "shop":
            self.no_source.add(record.topic)

    def quiet(self) -> None:
        return None


class AfterSilence(Still):
    """A merge that has one step to take, in ten long pieces; `others` is what else goes on between them."""

    def __init__(self) -> None:
        super().__init__()
        self.behind = True
        self.others = [0]

    def pieces_of_step(self) -> Iterator[None]:
        for _ in range(10):
            time.sleep(0.025)
            self.others.append(self.others[-1])
            yield None
        self.behind = False


def new_state(merge: Any, observe: Callable[[int], None]) -> CellsState:
    return CellsState(
        0,
        merge,
        None,
        producer=None,
        pace=SnapshotPace(60.0, 600.0),
        needed=lambda _: set(),
        observe=observe,
        on_judged=lambda _partition, _seconds: None,
        now_s=0.0,
    )


async def test_a_worker_whose_own_sources_are_silent_learns_what_time_it_is() -> None:
    seen: list[int] = []
    merge = Still()
    state = new_state(merge, seen.append)
    values = [encode(CellsRecord("orders", 0, 1, watermark, "", [])) for watermark in (NO_WATERMARK, 5_000, 4_000)]

    await state.apply(RecordBatch("pharos-cells", 0, range(4), [1] * 4, [*values, b"none"], 4))

    assert seen == [5_000, 4_000]
    assert (len(merge.applied), state.undecodable) == (3, 1)


async def test_counts_of_a_topic_that_is_no_source_are_told_once_and_end_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    merge = Still()
    state = new_state(merge, lambda _watermark: None)
    values = [encode(CellsRecord(topic, 0, 1, 5_000, "", [])) for topic in ("shop", "orders", "shop")]

    for offset in range(2):
        await state.apply(RecordBatch("pharos-cells", 0, range(3), [1] * 3, values, offset + 3))

    assert len(merge.applied) == 6
    (said,) = caplog.messages
    assert said.startswith("pharos-cells-0 has counts of shop, which is no source of this worker")
    assert said.endswith("give all workers the same mappings, catalogue and version")


async def test_a_long_step_after_days_of_silence_lets_the_rest_of_the_worker_go_on_and_shows_that_it_does() -> None:
    merge = AfterSilence()
    state = new_state(merge, lambda _watermark: None)
    progress = set()

    async def others() -> None:
        while merge.behind:
            merge.others[-1] += 1
            progress.add(state.progress)
            await asyncio.sleep(0)

    await asyncio.gather(state.apply(RecordBatch("pharos-cells", 0, range(0), [], [], 0)), others())

    assert all(later > earlier for earlier, later in zip(merge.others[1:], merge.others[2:], strict=False))
    assert len(progress) > 5
