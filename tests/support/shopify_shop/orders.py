"""Orders of the shop: who begins a checkout, how often payment is tried, when it is packed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tests.support.shopify_shop.faults import CARRIERS, GATEWAYS
from tests.support.shopify_shop.hours import BUYERS, BUYERS_OF_WEEK, HOUR_MS, arrivals, packed_after

if TYPE_CHECKING:
    import numpy as np

    from tests.support.shopify_shop.faults import Evening

STATES = {"California": "CA", "Texas": "TX", "New York": "NY", "Florida": "FL", "Illinois": "IL", "Ohio": "OH"}
_SHARES = (0.26, 0.2, 0.19, 0.16, 0.1, 0.09)
_FAILS = {"shopify_payments": 0.07, "paypal": 0.03, "klarna": 0.1}
_FAILS_IN_FAULT = 0.92
_STAYS, _SWITCHES = 0.45, 0.35  # after a failed payment: the same gateway again, another one; the rest give up
_MOST_ATTEMPTS = 4
_REJECTIONS = ("card_declined", "processing_error", "expired_card")


class Attempt(NamedTuple):
    """One attempt to pay."""

    at_ms: int
    gateway: str
    error: str  # empty: it worked


@dataclass(slots=True)
class Order:
    """A checkout and what comes of it.

    Attributes:
        placed_ms: when the order exists; 0 where nobody paid and nothing but the checkout is known.
        packed_ms: when it is handed over.

    """

    number: int
    begun_ms: int
    state: str
    channel: str
    amount: float
    customer: int
    carrier: str
    attempts: list[Attempt] = field(default_factory=list)
    placed_ms: int = 0
    paid_ms: int = 0
    packed_ms: int = 0


def orders(rng: np.random.Generator, span: tuple[int, int], per_day: float, evening: Evening) -> list[Order]:
    """All checkouts of a time span, in their order. `per_day` checkouts on a day of the mean."""
    made = []
    for number, begun in enumerate(arrivals(rng, span, per_day, BUYERS, BUYERS_OF_WEEK)):
        order = Order(
            number,
            int(begun),
            str(rng.choice(list(STATES), p=_SHARES)),
            str(rng.choice(["web", "shop_app", "pos"], p=[0.7, 0.24, 0.06])),
            float(round(rng.lognormal(4.1, 0.6), 2)),
            int(rng.integers(10**12, 10**13)),
            str(rng.choice(list(CARRIERS), p=list(CARRIERS.values()))),
        )
        _pay(rng, order, evening)
        if order.paid_ms:
            order.packed_ms = round(packed_after(order.paid_ms, rng.lognormal(0.9, 0.5) * HOUR_MS))
        made.append(order)
    return made


def _pay(rng: np.random.Generator, order: Order, evening: Evening) -> None:
    """Cards and PayPal make an order when they have paid; Klarna makes it first, and tells later whether it pays."""
    if rng.random() < 0.3:
        return  # only looked at what shipping costs
    gateway = str(rng.choice(list(GATEWAYS), p=list(GATEWAYS.values())))
    at = order.begun_ms + rng.lognormal(4.5, 0.6) * 1000
    for _ in range(_MOST_ATTEMPTS):
        broken = evening.gateway.what == gateway and evening.gateway.lasts(at)
        fails = rng.random() < (_FAILS_IN_FAULT if broken else _FAILS[gateway])
        error = ("gateway_error" if broken else str(rng.choice(_REJECTIONS))) if fails else ""
        if gateway == "klarna":
            order.placed_ms = order.placed_ms or round(at)
            at += rng.lognormal(4.2, 0.5) * 1000
        order.attempts.append(Attempt(round(at), gateway, error))
        if not fails:
            order.paid_ms = round(at)
            order.placed_ms = order.placed_ms or order.paid_ms
            return
        chance = rng.random()
        if order.placed_ms or chance >= _STAYS + _SWITCHES:
            return
        if chance >= _STAYS:
            gateway = str(rng.choice([other for other in GATEWAYS if other != gateway]))
        at += rng.lognormal(3.6, 0.6) * 1000
