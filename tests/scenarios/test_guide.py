"""What a spectator is told, and when."""

from __future__ import annotations

import numpy as np

from streams.events.event_time import event_time_ms
from streams.scenarios.guide import Guide
from streams.simulate.faults import KINDS
from streams.simulate.plan import plan
from streams.simulate.traps import TRAPS

TRUTH = plan(np.random.default_rng(5), 3_600_000).truth()
LAST_MS = max(event_time_ms(entry["start"]) or 0 for entry in TRUTH)


def test_every_incident_and_every_trap_is_told_once_in_the_order_of_time() -> None:
    guide = Guide(TRUTH)

    lines = guide.until(LAST_MS)

    assert len(lines) == len(KINDS) + len(TRAPS)
    assert guide.until(LAST_MS) == []
    evening = [line for line in lines if line[:2] > "12"]
    assert evening == sorted(evening)


def test_nothing_is_told_before_it_begins() -> None:
    guide, starts = Guide(TRUTH), sorted({event_time_ms(entry["start"]) or 0 for entry in TRUTH})

    assert guide.until(starts[0] - 1) == []
    assert all(len(guide.until(start)) >= 1 for start in starts)


def test_what_begins_before_the_spectator_comes_is_not_told() -> None:
    starts = sorted({event_time_ms(entry["start"]) or 0 for entry in TRUTH})

    assert len(Guide(TRUTH, starts[3]).until(LAST_MS)) == len(Guide(TRUTH).until(LAST_MS)) - 3


def test_an_incident_is_told_with_its_place_and_where_to_look() -> None:
    payment = next(entry for entry in TRUTH if entry["id"] == "payment")

    line = next(line for line in Guide(TRUTH).until(LAST_MS) if "gateway" in line)

    assert payment["scope"]["payment_method"] in line
    assert line.endswith("Watch: order")
