"""Source partitions, their flushes and what happens when one fails."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from faust.types import TP

from streams.transport.driver.batch_driver import Standing
from streams.transport.flush.flush import FailureReason, FlushFailedError
from streams.transport.life.clock import WorkerClock
from streams.transport.life.watchdog import Station
from streams.transport.partitions import owner
from streams.transport.partitions.alignment import AHEAD_LIMIT_MS
from streams.transport.partitions.committed import Commit
from streams.transport.source.source_agent import SourceAgent
from streams.transport.source.source_options import SourceOptions
from streams.transport.source.source_recovery import SourceRecovery
from tests.transport.support.transport_fakes import (
    ORDERS,
    FakeCommits,
    FakeFlusher,
    FakeIngest,
    FakePositions,
    FakeTopicNames,
    fetched,
)

OPTIONS = SourceOptions(
    cells_partitions=1,
    dedup_records=10,
    lateness_s=30,
    flush_interval_s=0.02,
    idle_after_s=0.05,
    heartbeat_interval_s=0.1,
)
OTHER = TP("orders", 1)


class Bench:
    """An agent among fakes."""

    def __init__(self, options: SourceOptions = OPTIONS, topic_ids: dict[str, str] | None = None) -> None:
        self.slowest_of_others: int | None = None
        self.positions = FakePositions()
        self.commits = FakeCommits()
        self.flushers: list[FakeFlusher] = []
        self.failures: list[str] = []
        self.current = True
        topic_names = None if topic_ids is None else FakeTopicNames(topic_ids)
        self.agent = SourceAgent(
            ("orders",),
            options,
            SourceRecovery(options, self.positions, self.commits, lambda _tp: FakeIngest(), self._flusher, topic_names),
            self.positions,
            clock=WorkerClock(time.monotonic),
            fail=lambda what, error: self.failures.append(f"{what}: {error}"),
            slowest_of_others=lambda _own: self.slowest_of_others,
        )

    def _flusher(self, _tp: TP) -> FakeFlusher:
        self.flushers.append(FakeFlusher())
        return self.flushers[-1]

    async def acquire(self, *tps: TP) -> Any:
        return await self.agent.owner.acquire(tps, lambda: self.current)

    async def run_until(self, condition: Any, limit_s: float = 3.0) -> None:
        loop = asyncio.ensure_future(self.agent.run())
        deadline = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline, "it did not come to that"
            await asyncio.sleep(0.005)
        loop.cancel()

    def fed(self, tp: TP = ORDERS) -> list[int]:
        ingest = self.agent.parts[tp].ingest
        assert isinstance(ingest, FakeIngest)
        return ingest.fed


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_a_new_owner_shuts_out_the_old_one_and_begins_before_the_commit(bench: Bench) -> None:
    bench.commits.commits[ORDERS] = Commit(100, "")

    assert await bench.acquire(ORDERS) == {ORDERS: 90}
    assert bench.flushers[0].opened == 1


async def test_a_commit_of_a_topic_that_was_deleted_is_not_gone_on_from() -> None:
    bench = Bench(OPTIONS._replace(strict_group="pharos"), {"orders": "id-2"})
    bench.commits.commits[ORDERS] = Commit(100, "5 4 id-1")

    assert await bench.acquire(ORDERS) == {}

    assert "committed offset 100 belongs to a topic of this name that was deleted" in bench.failures[0]
    assert "--group pharos --topic orders:0 --reset-offsets" in bench.failures[0]


async def test_a_flush_says_which_topic_of_the_name_it_counted() -> None:
    bench = Bench(OPTIONS._replace(strict_group="pharos"), {"orders": "id-2"})
    bench.commits.commits[ORDERS] = Commit(0, "")
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(5)))
    await bench.run_until(lambda: bench.flushers[0].flushes)

    assert bench.flushers[0].flushes[0].metadata == "4 3 id-2"


async def test_what_was_read_is_flushed_with_its_offset(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(5)))
    await bench.run_until(lambda: bench.flushers[0].flushes)

    assert bench.flushers[0].flushes[0].next_offset == 5
    assert bench.agent.parts[ORDERS].committed == 5


async def test_a_slot_that_is_complete_is_flushed_long_before_the_interval_is_over() -> None:
    bench = Bench(OPTIONS._replace(flush_interval_s=600.0))
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(5)))
    await bench.run_until(lambda: bench.flushers[0].flushes)

    assert bench.flushers[0].flushes[0].next_offset == 5


async def test_what_completes_no_slot_adds_up_until_the_interval_is_over() -> None:
    bench = Bench(OPTIONS._replace(flush_interval_s=1.2))
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(5)))
    await bench.run_until(lambda: bench.flushers[0].flushes)
    await bench.agent.handle(fetched(5, range(5, 8)))
    await bench.agent.handle(fetched(8, range(8, 9)))
    await bench.run_until(lambda: len(bench.flushers[0].flushes) == 2)

    assert [flush.next_offset for flush in bench.flushers[0].flushes] == [5, 9]


async def test_a_partition_that_comes_back_goes_on_with_its_memory(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(5)))
    await bench.agent.owner.suspend()
    await bench.agent.handle(fetched(5, range(5, 9)))

    assert await bench.acquire(ORDERS, OTHER) == {ORDERS: 5, OTHER: 0}
    assert bench.flushers[0].opened == 1
    assert bench.fed() == list(range(5))


async def test_a_partition_that_goes_is_let_go_of(bench: Bench) -> None:
    await bench.acquire(ORDERS, OTHER)
    await bench.agent.owner.suspend()
    await bench.acquire(OTHER)

    assert set(bench.agent.parts) == {OTHER}
    assert sum(flusher.closed for flusher in bench.flushers) == 1


async def test_a_failed_flush_starts_its_partition_again_from_the_commit(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    bench.commits.commits[ORDERS] = Commit(3, "")
    bench.flushers[0].failures.append(FlushFailedError(FailureReason.BROKER, OSError("gone")))
    await bench.agent.handle(fetched(0, range(8)))
    await bench.run_until(lambda: bench.positions.moves)

    assert bench.positions.moves == [(ORDERS, 0)]  # ten before the commit, but there are only three
    assert bench.flushers[0].opened == 2
    assert bench.fed() == []
    await bench.agent.handle(fetched(0, range(8)))
    assert bench.fed() == [3, 4, 5, 6, 7]


async def test_who_is_fenced_waits_for_the_group_to_speak_before_it_fences_in_turn(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    bench.flushers[0].failures.append(FlushFailedError(FailureReason.FENCED, OSError("fenced")))
    await bench.agent.handle(fetched(0, range(8)))
    await bench.run_until(lambda: not bench.flushers[0].failures)
    assert bench.flushers[0].opened == 1

    bench.current = False
    await bench.agent.owner.suspend()

    assert bench.flushers[0].opened == 1
    bench.current = True
    await bench.acquire(ORDERS)
    assert [flusher.opened for flusher in bench.flushers] == [1, 1]  # an owner again: with a flusher of its own


async def test_who_is_fenced_and_still_owns_takes_the_partition_back(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    bench.flushers[0].failures.append(FlushFailedError(FailureReason.FENCED, OSError("fenced")))
    await bench.agent.handle(fetched(0, range(8)))
    await bench.run_until(lambda: bench.positions.moves)

    assert bench.flushers[0].opened == 2


async def test_a_plan_of_a_generation_that_has_passed_is_empty(bench: Bench) -> None:
    bench.current = False

    assert await bench.acquire(ORDERS) == {}
    assert bench.flushers[0].closed == 1


async def test_an_idle_partition_promises_and_says_so(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(3)))
    ingest = bench.agent.parts[ORDERS].ingest
    assert isinstance(ingest, FakeIngest)

    def promised() -> bool:
        bench.positions.standings[ORDERS] = Standing(3, int(time.time() * 1000))
        return bool(ingest.promises)

    await bench.run_until(promised)


async def test_a_lost_batch_is_read_again_after_a_while(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_HOLE_S", 0.0)
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(4, range(4, 8)))
    await bench.run_until(lambda: bench.positions.moves)

    assert bench.positions.moves == [(ORDERS, 0)]


async def test_what_the_broker_has_dropped_unread_is_logged_and_passed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(owner, "_HOLE_S", 0.0)
    await bench.acquire(ORDERS)
    bench.positions.earliest[ORDERS] = 4
    await bench.agent.handle(fetched(4, range(4, 8)))
    await bench.run_until(lambda: bench.positions.moves)
    await bench.agent.handle(fetched(4, range(4, 8)))

    assert "orders-0: the broker has dropped offsets 0 to 3 unread" in caplog.text
    assert bench.fed() == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("first", "end", "told"), [(101, 200, "has dropped offsets 100 to 100 unread"), (0, 99, "was created again")]
)
async def test_where_losing_is_refused_a_cut_or_new_log_ends_the_worker(first: int, end: int, told: str) -> None:
    bench = Bench(OPTIONS._replace(strict_group="shop"))
    bench.commits.commits[ORDERS] = Commit(100, "")
    bench.positions.earliest[ORDERS], bench.positions.ends[ORDERS] = first, end

    assert await bench.acquire(ORDERS) == {}

    (failure,) = bench.failures
    assert told in failure
    assert "--group shop --topic orders:0 --reset-offsets" in failure


async def test_where_losing_is_refused_a_log_cut_while_it_is_read_ends_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner, "_HOLE_S", 0.0)
    bench = Bench(OPTIONS._replace(strict_group="shop"))
    await bench.acquire(ORDERS)
    bench.positions.earliest[ORDERS] = 4
    await bench.agent.handle(fetched(4, range(4, 8)))
    await bench.run_until(lambda: bench.failures)

    assert "has dropped offsets 0 to 3 unread" in bench.failures[0]
    assert bench.fed() == []


async def test_a_topic_that_is_recreated_under_a_worker_ends_it() -> None:
    bench = Bench(OPTIONS._replace(strict_group="shop"))
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(8)))
    bench.positions.ends[ORDERS] = 2
    bench.positions.standings[ORDERS] = Standing(2, int(time.time() * 1000))
    await bench.run_until(lambda: bench.failures)

    assert "the log ends at offset 2, before 8: the topic was created again" in bench.failures[0]


async def test_a_log_that_only_lacks_what_would_warm_the_memory_is_no_loss() -> None:
    bench = Bench(OPTIONS._replace(strict_group="shop"))
    bench.commits.commits[ORDERS] = Commit(100, "")
    bench.positions.earliest[ORDERS] = 95

    assert await bench.acquire(ORDERS) == {ORDERS: 95}
    assert not bench.failures


async def test_the_watchdog_is_told_what_is_owed(bench: Bench) -> None:
    def owed() -> dict[Station, bool]:
        return {duty.station: duty.owing for duty in bench.agent.duties()}

    bench.current = False
    await bench.acquire(ORDERS)
    assert owed() == {Station.GROUP: True}

    bench.current = True
    await bench.acquire(ORDERS)
    assert owed()[Station.FETCH]  # no fetch was answered yet
    bench.positions.standings[ORDERS] = Standing(3, int(time.time() * 1000))
    assert owed() == {Station.GROUP: False, Station.FETCH: True, Station.FLUSH: False}

    await bench.agent.handle(fetched(0, range(3)))
    assert owed() == {Station.GROUP: False, Station.FETCH: False, Station.FLUSH: True}

    await bench.run_until(lambda: bench.flushers[-1].flushes)
    assert owed() == {Station.GROUP: False, Station.FETCH: False, Station.FLUSH: False}


async def test_a_partition_far_ahead_of_another_worker_is_held_until_nobody_asks_for_it(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    bench.agent.parts[ORDERS].ingest.largest_event_time = 2 * AHEAD_LIMIT_MS
    bench.slowest_of_others = 5
    await bench.run_until(lambda: bench.positions.held == {ORDERS})
    bench.slowest_of_others = None
    await bench.run_until(lambda: not bench.positions.held)


async def test_what_ends_a_flush_unforeseen_ends_the_worker(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    bench.flushers[0].failures.append(RuntimeError("a fault of ours"))  # type: ignore[arg-type]  # that is the point
    await bench.agent.handle(fetched(0, range(8)))
    await bench.run_until(lambda: bench.failures)


async def test_the_last_counts_are_flushed_when_the_worker_ends(bench: Bench) -> None:
    await bench.acquire(ORDERS)
    await bench.agent.handle(fetched(0, range(5)))
    await bench.agent.close()

    assert [content.next_offset for content in bench.flushers[0].flushes] == [5]
    assert bench.flushers[0].closed == 1
