"""Parcels of the small shop: handed over in the warehouse's hours, two hubs, the courier's day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.simulate.rhythm import HOUR_MS
from streams.simulate.week.hours import around, at_work

if TYPE_CHECKING:
    import random

    from streams.simulate.week.faults import Faults
    from streams.simulate.week.journal import Journal
    from streams.simulate.week.order import Order

PROMISE_MS: Final = 60 * HOUR_MS
_SLIPS, _MISSED, _DAMAGED = 0.02, 0.03, 0.003
_HELD_BACK_H, _HELD_UP_H = (26, 36), (40, 60)
_EXPECTED_LATER_H: Final = (40, 56)
_NOTIFIED: Final = 0.96


class Parcel(NamedTuple):
    """When it was promised and comes, in ms."""

    promised_ms: int
    delivered_ms: int

    @property
    def late(self) -> bool:
        """Whether it comes after the promised time."""
        return self.delivered_ms > self.promised_ms


def send(rng: random.Random, journal: Journal, faults: Faults, order: Order) -> Parcel:
    """Tell the way of an order's parcel."""
    promised = order.paid_ms + PROMISE_MS
    said = {
        **order.place("carrier", "warehouse", "region", "store", "channel"),
        "parcel_id": f"P{order.number}",
        "paid_at": order.paid_ms,
        "promised_at": promised,
    }

    def tell(kind: str, at_ms: int, previous_ms: int | None = None, /, **more: object) -> None:
        journal.tell(f"parcel.{kind}", at_ms, f"P{order.number}", **said, previous_scan_at=previous_ms, **more)

    def expected(at_ms: int) -> int:
        """What the carrier says about the arrival."""
        later = rng.uniform(*_EXPECTED_LATER_H)
        wrong = faults.spoils("contradiction", rng, at_ms, carrier=order.carrier)
        return promised + round(later * HOUR_MS) if wrong else promised

    collected = at_work(rng, order.paid_ms + around(rng, 3, 0.5))
    if faults.spoils("handover", rng, order.paid_ms, warehouse=order.warehouse):
        collected = at_work(rng, order.paid_ms + round(rng.uniform(*_HELD_BACK_H) * HOUR_MS))
    arrives = collected + around(rng, 8, 0.3)
    leaves = arrives + around(rng, 9, 0.3)
    if faults.spoils("late_carrier", rng, arrives, carrier=order.carrier):
        leaves += round(rng.uniform(*_HELD_UP_H) * HOUR_MS)
    out = at_work(rng, leaves + around(rng, 2, 0.4))
    delivered = at_work(rng, out + around(rng, 2.5, 0.4))
    notified = rng.random() < _NOTIFIED
    tell("collected", collected, eta=expected(collected), notified=notified)
    tell("scanned", arrives, collected, eta=expected(arrives))
    tell("scanned", leaves, arrives, eta=expected(leaves))
    tell("out_for_delivery", out, leaves, notified=notified)
    if rng.random() < _SLIPS:
        tell("eta_changed", arrives + HOUR_MS, first_eta=promised, eta=promised + around(rng, 12, 0.6))
    if rng.random() < _MISSED:
        tell("attempt_failed", (out + delivered) // 2, out, reason="nobody_home")
    tell("delivered", delivered, out, collected_at=collected)
    if rng.random() < _DAMAGED:
        tell("damaged", delivered + 60_000, collected_at=collected)
    return Parcel(promised, delivered)
