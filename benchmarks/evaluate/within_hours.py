"""Incidents of minutes and hours: a carrier in one province that all but stops, refunds of one category that surge."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from benchmarks.evaluate.bound import nats_of_count, shortest_delay_along
from benchmarks.evaluate.delays import Said
from benchmarks.evaluate.judged import MONDAY_MS, WARM_SLOTS, Judged
from benchmarks.evaluate.leaves import Leaves
from benchmarks.evaluate.missed import Incident, Outcome, outcome
from benchmarks.evaluate.rhythm import QUARTERS_A_DAY, SLOTS_A_QUARTER, drawn, peaks, usual_curve, wobble
from streams.catalogue.load import load
from streams.catalogue.metric import Component
from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric

    Array = NDArray[np.float64]
    Levels = dict[Component, Array]

LEARN_DAYS = 10
_LEAD_SLOTS = 360
_CHUNK_SLOTS = 60
_OWN_WOBBLE = 0.05  # of a part, beside what moves the whole


class Hours:
    """A shop of one metric that learns for ten days, and then one part changes for a while.

    Args:
        metric: its catalogue entry.
        leaves: its finest parts.
        levels: by component, how many a minute each leaf has when the incident begins.
        scope: of the part that changes; {} is the whole.
        factor: what its numerator is multiplied by.
        minutes: how long.

    """

    def __init__(
        self,
        metric: Metric,
        leaves: list[dict[str, str]],
        levels: Levels,
        scope: dict[str, str],
        factor: float,
        minutes: int,
    ) -> None:
        self._metric = metric
        self._leaves = leaves
        self._levels = levels
        self._scope = scope
        self._changed = np.array([scope.items() <= leaf.items() for leaf in leaves])
        self._factor = factor
        self._minutes = minutes

    def run(self, seed: int, quiet: bool) -> Outcome:
        """One seed; `quiet`: nothing changes."""
        rng = np.random.default_rng((seed, 29, quiet))
        from_slot = MONDAY_MS // SLOT_MS + (LEARN_DAYS + seed % 7) * 8_640 + 9 * 360 + int(rng.integers(4 * 360))
        onset = from_slot + _LEAD_SLOTS
        first = from_slot // SLOTS_A_QUARTER - LEARN_DAYS * QUARTERS_A_DAY
        quarters = np.arange(first, from_slot // SLOTS_A_QUARTER + QUARTERS_A_DAY)
        curve = usual_curve(quarters - MONDAY_MS // SLOT_MS // SLOTS_A_QUARTER, peaks(rng, 1))
        curve = curve / curve[onset // SLOTS_A_QUARTER - first]
        level = curve * wobble(rng, len(quarters), 1) * wobble(rng, len(quarters), len(self._leaves), _OWN_WOBBLE)
        judged, said, cells = Judged([self._metric], from_slot), Said(), Leaves(self._metric, self._leaves)

        def feed(begin: int, until: int, step: int, factor: float) -> None:
            times = np.arange(begin, until, step)
            counts = {}
            for component, at in self._levels.items():
                expected = level[times // SLOTS_A_QUARTER - first] * at * (step / 6)
                if component is Component.NUMERATOR:
                    expected = np.where(self._changed, expected * factor, expected)
                counts[component] = drawn(rng, expected)
            said.hear(judged.feed(until, [cells.cells(begin, counts, step)], [(begin, until - 1)]))

        fine = (from_slot - WARM_SLOTS) // SLOTS_A_QUARTER * SLOTS_A_QUARTER
        feed(first * SLOTS_A_QUARTER, fine, SLOTS_A_QUARTER, 1.0)
        feed(fine, onset, 1, 1.0)
        end = onset + self._minutes * 6
        told = nats_of_count(1.0, self._factor) * float(self._levels[Component.NUMERATOR][self._changed].sum())
        slots = np.arange(onset, onset + 12 * 360)
        shortest = shortest_delay_along(told * curve[slots // SLOTS_A_QUARTER - first, 0])
        direction = "up" if self._factor > 1 else "down"
        incident = Incident(self._metric.name, self._scope, direction, onset * SLOT_MS, end * SLOT_MS)
        quiet_ms = (from_slot * SLOT_MS, (end if quiet else onset) * SLOT_MS)
        for begin in range(onset, end, _CHUNK_SLOTS):
            feed(begin, min(begin + _CHUNK_SLOTS, end), 1, 1.0 if quiet else self._factor)
            found = outcome(said, incident, shortest, quiet_ms)
            if found.delay_min is not None and not quiet:
                break
        return outcome(said, incident, shortest, quiet_ms)


def thin_part_falls() -> Hours:
    """75 parcels an hour of one carrier in one province become 25 for four hours; the whole has 40 a minute."""
    metric = load().by_name["parcel_movements"]
    metric = msgspec.structs.replace(metric, scopes=((), ("carrier",), ("carrier", "region")))
    places = product(("sf", "zto", "yto", "jd"), [f"province {number}" for number in range(8)])
    leaves = [{"carrier": carrier, "region": region} for carrier, region in places]
    levels = np.full(len(leaves), (40 - 1.25) / (len(leaves) - 1))
    levels[0] = 75 / 60
    return Hours(metric, leaves, {Component.NUMERATOR: levels}, leaves[0], 1 / 3, 240)


def thin_whole_falls() -> Hours:
    """The same, where there is nothing else: the whole has 75 an hour."""
    metric = msgspec.structs.replace(load().by_name["parcel_movements"], scopes=((),))
    return Hours(metric, [{}], {Component.NUMERATOR: np.array([75 / 60])}, {}, 1 / 3, 240)


def thin_rate_surges() -> Hours:
    """Refunds of one category go from 0.1 to 0.6 a minute for 40 minutes, so that the whole of 0.5 doubles."""
    metric = msgspec.structs.replace(
        load().by_name["refund_requests"], scopes=((), ("reason",), ("category",), ("store",))
    )
    categories = [f"category {number}" for number in range(6)]
    names = product(categories, ("late", "broken", "wrong_item", "other"), [f"store {number}" for number in range(5)])
    leaves = [{"category": category, "reason": reason, "store": store} for category, reason, store in names]
    refunds = np.array([(0.1 if leaf["category"] == categories[0] else 0.08) / 20 for leaf in leaves])
    levels = {Component.NUMERATOR: refunds, Component.DENOMINATOR: np.full(len(leaves), 20.0 / len(leaves))}
    return Hours(metric, leaves, levels, {"category": categories[0]}, 6.0, 40)


KINDS: dict[str, tuple[Callable[[], Hours], float]] = {
    "a carrier in a province falls to a third at 75 an hour": (thin_part_falls, 70.0),
    "the same as a whole of its own": (thin_whole_falls, 70.0),
    "refunds of a category rise from 0.1 to 0.6 a minute": (thin_rate_surges, 35.0),
}
