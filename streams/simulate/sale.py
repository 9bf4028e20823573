"""The journeys of a sale: sessions, orders, parcels, contacts, refunds and what people say, each with its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.simulate import aftersales, contacts, feedback, orders, parcels, visits
from streams.simulate.shop import CHECKOUT_FAILURE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from streams.simulate.aftersales import Refunds
    from streams.simulate.block import Block
    from streams.simulate.contact import Contacts
    from streams.simulate.feedback import Voices
    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels
    from streams.simulate.plan import Plan
    from streams.simulate.rhythm import Rhythm

    Draw = Callable[[str], np.random.Generator]


@dataclass(frozen=True)
class Sale:
    """The journeys by columns, and their events.

    Attributes:
        started: when each session comes to its checkout, ascending.
        session: by order, in which session it was made.

    """

    started: NDArray[np.int64]
    session: NDArray[np.int64]
    orders: Orders
    parcels: Parcels
    contacts: Contacts
    refunds: Refunds
    voices: list[Voices]
    blocks: list[Block]


def play(draw: Draw, when: Rhythm, what: Plan, shoppers: NDArray[np.float64]) -> Sale:
    """Play all journeys. `draw` gives each part a generator of its own; `shoppers` are the orders of each minute."""
    started = when.arrivals(draw("checkouts"), shoppers / (1 - CHECKOUT_FAILURE))
    buyers, blocks = visits.play(draw("visits"), started, what)
    bought, more = orders.play(draw("orders"), buyers.at_ms, buyers.region, what, when.history_from_ms)
    blocks += more
    sent, more = parcels.play(draw("parcels"), bought, what, when.live_to_ms)
    blocks += more
    asked, more = contacts.play(draw("contacts"), when, shoppers, what, bought.paid)
    blocks += more
    returned, more = aftersales.play(draw("aftersales"), bought, sent, what, when.live_to_ms)
    blocks += more
    voices, more = feedback.play(draw("feedback"), when, bought, sent)
    return Sale(started, buyers.session, bought, sent, asked, returned, voices, [*blocks, *more])
