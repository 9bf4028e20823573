"""Snapshot plus log: what is applied, when it is saved, and the way back when a save fails."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from faust.types import TP

from streams.transport.driver.batch_driver import Standing
from streams.transport.flush.flush import FailureReason, FlushFailedError
from streams.transport.life.watchdog import LIMIT_S, Station
from streams.transport.log import log_agent
from streams.transport.log.keeper import Save, Saved
from streams.transport.partitions import owner
from tests.transport.support.log_bench import CELLS, Bench
from tests.transport.support.transport_fakes import fetched

if TYPE_CHECKING:
    from streams.records.batch import RecordBatch
    from streams.transport.log.log_partition import LogPartition


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_without_a_snapshot_the_log_is_read_from_where_it_begins(bench: Bench) -> None:
    bench.positions.earliest[CELLS] = 4

    assert await bench.acquire() == {CELLS: 4}
    assert bench.log == ["open", "load"]


async def test_a_snapshot_is_taken_up_with_its_offset(bench: Bench) -> None:
    bench.keeper.saved = Saved(7, {"offsets": bytes([5, 6])})

    assert await bench.acquire() == {CELLS: 7}
    assert bench.state.applied == [5, 6]


async def test_a_state_that_lies_behind_what_is_committed_reads_on_from_where_it_stands(bench: Bench) -> None:
    bench.keeper.saved = Saved(7, {"offsets": bytes([1, 2]), "behind": bytes([4])})

    assert await bench.acquire() == {CELLS: 3}


async def test_a_snapshot_that_cannot_be_read_ends_the_worker_with_the_remedy(bench: Bench) -> None:
    bench.keeper.saved = Saved(7, {"other": b""})

    assert await bench.acquire() == {}
    assert "the snapshot of pharos-cells-0 cannot be restored: KeyError('offsets')" in bench.failures[0]
    assert "stop the workers, delete the topic pharos-snapshots and start them" in bench.failures[0]


async def test_what_is_due_is_saved_with_the_position(bench: Bench) -> None:
    await bench.acquire()
    bench.state.due = True
    await bench.apply(0, 1, 2)

    assert bench.keeper.saved == Saved(3, {"offsets": bytes([0, 1, 2])})
    assert bench.state.saves == 1


async def test_what_is_due_is_saved_also_where_nothing_arrives(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_agent, "_LOOK_S", 0.01)
    await bench.acquire()
    await bench.apply(0)
    bench.state.due = True
    loop = asyncio.ensure_future(bench.agent.run())
    deadline = time.monotonic() + 3.0
    while bench.keeper.saved is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    loop.cancel()


async def test_batches_out_of_place_are_left_alone(bench: Bench) -> None:
    await bench.acquire()
    await bench.apply(0, 1)
    await bench.apply(1, 2)
    await bench.apply(5)

    assert bench.state.applied == [0, 1]


async def test_a_batch_waits_for_the_work_under_way(bench: Bench) -> None:
    async def save(_part: LogPartition) -> None:
        await goes_on.wait()

    await bench.acquire()
    goes_on = asyncio.Event()
    bench.agent.owner.start(bench.agent.parts[CELLS], save)
    applying = asyncio.ensure_future(bench.apply(0))
    await asyncio.sleep(0.01)
    assert bench.state.applied == []

    goes_on.set()
    await applying
    assert bench.state.applied == [0]


async def test_a_batch_that_ends_after_its_partition_was_suspended_saves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def apply(_batch: RecordBatch) -> None:
        begun.set()
        await goes_on.wait()

    await bench.acquire()
    begun, goes_on = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(bench.state, "apply", apply)
    bench.state.due = True
    applying = asyncio.ensure_future(bench.apply(0))
    await begun.wait()
    suspending = asyncio.ensure_future(bench.agent.owner.suspend())
    await asyncio.sleep(0)
    goes_on.set()
    await asyncio.gather(applying, suspending)

    assert bench.agent.parts[CELLS].position == 1
    assert bench.keeper.saved is None


async def test_a_lost_batch_is_read_again_after_a_while(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_HOLE_S", -1.0)
    await bench.acquire()
    await bench.apply(0, 1)
    await bench.apply(5)

    assert bench.positions.moves == [(CELLS, 2)]


async def test_a_partition_that_comes_back_goes_on_where_it_was(bench: Bench) -> None:
    await bench.acquire()
    await bench.apply(0, 1)
    await bench.agent.owner.suspend()
    await bench.apply(2)

    assert await bench.acquire() == {CELLS: 2}
    assert bench.log == ["open", "load"]
    assert bench.state.applied == [0, 1]


@pytest.mark.parametrize("reason", list(FailureReason))
async def test_a_failed_save_leads_back_to_the_snapshot(bench: Bench, reason: FailureReason) -> None:
    bench.keeper.saved = Saved(1, {"offsets": bytes([0])})
    await bench.acquire()
    bench.keeper.failures.append(FlushFailedError(reason, OSError("gone")))
    bench.state.due = True
    await bench.apply(1, 2)

    assert bench.positions.moves == [(CELLS, 1)]
    assert bench.state.applied == [0]
    await bench.apply(1, 2)
    assert bench.state.applied == [0, 1, 2]


@pytest.mark.parametrize(
    ("behind", "first", "end", "told"),
    [
        (0, 8, 20, "has dropped offsets 7 to 7 unread"),
        (0, 0, 6, "was created again"),
        (4, 5, 20, "has dropped offsets 3 to 4 unread"),
        (4, 0, 6, "was created again"),
    ],
)
async def test_a_log_that_lacks_what_comes_after_the_snapshot_ends_the_worker(
    bench: Bench, behind: int, first: int, end: int, told: str
) -> None:
    bench.keeper.saved = Saved(7, {"offsets": bytes([5, 6]), "behind": bytes([behind])})
    bench.positions.earliest[CELLS], bench.positions.ends[CELLS] = first, end

    assert await bench.acquire() == {}
    (failure,) = bench.failures
    assert told in failure
    assert "pharos-snapshots" in failure


async def test_where_losing_is_in_the_nature_of_the_broker_the_rest_is_read() -> None:
    bench = Bench(may_lose=True)
    bench.keeper.saved = Saved(7, {"offsets": bytes([5, 6])})
    bench.positions.earliest[CELLS] = 9

    assert await bench.acquire() == {CELLS: 7}  # the consumer finds that it is gone, and the rest is read
    assert not bench.failures


async def test_the_watchdog_is_told_what_is_owed(bench: Bench) -> None:
    def owed() -> dict[Station, bool]:
        return {duty.station: duty.owing for duty in bench.agent.duties()}

    assert owed() == {Station.GROUP: True}
    await bench.acquire()
    bench.positions.standings[CELLS] = Standing(2, 0)
    assert owed() == {Station.GROUP: False, Station.FETCH: True, Station.SNAPSHOT: False}

    bench.keeper.failures.append(FlushFailedError(FailureReason.BROKER, OSError("gone")))
    bench.state.due = True
    await bench.apply(0, 1)
    assert owed()[Station.SNAPSHOT]  # until one takes place

    bench.state.due = True
    await bench.apply(0, 1)
    assert owed() == {Station.GROUP: False, Station.FETCH: False, Station.SNAPSHOT: False}


async def test_while_one_partition_is_saved_no_fetch_is_blamed_for_those_that_wait(bench: Bench) -> None:
    other = TP("pharos-cells", 1)
    await bench.agent.owner.acquire([CELLS, other], lambda: True)
    bench.positions.standings = {CELLS: Standing(2, 0), other: Standing(2, 0)}
    assert [duty.owing for duty in bench.agent.duties() if duty.station is Station.FETCH] == [True, True]

    bench.agent.parts[other].saving = True

    assert [duty.owing for duty in bench.agent.duties() if duty.station is Station.FETCH] == [False, False]


async def test_while_one_partition_steps_for_long_no_fetch_is_blamed_for_those_that_wait(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = TP("pharos-cells", 1)
    await bench.agent.owner.acquire([CELLS, other], lambda: True)
    bench.positions.standings = {CELLS: Standing(2, 0), other: Standing(2, 0)}
    begun, stepped = asyncio.Event(), asyncio.Event()

    async def step(_batch: RecordBatch) -> None:
        begun.set()
        await stepped.wait()

    monkeypatch.setattr(bench.agent.parts[CELLS].log_state, "apply", step)
    passed_s = 0.0
    monkeypatch.setattr(log_agent, "time", SimpleNamespace(monotonic=lambda: passed_s))

    def progress() -> dict[str, Any]:
        return {duty.what: duty.progress for duty in bench.agent.duties() if duty.station is Station.FETCH}

    stepping = asyncio.ensure_future(bench.agent.handle(fetched(0, [0, 1], tp=CELLS)))
    await begun.wait()
    before = progress()
    passed_s = LIMIT_S - 1
    during = progress()
    stepped.set()
    await stepping
    passed_s = 10 * LIMIT_S

    assert during["pharos-cells-1"] != before["pharos-cells-1"]
    assert during["pharos-cells-0"] == before["pharos-cells-0"]  # it steps no further: the watchdog is right to bite
    assert progress()["pharos-cells-1"] == during["pharos-cells-1"]  # nothing to excuse it any more


async def test_a_partition_that_goes_is_let_go_of(bench: Bench) -> None:
    await bench.acquire()
    await bench.agent.owner.suspend()
    await bench.agent.owner.acquire([], lambda: True)

    assert bench.agent.parts == {}
    assert bench.log[-1] == "close"


async def test_the_last_state_is_saved_when_the_worker_ends(bench: Bench) -> None:
    await bench.acquire()
    await bench.apply(0, 1)
    await bench.agent.close()

    assert bench.keeper.saved == Saved(2, {"offsets": bytes([0, 1])})


async def test_partitions_that_are_taken_over_while_the_worker_ends_are_let_go_of(bench: Bench) -> None:
    goes_on = asyncio.Event()

    async def load() -> Saved | None:
        await goes_on.wait()
        return None

    bench.keeper.load = load  # type: ignore[method-assign]
    taking_over = asyncio.ensure_future(bench.agent.owner.acquire([CELLS], lambda: True))
    await asyncio.sleep(0)
    await bench.agent.close()
    goes_on.set()

    assert await taking_over == {}
    assert bench.agent.parts == {}
    assert bench.log == ["open", "close"]


async def test_a_keeper_is_let_go_of_although_the_last_save_takes_too_long(bench: Bench) -> None:
    async def save(_save: Save) -> None:
        await asyncio.Event().wait()

    bench.keeper.save = save  # type: ignore[method-assign]
    await bench.agent.owner.acquire([CELLS], lambda: True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bench.agent.close(), 0.05)

    assert bench.log[-1] == "close"
