"""The small shop: what there is to choose from, and how often people do what they do on an ordinary day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

ORDERS_A_MINUTE: Final = 2.5  # on average over a week
CUSTOMERS: Final = 30_000

CARRIERS: Final = {"redkite": 45, "swift": 35, "heron": 20}
WAREHOUSES: Final = {"north": 60, "south": 40}
STORES: Final = {"main": 55, "garden": 25, "outlet": 20}
CHANNELS: Final = {"app": 65, "web": 35}
REGIONS: Final = {"east": 40, "west": 25, "centre": 20, "islands": 15}
METHODS: Final = {"card": 70, "wallet": 30}
CATEGORIES: Final = {"tools": 40, "plants": 35, "furniture": 25}
REASONS: Final = {"changed_mind": 45, "not_as_described": 30, "damaged": 25}

PRESALE: Final = "presale"  # queues: before the order, of people, of bots
DESKS: Final = {"logistics": "delivery_desk", "refund": "returns_desk", "invoice": "returns_desk"}  # by intent
BOTS: Final = {"assistant": 60, "phone_menu": 40}
PAYMENT_FAILS: Final = 0.03
ASKERS: Final = 0.5  # of the orders: so many ask before they buy, or do not buy
ASKER_BUYS: Final = 0.3
CALLS_BACK: Final = 0.12  # whom the bot could not help
SERVICE_PROMISES: Final = 0.35
PROMISE_LATE: Final = 0.04
DATE_TOLD: Final = 0.6
RETURNED: Final = 0.08
BY_COUNTER: Final = 0.5
REVIEWED: Final = 0.25
BAD_REVIEW, BAD_AFTER_LATE = 0.08, 0.65
LOST_AFTER_LATE: Final = 0.8  # customers who do not buy again


def pick(rng: random.Random, shares: dict[str, int]) -> str:
    """One of the words, by its share."""
    return rng.choices(tuple(shares), tuple(shares.values()))[0]
