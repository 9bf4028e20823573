"""Incidents of minutes and hours: a carrier in one province that all but stops, refunds of one category that surge."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from benchmarks.evaluate.bound import DRAWS, AtBest, at_best, nats_of_count, shortest_delay_along
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
    Ints = NDArray[np.int64]
    Levels = dict[Component, Array]

LEARN_DAYS = 10
_LEAD_SLOTS = 360
_BESIDE = len(load().metrics) - 1
_CHUNK_SLOTS = 60
_OWN_WOBBLE = 0.05  # of a part, beside what moves the whole


class Hours:
    """A shop of one metric that learns for some days, and then one part changes for a while.

    Args:
        metric: its catalogue entry.
        leaves: its finest parts.
        levels: by component, how many a minute each leaf has when the incident begins.
        scope: of the part that changes; {} is the whole.
        factor: what its numerator is multiplied by.
        minutes: how long.
        learn_days: since when the shop is open.

    """

    def __init__(
        self,
        metric: Metric,
        leaves: list[dict[str, str]],
        levels: Levels,
        scope: dict[str, str],
        factor: float,
        minutes: int,
        learn_days: int = LEARN_DAYS,
    ) -> None:
        self._metric = metric
        self._leaves = leaves
        self._levels = levels
        self._scope = scope
        self._changed = np.array([scope.items() <= leaf.items() for leaf in leaves])
        self._factor = factor
        self._minutes = minutes
        self._learn_days = learn_days

    @property
    def direction(self) -> str:
        """Where the part goes."""
        return "up" if self._factor > 1 else "down"

    def run(self, seed: int, quiet: bool, within_min: float = math.inf) -> Outcome:
        """One seed; `quiet`: nothing changes. Looks on for `within_min` at most."""
        shop = self._shop(seed, quiet)
        judged, said = Judged([self._metric], shop.from_slot, _BESIDE), Said()
        cells = Leaves(self._metric, self._leaves)

        def feed(begin: int, until: int, step: int, factor: float) -> None:
            of = cells.cells(begin, self._counts(shop, np.arange(begin, until, step), step, factor), step)
            said.hear(judged.feed(until, [of], [(begin, until - 1)]))

        fine = (shop.from_slot - WARM_SLOTS) // SLOTS_A_QUARTER * SLOTS_A_QUARTER
        feed(shop.first_slot, fine, SLOTS_A_QUARTER, 1.0)
        feed(fine, shop.onset, 1, 1.0)
        end = shop.onset + round(min(self._minutes, within_min) * 6)
        incident = Incident(self._metric.name, self._scope, self.direction, shop.onset * SLOT_MS, end * SLOT_MS)
        quiet_ms = (shop.from_slot * SLOT_MS, (end if quiet else shop.onset) * SLOT_MS)
        shortest = self._shortest_min(shop)
        for begin in range(shop.onset, end, _CHUNK_SLOTS):
            feed(begin, min(begin + _CHUNK_SLOTS, end), 1, 1.0 if quiet else self._factor)
            found = outcome(said, incident, shortest, quiet_ms)
            if found.delay_min is not None and not quiet:
                break
        return outcome(said, incident, shortest, quiet_ms)

    def minutes(self, seed: int, quiet: bool) -> tuple[Array, int]:
        """The part's counts by minute, of the same shop, and in which minute the change begins."""
        shop = self._shop(seed, quiet)
        end = shop.onset + self._minutes * 6
        slots = np.arange(shop.first_slot, end, 6)
        counts = self._counts(shop, slots[slots < shop.onset], 6, 1.0)[Component.NUMERATOR]
        then = self._counts(shop, slots[slots >= shop.onset], 6, 1.0 if quiet else self._factor)[Component.NUMERATOR]
        of_part = np.concatenate([counts, then])[:, self._changed].sum(axis=1)
        return of_part.astype(np.float64), len(counts)

    def at_best(self, limit_min: float) -> AtBest:
        """What a test that knows all has said in time, at the level at which incidents begin."""
        usual = float(self._levels[Component.NUMERATOR][self._changed].sum())
        counts = np.random.default_rng(1).poisson(usual * self._factor, (round(limit_min), DRAWS)).astype(np.float64)
        an_event = math.log(self._factor) if self._factor > 0 else 0.0  # where none comes, none speaks against it
        return at_best(counts * an_event - usual * (self._factor - 1))

    def _shop(self, seed: int, quiet: bool) -> _Shop:
        return _Shop(np.random.default_rng((seed, 29, quiet)), self._learn_days, seed % 7, len(self._leaves))

    def _counts(self, shop: _Shop, times: Ints, step: int, factor: float) -> dict[Component, Ints]:
        counts = {}
        for component, at in self._levels.items():
            expected = shop.level_at(times) * at * (step / 6)
            if component is Component.NUMERATOR:
                expected = np.where(self._changed, expected * factor, expected)
            counts[component] = drawn(shop.rng, expected)
        return counts

    def _shortest_min(self, shop: _Shop) -> float:
        told = nats_of_count(1.0, self._factor) * float(self._levels[Component.NUMERATOR][self._changed].sum())
        return shortest_delay_along(told * shop.usual_at(np.arange(shop.onset, shop.onset + 12 * 360)))


class _Shop:
    """How busy the leaves are in one seed, against the level of the moment at which the change begins."""

    def __init__(self, rng: np.random.Generator, learn_days: int, weekday: int, leaves: int) -> None:
        self.rng = rng
        day = MONDAY_MS // SLOT_MS + (learn_days + weekday) * 8_640
        self.from_slot = day + 9 * 360 + int(rng.integers(4 * 60)) * 6
        self.onset = self.from_slot + _LEAD_SLOTS
        self._first = self.from_slot // SLOTS_A_QUARTER - learn_days * QUARTERS_A_DAY
        self.first_slot = self._first * SLOTS_A_QUARTER
        quarters = np.arange(self._first, self.from_slot // SLOTS_A_QUARTER + QUARTERS_A_DAY)
        curve = usual_curve(quarters - MONDAY_MS // SLOT_MS // SLOTS_A_QUARTER, peaks(rng, 1))
        self._usual: Array = curve / curve[self.onset // SLOTS_A_QUARTER - self._first]
        own = wobble(rng, len(quarters), leaves, _OWN_WOBBLE)
        self._level: Array = self._usual * wobble(rng, len(quarters), 1) * own

    def usual_at(self, slots: Ints) -> Array:
        """float64[slots]: of the usual day."""
        usual: Array = self._usual[slots // SLOTS_A_QUARTER - self._first, 0]
        return usual

    def level_at(self, slots: Ints) -> Array:
        """float64[slots, leaves]."""
        level: Array = self._level[slots // SLOTS_A_QUARTER - self._first]
        return level


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
    return _refunds({"category": "category 0"}, 6.0, LEARN_DAYS)


def new_rate_surges() -> Hours:
    """All refunds of a shop go to ten times the usual on its third day."""
    return _refunds({}, 10.0, 2)


def _refunds(scope: dict[str, str], factor: float, learn_days: int) -> Hours:
    metric = msgspec.structs.replace(
        load().by_name["refund_requests"], scopes=((), ("reason",), ("category",), ("store",))
    )
    categories = [f"category {number}" for number in range(6)]
    names = product(categories, ("late", "broken", "wrong_item", "other"), [f"store {number}" for number in range(5)])
    leaves = [{"category": category, "reason": reason, "store": store} for category, reason, store in names]
    refunds = np.array([(0.1 if leaf["category"] == categories[0] else 0.08) / 20 for leaf in leaves])
    levels = {Component.NUMERATOR: refunds, Component.DENOMINATOR: np.full(len(leaves), 20.0 / len(leaves))}
    return Hours(metric, leaves, levels, scope, factor, 40, learn_days)


def new_whole_stops() -> Hours:
    """60 orders a minute of a shop that opened the day before, and then none."""
    metric = msgspec.structs.replace(load().by_name["orders_created"], scopes=((),))
    return Hours(metric, [{}], {Component.NUMERATOR: np.array([60.0])}, {}, 0.0, 30, 1)


KINDS: dict[str, tuple[Callable[[], Hours], float]] = {
    "a carrier in a province falls to a third at 75 an hour": (thin_part_falls, 70.0),
    "the same as a whole of its own": (thin_whole_falls, 70.0),
    "refunds of a category rise from 0.1 to 0.6 a minute": (thin_rate_surges, 35.0),
    "all orders stop on the second day of a new shop": (new_whole_stops, 5.0),
    "refunds at ten times the usual on its third day": (new_rate_surges, 10.0),
}
