"""Workers that come and go, and one whose clock is wrong: progress meanwhile, and every value right at the end."""

from __future__ import annotations

import itertools
import json
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.kafka.crash.feed import Feed, committed
from tests.kafka.crash.fleet import FAULT
from tests.kafka.support.faults_bench import LOAD, Bench

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka.crash.comparison import Truth

pytestmark = pytest.mark.kafka
CHANGE_EVERY_S = 4.0
LOOK_EVERY_S = 12.0
CLOCK_LOAD_S = 10.0


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    return Bench(faults_kafka.address, tmp_path)


@pytest.mark.parametrize(
    "storm_s", [pytest.param(30.0, id="half a minute"), pytest.param(90.0, id="longer", marks=pytest.mark.long)]
)
def test_a_storm_of_rebalances_holds_up_nothing_and_changes_no_value(
    bench: Bench, truth: Truth, storm_s: float
) -> None:
    fleet = bench.fleet(2)
    feed = Feed(bench.address, LOAD, storm_s)
    try:
        progress, changes = [bench.wait_for(fleet, 1)], 0
        began = time.monotonic()
        while time.monotonic() - began < storm_s:
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


def test_workers_whose_clocks_are_ten_minutes_fast_and_slow_count_and_judge_as_the_others_do(
    bench: Bench, truth: Truth
) -> None:
    bench.settings = msgspec.structs.replace(bench.settings, time="live")
    fleet = bench.fleet(1)
    fleet.join({FAULT: json.dumps({"clock_s": 600})})
    fleet.join({FAULT: json.dumps({"clock_s": -600})})
    feed = Feed(bench.address, LOAD, CLOCK_LOAD_S)
    try:
        bench.finish(fleet)
        feed.join()
    finally:
        fleet.stop()

    assert fleet.ends == []
    bench.compare(truth).assert_equal()
