"""Workers that come and go, and one whose clock is wrong: progress meanwhile, and every value right at the end."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

import pytest
from faults_bench import LOAD, Bench
from feed import Feed, committed

if TYPE_CHECKING:
    from pathlib import Path

    from comparison import Truth

pytestmark = pytest.mark.kafka
STORM_S = 60.0
CHANGE_EVERY_S = 4.0
LOOK_EVERY_S = 12.0


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    return Bench(faults_kafka.address, tmp_path)


def test_a_storm_of_rebalances_holds_up_nothing_and_changes_no_value(bench: Bench, truth: Truth) -> None:
    fleet = bench.fleet(2)
    feed = Feed(bench.address, LOAD, STORM_S)
    try:
        progress, changes = [bench.wait_for(fleet, 1)], 0
        began = time.monotonic()
        while time.monotonic() - began < STORM_S:
            time.sleep(CHANGE_EVERY_S)
            fleet.tend()
            if changes % 2:
                fleet.leave()
            else:
                fleet.join()
            changes += 1
            if time.monotonic() - began > LOOK_EVERY_S * len(progress):
                progress.append(committed(bench.address, bench.group, LOAD.partitions))
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    print(f"{changes} changes; committed every {LOOK_EVERY_S:.0f} s: {progress}; ended by themselves: {fleet.ends}")
    assert all(later > earlier for earlier, later in itertools.pairwise(progress)), progress
    bench.compare(truth).assert_equal()
