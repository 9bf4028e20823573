"""Tickets of the shop: who asks about what, on which channel, and how they are answered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.shopify_shop.faults import INTENTS
from tests.support.shopify_shop.hours import (
    ASKING,
    ASKING_OF_WEEK,
    HOUR_MS,
    MINUTE_MS,
    arrivals,
    next_opening,
)

if TYPE_CHECKING:
    import numpy as np

    from tests.support.shopify_shop.faults import Evening
    from tests.support.shopify_shop.orders import Order

CHANNELS = {"email": 0.42, "web": 0.28, "chat": 0.2, "voice": 0.1}
STAYS = ("chat", "voice")  # the customer waits until somebody answers
FLOOD_PER_MINUTE = 2.5
ASKS_AFTER_GIVING_UP = 0.15


@dataclass(slots=True)
class Ticket:
    """A ticket; `rating` is empty where nobody said anything."""

    number: int
    opened_ms: int
    intent: str
    channel: str
    customer: int
    answered_ms: int = 0
    replied_ms: int = 0
    solved_ms: int = 0
    rating: str = ""


def tickets(
    rng: np.random.Generator, span: tuple[int, int], per_day: float, evening: Evening, orders: list[Order]
) -> list[Ticket]:
    """All of a time span, in their order: the usual ones, the flood, and people who could not pay."""
    usual = arrivals(rng, span, per_day, ASKING, ASKING_OF_WEEK)
    kinds, shares = list(INTENTS), [share for _, _, share in INTENTS.values()]
    asked = [(int(at), str(rng.choice(kinds, p=shares)), "") for at in usual]
    flood = evening.tickets
    minutes = (flood.end_ms - flood.start_ms) / MINUTE_MS
    asked += [
        (int(at), flood.what, str(rng.choice(["email", "web"])))
        for at in rng.uniform(flood.start_ms, flood.end_ms, rng.poisson(FLOOD_PER_MINUTE * minutes))
    ]
    asked += [
        (round(order.attempts[-1].at_ms + rng.lognormal(1.2, 0.6) * MINUTE_MS), "payment", "")
        for order in orders
        if order.attempts and not order.paid_ms and rng.random() < ASKS_AFTER_GIVING_UP
    ]
    made = []
    for number, (at, intent, channel) in enumerate(sorted(asked)):
        made.append(
            _ticket(rng, number, at, intent, channel or str(rng.choice(list(CHANNELS), p=list(CHANNELS.values()))))
        )
    return made


def _ticket(rng: np.random.Generator, number: int, at: int, intent: str, channel: str) -> Ticket:
    if channel in STAYS and next_opening(at) != at:
        channel = "web"  # at night the chat is a form
    ticket = Ticket(number, at, intent, channel, int(rng.integers(10**12, 10**13)))
    if channel in STAYS:
        ticket.answered_ms = round(at + rng.lognormal(math.log(9), 0.55) * 1000)
        ticket.replied_ms = round(ticket.answered_ms + rng.lognormal(3, 0.5) * 1000)
        work = rng.lognormal(math.log(9), 0.5) * MINUTE_MS
    else:
        ticket.answered_ms = round(next_opening(at) + rng.lognormal(math.log(50), 0.7) * MINUTE_MS)
        ticket.replied_ms = round(ticket.answered_ms + rng.lognormal(math.log(6), 0.5) * MINUTE_MS)
        work = rng.lognormal(math.log(2), 0.9) * HOUR_MS
    ticket.solved_ms = round(ticket.replied_ms + work)
    if rng.random() < 0.3:
        ticket.rating = "good" if rng.random() < 0.86 else "bad"
    return ticket
