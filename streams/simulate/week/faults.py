"""The six troubles of the week: each shows only where one event of a case says something of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from streams.simulate.rhythm import DAY_MS, HOUR_MS
from streams.simulate.truth import entry
from streams.simulate.week import shop
from streams.simulate.week.hours import LIVE_MS

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping


class Kind(NamedTuple):
    """A kind of trouble.

    Attributes:
        what: for people.
        touchpoint: where it shows.
        hours: how long it lasts, shortest and longest.
        shows_for_h: until so long after its end its last cases come to light.
        metrics: those that should find it; the first one names the cause.
        targets: one of which it befalls.
        sizes: the share of cases that it spoils.
        symptoms: touchpoints where it may show besides.

    """

    what: str
    touchpoint: str
    hours: tuple[int, int]
    shows_for_h: int
    metrics: tuple[str, ...]
    targets: tuple[Mapping[str, str], ...]
    sizes: tuple[float, float]
    symptoms: tuple[str, ...] = ()


def _each(name: str, shares: dict[str, int]) -> tuple[dict[str, str], ...]:
    return tuple({name: value} for value in shares)


KINDS: Final[dict[str, Kind]] = {
    "bot": Kind(
        "the bot stops solving: most whom it sends away ask a person about the same within hours",
        "consultation",
        (8, 12),
        26,
        ("self_service_resolved",),
        _each("queue", shop.BOTS),
        (0.5, 0.75),
        ("consultation",),
    ),
    "promises": Kind(
        "a queue breaks its promises: those whom it promised a call wait for it for days",
        "consultation",
        (8, 12),
        2,
        ("promises_kept", "promise_due_soon"),
        tuple({"queue": queue, "kind": "callback"} for queue in dict.fromkeys(shop.DESKS.values())),
        (0.55, 0.8),
        ("consultation",),
    ),
    "contradiction": Kind(
        "a carrier expects its parcels two days later than the call centre goes on telling customers",
        "consultation",
        (9, 12),
        12,
        ("eta_contradicted",),
        _each("carrier", shop.CARRIERS)[:2],
        (0.6, 0.9),
        ("logistics",),
    ),
    "handover": Kind(
        "a warehouse hands over a day late, carriers keep their time: parcels are late, and the shop is to blame",
        "logistics",
        (8, 12),
        120,
        ("late_by_leg", "collection_24h", "collection_due_soon", "collections", "on_time_delivery"),
        _each("warehouse", shop.WAREHOUSES),
        (0.7, 0.95),
        ("logistics", "order", "feedback", "consultation", "aftersale"),
    ),
    "late_carrier": Kind(
        "a carrier holds parcels for two days: customers write bad reviews and do not come back",
        "logistics",
        (10, 14),
        132,
        ("reviews_from_delivery", "next_scan_24h", "on_time_delivery", "parcel_movements"),
        _each("carrier", shop.CARRIERS)[:2],
        (0.7, 0.95),
        ("logistics", "feedback", "consultation", "aftersale", "order"),
    ),
    "closed_counter": Kind(
        "the counters take no returns: goods go by post instead, and money comes back days later",
        "aftersale",
        (22, 26),
        80,
        ("returns_by_channel", "return_time", "refund_closed_48h", "refund_closed_24h", "refund_closed_72h"),
        ({"kind": "return"},),
        (0.85, 1.0),
        ("aftersale",),
    ),
}
# Two a day, and a day of rest between. What takes days to show comes first.
_DAYS: Final = (0, 2, 4)
_LONG: Final = ("handover", "late_carrier")
_LAST: Final = "closed_counter"
_SHORT: Final = ("bot", "promises", "contradiction")
_FIRST_H, _LAST_H = 8, 11  # they begin in the morning


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong for some hours. `size`: the share of the cases at `target` that it spoils."""

    kind: str
    target: Mapping[str, str]
    start_ms: int
    end_ms: int
    size: float

    def spoils(self, rng: random.Random, at_ms: int, **place: str) -> bool:
        """Whether a case at a time and a place is spoilt."""
        here = all(place.get(name, value) == value for name, value in self.target.items())
        return self.start_ms <= at_ms < self.end_ms and here and rng.random() < self.size

    def truth(self) -> dict[str, Any]:
        """The entry of truth.json, with what it is and the metrics that should find it besides."""
        kind = KINDS[self.kind]
        span = self.start_ms, self.end_ms + kind.shows_for_h * HOUR_MS
        symptoms = [{"touchpoint": touchpoint, "scope": {}} for touchpoint in kind.symptoms]
        place = {"leg": "shop"} if self.kind == "handover" else {}
        found = entry(self.kind, kind.touchpoint, {**self.target, **place}, span, "incident", symptoms)
        return {**found, "what": kind.what, "metrics": [*kind.metrics]}


class Faults:
    """All that goes wrong, by kind; none in a quiet week."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._by_kind = {fault.kind: fault for fault in faults}

    def spoils(self, kind: str, rng: random.Random, at_ms: int, **place: str) -> bool:
        """Whether a case is spoilt by the fault of a kind."""
        fault = self._by_kind.get(kind)
        return fault is not None and fault.spoils(rng, at_ms, **place)

    def truth(self) -> list[dict[str, Any]]:
        """The list of truth.json, by start."""
        return sorted(
            (fault.truth() for fault in self._by_kind.values()), key=lambda found: (found["start"], found["id"])
        )


def drawn(rng: random.Random) -> Faults:
    """Which pair comes first, where each befalls, when and how badly."""
    pairs = zip((*rng.sample(_LONG, 2), _LAST), rng.sample(_SHORT, 3), strict=True)
    return Faults(tuple(_fault(rng, kind, day) for day, kinds in zip(_DAYS, pairs, strict=True) for kind in kinds))


def _fault(rng: random.Random, name: str, day: int) -> Fault:
    kind = KINDS[name]
    start = LIVE_MS + day * DAY_MS + round(rng.uniform(_FIRST_H, _LAST_H) * HOUR_MS)
    length = round(rng.uniform(*kind.hours) * HOUR_MS)
    return Fault(
        name, rng.choice(kind.targets), start // 1000 * 1000, (start + length) // 1000 * 1000, rng.uniform(*kind.sizes)
    )
