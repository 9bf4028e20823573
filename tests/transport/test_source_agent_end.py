"""What a source agent holds when its worker ends is let go of, whatever is under way."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from streams.transport.life.clock import WorkerClock
from streams.transport.source.source_agent import SourceAgent
from streams.transport.source.source_options import SourceOptions
from streams.transport.source.source_recovery import SourceRecovery
from tests.transport.support.transport_fakes import ORDERS, FakeCommits, FakeFlusher, FakeIngest, FakePositions, fetched


class Ending:
    """An agent among fakes, of which one waits until it is told."""

    def __init__(self) -> None:
        self.flusher = FakeFlusher()
        self.commits = FakeCommits()
        self.goes_on = asyncio.Event()
        options, positions = SourceOptions(1, 10, 30, 600.0, 600.0, 0.1), FakePositions()
        self.agent = SourceAgent(
            ("orders",),
            options,
            SourceRecovery(options, positions, self.commits, lambda _tp: FakeIngest(), lambda _tp: self.flusher),
            positions,
            clock=WorkerClock(time.monotonic),
            fail=lambda _what, error: pytest.fail(str(error)),
        )

    async def slowly(self, _what: Any) -> Any:
        await self.goes_on.wait()
        return {}


@pytest.fixture
async def ending() -> Ending:
    return Ending()


async def test_partitions_that_are_taken_over_while_the_worker_ends_are_let_go_of(ending: Ending) -> None:
    ending.commits.read = ending.slowly  # type: ignore[method-assign]
    taking_over = asyncio.ensure_future(ending.agent.owner.acquire([ORDERS], lambda: True))
    await asyncio.sleep(0)
    await ending.agent.close()
    ending.goes_on.set()

    assert await taking_over == {}
    assert ending.agent.parts == {}
    assert (ending.flusher.opened, ending.flusher.closed) == (1, 1)


async def test_flushers_are_let_go_of_although_a_last_flush_takes_too_long(ending: Ending) -> None:
    await ending.agent.owner.acquire([ORDERS], lambda: True)
    await ending.agent.handle(fetched(0, range(5)))
    ending.flusher.flush = ending.slowly  # type: ignore[method-assign]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ending.agent.close(), 0.05)

    assert ending.flusher.closed == 1
