"""Brokers that are lost, and brokers that refuse to write: nothing is counted wrong, and all of it in the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

import pytest

from streams.broker.connection import Connection
from streams.settings.settings import SOURCE_TOPICS
from streams.transport.clients.newest_timestamps import NewestTimestamps
from streams.transport.partitions.topic_ids import TopicIds
from tests.kafka.crash.feed import Feed
from tests.kafka.support.faults_bench import LOAD, Bench
from tests.kafka.support.three_brokers import COPIES, ThreeBrokers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kafka.crash.comparison import Truth

pytestmark = pytest.mark.kafka
LOAD_S = 8.0
ANSWER_S = 8.0  # a client that is kept waits ten, for the broker that is away


class Questions:
    """What a worker asks again and again, asked while all brokers are there and then while one is not.

    In one event loop, as a worker has.
    """

    def __init__(self, address: str) -> None:
        self._ids = TopicIds(Connection(address))
        self._newest = NewestTimestamps(
            Connection(address), dict.fromkeys(SOURCE_TOPICS, LOAD.partitions), self._observe
        )
        self._observed = 0
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._runner.close()

    def _observe(self, at_ms: int) -> None:
        self._observed = at_ms

    def ask(self) -> None:
        """Fails where an answer does not come soon."""
        self._runner.run(self._ask())

    async def _ask(self) -> None:
        self._observed = 0
        self._newest.asked.clear()
        asking = asyncio.ensure_future(self._newest.run())
        try:
            found = await asyncio.wait_for(self._ids.ask(SOURCE_TOPICS), ANSWER_S)
            await asyncio.wait_for(self._newest.asked.wait(), ANSWER_S)
        finally:
            asking.cancel()
        assert set(found) == set(SOURCE_TOPICS)
        assert self._observed > 0


@pytest.fixture
def three(kafka_run: Any, tmp_path: Path) -> Iterator[ThreeBrokers]:
    brokers = ThreeBrokers(kafka_run, tmp_path)
    brokers.start()
    yield brokers
    brokers.stop()


def test_one_broker_of_three_is_killed_then_the_next(three: ThreeBrokers, tmp_path: Path, truth: Truth) -> None:
    bench = Bench(three.address, tmp_path, copies=COPIES)
    fleet = bench.fleet(2)
    quarter = LOAD.events // 4
    feed = Feed(bench.address, LOAD, LOAD_S, allowed=quarter)
    try:
        bench.wait_for(fleet, quarter // 2)
        with Questions(bench.address) as questions:
            questions.ask()
            for number, node in enumerate(three.nodes[:2]):
                node.kill()
                feed.allow((number + 2) * quarter)
                bench.wait_for(fleet, (number + 2) * quarter)  # while it is away
                questions.ask()
                node.start()
                three.wait_until_whole()
        feed.allow(LOAD.events)
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    print(f"workers that ended by themselves: {fleet.ends}")
    bench.compare(truth).assert_equal()
