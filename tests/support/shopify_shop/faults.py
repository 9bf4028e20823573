"""What goes wrong in the evening, drawn by the seed, and its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from streams.records.instant import rfc3339
from tests.support.shopify_shop.hours import MINUTE_MS

if TYPE_CHECKING:
    import numpy as np

GATEWAYS = {"shopify_payments": 0.62, "paypal": 0.27, "klarna": 0.11}
CARRIERS = {"USPS": 0.45, "UPS": 0.33, "FedEx": 0.22}
# What a ticket is about: its form, its group, its share.
INTENTS = {
    "delivery": ("360000000011", "shipping", 0.38),
    "return": ("360000000012", "returns", 0.26),
    "payment": ("360000000013", "billing", 0.12),
    "product": ("360000000014", "product", 0.24),
}


class Fault(NamedTuple):
    """From when to when something is broken."""

    what: str
    start_ms: int
    end_ms: int

    def lasts(self, time_ms: float) -> bool:
        """Whether it is broken at that moment."""
        return self.start_ms <= time_ms < self.end_ms


class Evening(NamedTuple):
    """A gateway rejects payments, a carrier does not scan, tickets of one kind flood in."""

    gateway: Fault
    carrier: Fault
    tickets: Fault

    def truth(self) -> list[dict[str, Any]]:
        """The entries of truth.json."""
        intent = self.tickets.what
        places: list[tuple[str, Fault, str, dict[str, str], list[dict[str, Any]]]] = [
            (
                *("gateway", self.gateway, "order", {"payment_method": self.gateway.what}),
                [{"touchpoint": "consultation", "scope": {"intent": "payment"}}],
            ),
            ("carrier", self.carrier, "logistics", {"carrier": self.carrier.what}, []),
            ("tickets", self.tickets, "consultation", {"intent": intent, "queue": INTENTS[intent][1]}, []),
        ]
        return [
            {
                "id": name,
                "kind": "incident",
                "touchpoint": touchpoint,
                "scope": scope,
                "start": rfc3339(fault.start_ms),
                "end": rfc3339(fault.end_ms),
                "symptoms": symptoms,
            }
            for name, fault, touchpoint, scope, symptoms in places
        ]


class Broken(NamedTuple):
    """What breaks."""

    gateway: str
    carrier: str
    intent: str


def evening(rng: np.random.Generator, from_ms: int, broken: Broken | None = None) -> Evening:
    """Three faults of an evening that begins at `from_ms`. Without `broken`, anything may be what breaks."""
    drawn = Broken(
        str(rng.choice(list(GATEWAYS))),
        str(rng.choice(list(CARRIERS))),
        str(rng.choice([intent for intent in INTENTS if intent != "payment"])),
    )

    def fault(what: str, earliest: int, shortest: int, longest: int) -> Fault:
        start = from_ms + (earliest + int(rng.integers(0, 25))) * MINUTE_MS
        return Fault(what, start, start + int(rng.integers(shortest, longest + 1)) * MINUTE_MS)

    breaks = broken or drawn
    return Evening(
        carrier=fault(breaks.carrier, 10, 150, 210),  # from when it collects
        gateway=fault(breaks.gateway, 130, 30, 40),
        tickets=fault(breaks.intent, 240, 35, 45),
    )
