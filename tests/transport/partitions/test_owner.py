"""Acquire, suspend, resume, restore again and close: whatever comes in which order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from faust.types import TP
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.transport.flush.flush import FailureReason, FlushFailedError
from streams.transport.partitions import owner
from streams.transport.partitions.life import IllegalTransitionError, State
from streams.transport.partitions.owner import PartitionOwner
from streams.transport.partitions.partition import Partition
from tests.transport.support.transport_fakes import ORDERS, FakeFlusher, FakePositions

if TYPE_CHECKING:
    from collections.abc import Collection

PARTITIONS = [TP("orders", number) for number in range(3)]


class Kind:
    """Restores a partition to offset 10, unless it is told to fail or to wait."""

    def __init__(self) -> None:
        self.made: list[tuple[Partition, FakeFlusher]] = []
        self.failure: Exception | None = None
        self.restored = 0
        self.asked = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    def create(self, tp: TP) -> Partition:
        writer = FakeFlusher()
        part = Partition(tp, writer, 0.0, "remedy")
        self.made.append((part, writer))
        return part

    async def restore(self, parts: Collection[Partition]) -> None:
        self.asked.set()
        await self.goes_on.wait()
        if self.failure is not None:
            raise self.failure
        for part in parts:
            part.position = 10
        self.restored += len(parts)


class Bench:
    """An owner among fakes."""

    def __init__(self) -> None:
        self.kind = Kind()
        self.positions = FakePositions()
        self.failures: list[BaseException] = []
        self.generation = 0
        self.owner = PartitionOwner(
            ["orders"],
            self.kind,
            self.positions,
            fail=lambda _what, error: self.failures.append(error),
            heartbeat_interval_s=0.004,
        )

    def acquire(self, tps: Collection[TP]) -> Any:
        self.generation += 1
        return self.owner.acquire(tps, lambda mine=self.generation: mine == self.generation)

    async def work(self, tp: TP, work: Any) -> None:
        part = self.owner.parts[tp]
        self.owner.start(part, work)
        await part.settle()


async def fail_flush(part: Partition) -> None:
    part.in_doubt = True
    await asyncio.sleep(0.001)
    raise FlushFailedError(FailureReason.BROKER, OSError("gone"))


async def flush(part: Partition) -> None:
    part.position += 1


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_a_partition_that_is_new_is_fenced_and_restored_before_it_runs(bench: Bench) -> None:
    bench.kind.goes_on.clear()
    acquiring = asyncio.ensure_future(bench.acquire([ORDERS]))
    await asyncio.sleep(0.01)
    ((part, writer),) = bench.kind.made

    assert (part.state, writer.opened, bench.owner.current) == (State.RESTORING, 1, False)

    bench.kind.goes_on.set()
    assert await acquiring == {ORDERS: 10}
    assert (part.state, bench.owner.current) == (State.RUNNING, True)


async def test_a_partition_of_the_last_generation_resumes_without_being_restored(bench: Bench) -> None:
    await bench.acquire([ORDERS])
    await bench.work(ORDERS, flush)
    await bench.owner.suspend()
    assert bench.owner.parts[ORDERS].state is State.SUSPENDED

    assert await bench.acquire([ORDERS]) == {ORDERS: 11}
    assert bench.kind.restored == 1


async def test_a_generation_that_passes_while_it_is_taken_over_leaves_nothing_behind(bench: Bench) -> None:
    bench.kind.goes_on.clear()
    acquiring = asyncio.ensure_future(bench.acquire([ORDERS]))
    await asyncio.sleep(0.01)
    await bench.owner.suspend()
    bench.kind.goes_on.set()

    assert await acquiring == {}
    assert bench.owner.parts == {}
    assert [(part.state, writer.closed) for part, writer in bench.kind.made] == [(State.CLOSED, 1)]


async def test_what_fails_while_partitions_are_taken_over_ends_the_worker(bench: Bench) -> None:
    bench.kind.failure = OSError("the coordinator does not answer")

    assert await bench.acquire([ORDERS]) == {}
    assert bench.failures == [bench.kind.failure]


async def test_what_fails_when_the_generation_has_passed_ends_nothing(bench: Bench) -> None:
    bench.kind.failure = OSError("not ours any more")
    bench.kind.goes_on.clear()
    acquiring = asyncio.ensure_future(bench.acquire([ORDERS]))
    await asyncio.sleep(0.01)
    bench.generation += 1
    bench.kind.goes_on.set()

    assert await acquiring == {}
    assert not bench.failures


async def test_a_partition_whose_flush_failed_is_restored_in_place(bench: Bench) -> None:
    await bench.acquire([ORDERS])
    await bench.work(ORDERS, fail_flush)

    part, writer = bench.kind.made[0]
    assert (part.state, part.in_doubt, writer.opened) == (State.RUNNING, False, 2)
    assert bench.positions.moves == [(ORDERS, 10)]


async def test_a_partition_that_is_suspended_while_it_is_restored_waits_for_the_next_generation(bench: Bench) -> None:
    await bench.acquire([ORDERS])
    bench.kind.asked.clear()
    bench.kind.goes_on.clear()
    bench.owner.start(bench.owner.parts[ORDERS], fail_flush)
    part, _ = bench.kind.made[0]
    await asyncio.wait_for(bench.kind.asked.wait(), 3.0)
    suspending = asyncio.ensure_future(bench.owner.suspend())
    await asyncio.sleep(0)
    bench.kind.goes_on.set()
    await suspending
    assert (part.state, part.in_doubt, bench.positions.moves) == (State.SUSPENDED, False, [])

    assert await bench.acquire([ORDERS]) == {ORDERS: 10}
    assert part.running


async def test_a_partition_that_is_suspended_in_doubt_is_closed_and_made_again(bench: Bench) -> None:
    await bench.acquire([ORDERS])
    bench.owner.start(bench.owner.parts[ORDERS], fail_flush)
    await bench.owner.suspend()
    await bench.acquire([ORDERS])

    assert [part.state for part, _ in bench.kind.made] == [State.CLOSED, State.RUNNING]


async def test_work_that_outlasts_a_rebalance_is_cut_off_and_its_partition_made_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "_SUSPEND_LIMIT_S", 0.01)

    closed_when_cut_off = []

    async def flush_for_ever(part: Partition) -> None:
        part.in_doubt = True
        try:
            await asyncio.Event().wait()
        finally:
            closed_when_cut_off.append(bench.kind.made[0][1].closed)

    await bench.acquire([ORDERS])
    bench.owner.start(bench.owner.parts[ORDERS], flush_for_ever)
    await bench.owner.suspend()
    await bench.acquire([ORDERS])

    assert [part.state for part, _ in bench.kind.made] == [State.CLOSED, State.RUNNING]
    assert closed_when_cut_off == [0]


async def test_a_partition_has_one_piece_of_work_at_a_time(bench: Bench) -> None:
    await bench.acquire([ORDERS])
    part = bench.owner.parts[ORDERS]
    bench.owner.start(part, flush)
    bench.owner.start(part, flush)
    await part.settle()

    assert part.position == 11


async def test_an_illegal_transition_ends_the_worker(bench: Bench) -> None:
    async def run_twice(part: Partition) -> None:
        part.run(0.0)

    await bench.acquire([ORDERS])
    await bench.work(ORDERS, run_twice)

    assert [type(failure) for failure in bench.failures] == [IllegalTransitionError]
    assert str(bench.failures[0]) == "orders-0 is running and cannot become running"


async def test_an_owner_that_is_closed_acquires_nothing(bench: Bench) -> None:
    await bench.owner.close(flush)

    assert await bench.acquire([ORDERS]) == {}
    assert bench.kind.made == []


async def test_a_last_checkpoint_is_written_of_each_partition_that_is_not_in_doubt(bench: Bench) -> None:
    finished = []

    async def finish(part: Partition) -> None:
        finished.append(part.tp)

    await bench.acquire(PARTITIONS)
    bench.owner.parts[ORDERS].in_doubt = True
    await bench.owner.close(finish)

    assert finished == PARTITIONS[1:]
    assert [writer.closed for _, writer in bench.kind.made] == [1, 1, 1]


class Rebalances(RuleBasedStateMachine):
    """Generations come and pass, flushes fail and hang, and what is owned is owned once."""

    def __init__(self) -> None:
        super().__init__()
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(owner, "_SUSPEND_LIMIT_S", 0.005)
        self._loop = asyncio.new_event_loop()
        self.bench = self._loop.run_until_complete(self._new_bench())
        self.assigned: frozenset[TP] = frozenset()
        self.acquiring: asyncio.Task[Any] | None = None
        self.closed = False

    async def _new_bench(self) -> Bench:
        return Bench()

    def do(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    @rule(tps=st.frozensets(st.sampled_from(PARTITIONS)), revoked=st.booleans(), waits=st.booleans())
    def rebalance(self, tps: frozenset[TP], revoked: bool, waits: bool) -> None:
        if revoked:
            self.do(self.bench.owner.suspend())
        self.settle()
        if waits:
            self.bench.kind.goes_on.clear()
        self.acquiring = self._loop.create_task(self.bench.acquire(tps))
        self.assigned = tps
        self.pass_time(0.0)
        if not waits:
            self.settle()

    @rule()
    def settle(self) -> None:
        self.bench.kind.goes_on.set()
        if self.acquiring is not None:
            self.do(self.acquiring)
            self.acquiring = None

    @rule()
    def revoke(self) -> None:
        self.do(self.bench.owner.suspend())

    @rule(seconds=st.sampled_from([0.0, 0.001, 0.02]))
    def pass_time(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    @precondition(lambda self: not self.closed)
    @rule(number=st.integers(0, 2), fails=st.booleans())
    def flush(self, number: int, fails: bool) -> None:
        part = self.bench.owner.parts.get(PARTITIONS[number])
        if part is not None and part.running:

            async def start() -> None:
                self.bench.owner.start(part, fail_flush if fails else flush)

            self.do(start())

    @rule()
    def close(self) -> None:
        self.do(self.bench.owner.close(flush))
        self.closed = True

    @invariant()
    def nothing_illegal_happens(self) -> None:
        assert not self.bench.failures

    @invariant()
    def each_partition_lives_once_and_the_rest_is_closed(self) -> None:
        owned = set(map(id, self.bench.owner.parts.values()))
        for part, writer in self.bench.kind.made:
            assert writer.closed == (part.state is State.CLOSED)
            if self.acquiring is None:
                assert (id(part) in owned) == (part.state is not State.CLOSED)
        assert not self.closed or not owned

    @invariant()
    def whoever_is_current_owns_what_is_assigned(self) -> None:
        if self.bench.owner.current:
            assert set(self.bench.owner.parts) == self.assigned
        else:
            assert not any(part.running for part in self.bench.owner.parts.values())

    @invariant()
    def nothing_in_doubt_takes_batches_unless_its_flush_is_under_way(self) -> None:
        for part in self.bench.owner.parts.values():
            assert not (part.running and part.in_doubt and part.work is None)

    def teardown(self) -> None:
        self.settle()
        self.do(self.bench.owner.close(flush))
        self.do(asyncio.sleep(0))
        self._loop.close()
        self._patch.undo()


TestRebalances = Rebalances.TestCase
TestRebalances.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
