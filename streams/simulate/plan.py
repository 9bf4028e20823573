"""What goes wrong in a scenario, and what only looks like it: drawn from the seed, written down as truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from streams.simulate.block import moments
from streams.simulate.rhythm import MIDNIGHT_MS, MINUTE_MS
from streams.simulate.shop import CARRIERS, METHODS, REGIONS, TINY_STORES

if TYPE_CHECKING:
    from collections.abc import Sequence

# Minutes from midnight in which one thing may happen, each with room for recovery before the next. None touches the
# first ten minutes of the sale, which are a planned peak and no incident.
WINDOWS = ((-85, -60), (-55, -28), (12, 38), (42, 66), (68, 92))
TRAFFIC_WINDOWS = (0, 1, 4)  # ten times the peak after midnight would be more than the file should hold
NIGHT_TRAP = (96, 118)
TENFOLD = 10.0


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong for some minutes.

    Attributes:
        kind: payment, coupon, queue or carrier.
        target: where, by dimension.
        size: what it does, see the module that plays it: the success ratio that is left (payment), the factor of
            inquiries (coupon), the share of agents that leave (queue), the factor of the contacts that
            follow (carrier).

    """

    kind: str
    target: dict[str, str]
    start_ms: int
    end_ms: int
    size: float

    def truth(self) -> dict[str, Any]:
        """The incident as truth.json has it."""
        touchpoint = {"payment": "order", "carrier": "logistics"}.get(self.kind, "consultation")
        return _entry(self.kind, touchpoint, self.target, self.start_ms, self.end_ms, "incident", self._symptoms())

    def _symptoms(self) -> list[dict[str, Any]]:
        if self.kind == "payment":
            # Fewer orders are paid as a whole, too.
            return [{"touchpoint": "order", "scope": {}}]
        if self.kind == "queue":
            return [{"touchpoint": "consultation", "scope": {}}]
        if self.kind == "carrier":
            scope = {"intent": "logistics", "region": self.target["region"]}
            return [{"touchpoint": "consultation", "scope": scope}]
        return []


@dataclass(frozen=True)
class Trap:
    """Something that looks like an incident and is none. `kind` is night, tenfold or tiny_store."""

    kind: str
    start_ms: int
    end_ms: int
    scope: dict[str, str] = field(default_factory=dict)

    def truth(self) -> list[dict[str, Any]]:
        """One entry per touchpoint that has to stay quiet."""
        touchpoints = ("order",) if self.kind == "tiny_store" else ("order", "page", "consultation")
        return [
            _entry(f"{self.kind}-{touchpoint}", touchpoint, self.scope, self.start_ms, self.end_ms, "trap", [])
            for touchpoint in touchpoints
        ]


@dataclass(frozen=True)
class Plan:
    """Everything out of the ordinary in one scenario."""

    faults: tuple[Fault, ...]
    traps: tuple[Trap, ...]

    def fault(self, kind: str) -> Fault | None:
        """The fault of a kind, if there is one."""
        return next((fault for fault in self.faults if fault.kind == kind), None)

    def trap(self, kind: str) -> Trap:
        """The trap of a kind. Raises StopIteration without one."""
        return next(trap for trap in self.traps if trap.kind == kind)

    def truth(self) -> list[dict[str, Any]]:
        """The list of truth.json, by start."""
        entries = [fault.truth() for fault in self.faults]
        entries += [entry for trap in self.traps for entry in trap.truth()]
        return sorted(entries, key=lambda entry: (entry["start"], entry["id"]))


def plan(rng: np.random.Generator) -> Plan:
    """Draw the four faults and the three traps of `double11`: what, where, how bad and when."""
    windows = list(range(len(WINDOWS)))
    busy = int(rng.choice(TRAFFIC_WINDOWS))
    windows.remove(busy)
    traffic = Trap("tenfold", *_span(rng, WINDOWS[busy], 15, 15))
    faults = []
    for kind, window in zip(("payment", "coupon", "queue", "carrier"), rng.permutation(windows).tolist(), strict=True):
        target, size = _target(rng, kind)
        faults.append(Fault(kind, target, *_span(rng, WINDOWS[window], 12, 25), size))
    night = Trap("night", MIDNIGHT_MS + NIGHT_TRAP[0] * MINUTE_MS, MIDNIGHT_MS + NIGHT_TRAP[1] * MINUTE_MS)
    store = str(rng.choice(TINY_STORES))
    tiny = Trap("tiny_store", *_span(rng, (-85, 90), 10, 10), {"store": store})
    return Plan(tuple(sorted(faults, key=lambda fault: fault.start_ms)), (traffic, night, tiny))


def _target(rng: np.random.Generator, kind: str) -> tuple[dict[str, str], float]:
    if kind == "payment":
        return {"payment_method": _pick(rng, METHODS.above(0.15))}, float(rng.uniform(0.2, 0.5))
    if kind == "coupon":
        return {"intent": "coupon"}, float(rng.uniform(5, 9))
    if kind == "queue":
        return {"queue": _pick(rng, ("presale", "logistics", "aftersale"))}, float(rng.uniform(0.5, 0.6))
    pairs = [(c, r) for c in CARRIERS.values for r in REGIONS.values if CARRIERS.share(c) * REGIONS.share(r) >= 0.06]
    carrier, region = pairs[int(rng.integers(len(pairs)))]
    return {"carrier": carrier, "region": region}, float(rng.uniform(3, 6))


def _pick(rng: np.random.Generator, values: Sequence[str]) -> str:
    return values[int(rng.integers(len(values)))]


def _span(rng: np.random.Generator, window: tuple[int, int], shortest: int, longest: int) -> tuple[int, int]:
    """Start and end on whole seconds, inside a window of minutes from midnight."""
    room = (window[1] - window[0]) * 60
    length = int(rng.integers(shortest * 60, min(longest * 60, room) + 1))
    start = MIDNIGHT_MS + window[0] * MINUTE_MS + int(rng.integers(0, room - length + 1)) * 1000
    return start, start + length * 1000


def _entry(
    name: str,
    touchpoint: str,
    scope: dict[str, str],
    start_ms: int,
    end_ms: int,
    kind: str,
    symptoms: list[dict[str, Any]],
) -> dict[str, Any]:
    start, end = moments(np.array([start_ms, end_ms], dtype=np.int64))
    return {
        "id": name,
        "touchpoint": touchpoint,
        "scope": scope,
        "start": start,
        "end": end,
        "symptoms": symptoms,
        "kind": kind,
    }
