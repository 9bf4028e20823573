"""Brokers that are lost, and brokers that refuse to write: nothing is counted wrong, and all of it in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from faults_bench import LOAD, Bench
from feed import Feed
from three_brokers import COPIES, ThreeBrokers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from comparison import Truth

pytestmark = pytest.mark.kafka
LOAD_S = 8.0


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
        for number, node in enumerate(three.nodes[:2]):
            node.kill()
            feed.allow((number + 2) * quarter)
            bench.wait_for(fleet, (number + 2) * quarter)  # while it is away
            node.start()
            three.wait_until_whole()
        feed.allow(LOAD.events)
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    print(f"workers that ended by themselves: {fleet.ends}")
    bench.compare(truth).assert_equal()
