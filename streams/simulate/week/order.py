"""An order of the small shop: what its events say of it, and its payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.simulate.week import shop

if TYPE_CHECKING:
    import random

    from streams.simulate.week.journal import Journal


@dataclass(frozen=True)
class Order:
    """What is known of an order; times in ms. `paid_ms` is 0 where it is never paid."""

    number: int
    customer: str
    created_ms: int
    paid_ms: int
    amount: float
    words: dict[str, str]

    @property
    def id(self) -> str:
        """Its name."""
        return f"O{self.number}"

    @property
    def carrier(self) -> str:
        """Who brings it."""
        return self.words["carrier"]

    @property
    def warehouse(self) -> str:
        """Where it is packed."""
        return self.words["warehouse"]

    def place(self, *names: str) -> dict[str, str]:
        """Whose and which order it is, and some of its dimensions."""
        return {"order_id": self.id, "customer": self.customer, **{name: self.words[name] for name in names}}


_SHARES = {
    "region": shop.REGIONS,
    "channel": shop.CHANNELS,
    "store": shop.STORES,
    "category": shop.CATEGORIES,
    "warehouse": shop.WAREHOUSES,
    "carrier": shop.CARRIERS,
    "payment_method": shop.METHODS,
}


def place(rng: random.Random, journal: Journal, number: int, customer: str, created_ms: int) -> Order:
    """Tell that a customer orders and, nearly always, pays."""
    words = {name: shop.pick(rng, shares) for name, shares in _SHARES.items()}
    pays_ms = created_ms + round(rng.lognormvariate(3.6, 0.7) * 1000)
    fails = rng.random() < shop.PAYMENT_FAILS
    order = Order(number, customer, created_ms, 0 if fails else pays_ms, round(rng.lognormvariate(4, 0.6), 2), words)
    said = {**order.place(*_SHARES), "amount": order.amount, "created_at": created_ms}
    journal.tell("order.created", created_ms, order.id, **{**said, "payment_method": None})
    if fails:
        journal.tell("order.payment_failed", pays_ms, order.id, **said, reason="declined")
        journal.tell("order.cancelled", created_ms + 30 * 60_000, order.id, **said, reason="unpaid")
    else:
        journal.tell("order.paid", pays_ms, order.id, **said)
    return order
