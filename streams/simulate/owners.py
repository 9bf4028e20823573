"""Whose order, contact or refund it is: the same customer from the first page to the complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.block import Block
    from streams.simulate.customers import Customers
    from streams.simulate.sale import Sale

    Codes = NDArray[np.int32]

ASKS_AND_BUYS = 0.35  # of those who ask before they buy: they are in a checkout within minutes


class Owners:
    """The customer of everything that has a name, by the prefix of the name."""

    def __init__(self, rng: np.random.Generator, customers: Customers, sale: Sale) -> None:
        """Give each session a customer; an order is its session's, all that is about an order is the order's."""
        self._customers = customers
        session = customers.draw(rng, len(sale.started))
        order = session[sale.session]
        refund = order[sale.refunds.order]
        self._codes: dict[str, Codes] = {
            "S": session,
            "TB": order,
            "P": order[sale.parcels.order],
            "RF": refund,
            "DP": refund,
            "K": _of_contacts(rng, customers, sale, session, order),
        }
        for voices in sale.voices:
            strangers = customers.draw(rng, len(voices.time))
            self._codes[voices.prefix] = np.where(voices.order >= 0, order[voices.order], strangers)

    def add(self, prefix: str, order: NDArray[np.int64], contact: NDArray[np.int64]) -> None:
        """Names that belong to the customer of an order (row), or where that is -1 of a contact."""
        codes = self._codes
        codes[prefix] = np.where(order >= 0, codes["TB"][order], codes["K"][contact])

    def name(self, block: Block) -> Block:
        """The events with their customers; those of a queue have none."""
        prefix, numbers = block.subject
        if prefix not in self._codes:
            return block
        return block.with_fields(self._customers.column(self._codes[prefix][numbers]))


def _of_contacts(
    rng: np.random.Generator, customers: Customers, sale: Sale, session: Codes, order: Codes
) -> NDArray[np.int32]:
    asked = sale.contacts
    next_session = np.minimum(np.searchsorted(sale.started, asked.opened), len(session) - 1)
    buys = rng.random(len(asked.opened)) < ASKS_AND_BUYS
    looks_around = np.where(buys, session[next_session], customers.draw(rng, len(asked.opened)))
    return np.asarray(np.where(asked.order >= 0, order[asked.order], looks_around))
