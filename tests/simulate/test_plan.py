"""What goes wrong in a scenario, and its truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from streams.catalogue.load import load
from streams.simulate import shop
from streams.simulate.plan import plan

SEEDS = range(1, 21)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_kind_happens_once_for_12_to_25_minutes_and_apart_from_the_others(seed: int) -> None:
    made = plan(np.random.default_rng(seed))

    assert sorted(fault.kind for fault in made.faults) == ["carrier", "coupon", "payment", "queue"]
    spans = sorted((fault.start_ms, fault.end_ms) for fault in (*made.faults, made.trap("tenfold"), made.trap("night")))
    assert all(12 * 60_000 <= fault.end_ms - fault.start_ms <= 25 * 60_000 for fault in made.faults)
    assert all(later[0] - earlier[1] >= 2 * 60_000 for earlier, later in pairwise(spans))


@pytest.fixture(scope="module")
def places() -> set[tuple[str, tuple[str, ...]]]:
    return {(metric.touchpoint, tuple(sorted(scope))) for metric in load(None).metrics for scope in metric.scopes}


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_speaks_of_touchpoints_and_dimensions_that_the_catalogue_knows(
    seed: int, places: set[tuple[str, tuple[str, ...]]]
) -> None:
    truth = plan(np.random.default_rng(seed)).truth()

    for entry in truth:
        for place in (entry, *entry["symptoms"]):
            assert (place["touchpoint"], tuple(sorted(place["scope"]))) in places
        length = datetime.fromisoformat(entry["end"]) - datetime.fromisoformat(entry["start"])
        assert timedelta(0) < length <= timedelta(minutes=25)


def test_seeds_differ_in_what_is_hit_and_when() -> None:
    plans = [plan(np.random.default_rng(seed)) for seed in SEEDS]

    assert len({fault.start_ms for made in plans for fault in made.faults}) > 60
    assert len({tuple(made.faults[0].target.items()) for made in plans}) > 5


def test_only_what_is_large_enough_to_be_seen_fails() -> None:
    for seed in SEEDS:
        made = plan(np.random.default_rng(seed))
        target = next(fault.target for fault in made.faults if fault.kind == "carrier")
        assert shop.CARRIERS.share(target["carrier"]) * shop.REGIONS.share(target["region"]) >= 0.06
