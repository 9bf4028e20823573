"""What goes wrong in a scenario, what only looks like it, and the truth about both."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from streams.catalogue.load import load
from streams.simulate import shop
from streams.simulate.faults import KINDS
from streams.simulate.plan import ALONE, SEEN_AT_ONCE, Plan, plan
from streams.simulate.rhythm import MIDNIGHT_MS, MINUTE_MS
from streams.simulate.traps import TRAPS

SEEDS = range(1, 31)


def made(seed: int) -> Plan:
    return plan(np.random.default_rng(seed), 3_600_000)


def spans(of: Plan) -> list[tuple[int, int]]:
    """When something happens that is not spread over the evening, in order."""
    faults = [(fault.start_ms, fault.end_ms) for fault in of.faults if fault.kind != "erratic"]
    traps = [of.trap(kind) for kind in ("tenfold", "night", "peak", "midnight", "resend", "quiet")]
    return sorted(faults + [(trap.start_ms, trap.end_ms) for trap in traps])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_kind_happens_once_and_every_trap_is_set(seed: int) -> None:
    of = made(seed)

    assert sorted(fault.kind for fault in of.faults) == sorted(KINDS)
    assert sorted(trap.kind for trap in of.traps) == sorted(TRAPS)
    assert next(fault for fault in of.faults if fault.kind != "erratic").kind in SEEN_AT_ONCE


@pytest.mark.parametrize("seed", SEEDS)
def test_two_pairs_of_faults_share_a_window_and_all_else_is_apart(seed: int) -> None:
    apart = [later[0] - earlier[1] >= MINUTE_MS for earlier, later in pairwise(spans(made(seed)))]

    assert apart.count(False) <= 2


def test_some_faults_overlap() -> None:
    overlaps = [later[0] < earlier[1] for seed in SEEDS for earlier, later in pairwise(spans(made(seed)))]

    assert overlaps.count(True) > len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_that_share_a_window_are_of_different_touchpoints_and_silence_is_alone(seed: int) -> None:
    faults = [fault for fault in made(seed).faults if fault.kind != "erratic"]

    for one, other in pairwise(faults):
        if other.start_ms < one.end_ms + 2 * MINUTE_MS:
            assert KINDS[one.kind].touchpoint != KINDS[other.kind].touchpoint
            assert ALONE not in {one.kind, other.kind}


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_last_as_long_as_their_kind_says_and_leave_the_peaks_alone(seed: int) -> None:
    for fault in made(seed).faults:
        shortest, longest = KINDS[fault.kind].minutes
        assert shortest * MINUTE_MS <= fault.end_ms - fault.start_ms <= longest * MINUTE_MS
        assert not MIDNIGHT_MS - 10 * MINUTE_MS < fault.start_ms < MIDNIGHT_MS + 10 * MINUTE_MS


@pytest.fixture(scope="module")
def dimensions() -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for metric in load(None).metrics:
        known.setdefault(metric.touchpoint, set()).update(*metric.scopes)
    return known


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_speaks_of_touchpoints_and_dimensions_that_the_catalogue_knows(
    seed: int, dimensions: dict[str, set[str]]
) -> None:
    for entry in made(seed).truth():
        for place in (entry, *entry["symptoms"]):
            assert place["scope"].keys() <= dimensions[place["touchpoint"]]
        length = datetime.fromisoformat(entry["end"]) - datetime.fromisoformat(entry["start"])
        assert timedelta(0) < length <= timedelta(minutes=140)
        assert entry["kind"] == "trap" or entry["scope"]


def test_seeds_differ_in_what_is_hit_and_when() -> None:
    plans = [made(seed) for seed in SEEDS]

    assert len({fault.start_ms for of in plans for fault in of.faults}) > 200
    assert len({tuple(of.faults[0].target.items()) for of in plans}) > 5


def test_what_fails_is_large_enough_to_be_seen() -> None:
    for seed in SEEDS:
        carrier = made(seed).fault("carrier")
        assert carrier is not None
        assert len(set(carrier.regions)) == 2
        assert sum(shop.REGIONS.share(region) for region in carrier.regions) > 0.15
        assert shop.CARRIERS.share(carrier.target["carrier"]) >= 0.18


def test_the_shop_has_the_size_of_a_large_one() -> None:
    sizes = [len(each.values) for each in (shop.REGIONS, shop.CARRIERS, shop.STORES, shop.CATEGORIES)]

    assert sizes == [31, 8, 300, 12]
    assert len(shop.QUEUES) == 6
    assert {shop.QUEUE_OF_INTENT[intent] for intent in shop.INTENTS} == set(shop.QUEUES)
    assert sum(shop.CONTACTS_PER_ORDER.values()) == pytest.approx(0.6)
