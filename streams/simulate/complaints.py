"""Complaints about those whom a customer meets: agents, couriers, warehouses, stores, the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Block, Column, Label, Named
from streams.simulate.rhythm import HOUR_MS, MINUTE_MS, SHOPPERS, WorkingTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.contact import Contacts
    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels

ROLES = shop.Choice(("agent", "courier", "warehouse", "store", "platform"), (20, 30, 20, 20, 10))
KINDS = shop.Choice(("manner", "delay", "damage", "wrong_answer"), (40, 30, 20, 10))
OF_PARCELS = 0.006
OF_BAD_RATINGS = 0.25
OF_CONTACTS = 0.3  # with the intent to complain
BAD_RATING = 2


@dataclass(frozen=True)
class Complaints:
    """Complaints by columns, the parcels' first; codes of `ROLES`, `KINDS` and `shop`, -1 where absent.

    Attributes:
        order: row of the order, -1 without one.
        contact: the contact in which it is made or that it is about, -1 without one.

    """

    time: NDArray[np.int64]
    order: NDArray[np.int64]
    contact: NDArray[np.int64]
    role: NDArray[np.int16]
    kind: NDArray[np.int16]
    channel: NDArray[np.int16]
    store: NDArray[np.int16]
    carrier: NDArray[np.int16]
    region: NDArray[np.int16]

    def columns(self) -> tuple[Column, ...]:
        """Name, order and kind, channel and store: what is said of a complaint later, too."""
        return (
            Label("feedback_id", "FC-", np.arange(len(self.time))),
            Label("order_id", "TB", self.order),
            Named("kind", KINDS.values, self.kind),
            Named("channel", shop.CONTACT_CHANNELS.values, self.channel),
            Named("store", shop.STORES.values, self.store),
        )


def play(
    rng: np.random.Generator, contacts: Contacts, orders: Orders, parcels: Parcels, to_ms: int
) -> tuple[Complaints, list[Block]]:
    """Some hours after a delivery, minutes after a bad rating (about the agent), or in a contact to complain."""
    parcel = np.flatnonzero(~parcels.lost & (parcels.part < 2) & (rng.random(len(parcels.order)) < OF_PARCELS))
    bad = (contacts.rating > 0) & (contacts.rating <= BAD_RATING) & contacts.with_people
    rated = np.flatnonzero(bad & (rng.random(len(contacts.opened)) < OF_BAD_RATINGS))
    says = contacts.about("complaint") & (contacts.ended > 0)
    asked = np.flatnonzero(says & ~bad & (rng.random(len(contacts.opened)) < OF_CONTACTS))
    sizes = (len(parcel), len(rated), len(asked))
    count = sum(sizes)
    waking = WorkingTime(SHOPPERS, int(orders.created[0]), to_ms + HOUR_MS)
    later = waking.after(parcels.delivered[parcel] + 5 * MINUTE_MS, rng.exponential(6 * HOUR_MS, len(parcel)))
    rated_at = contacts.ended[rated] + rng.integers(2 * MINUTE_MS, 30 * MINUTE_MS, len(rated))
    contact = np.concatenate((np.full(len(parcel), -1), rated, asked))
    order = np.concatenate((parcels.order[parcel], contacts.order[rated], contacts.order[asked]))
    met = ROLES.draw_among(rng, ("courier", "warehouse", "store"), len(parcel))
    role = np.concatenate((met, np.zeros(len(rated), dtype=np.int16), ROLES.draw(rng, len(asked))))
    there = contact >= 0
    made = Complaints(
        time=np.concatenate((later.astype(np.int64), rated_at, contacts.ended[asked] - 1_000)),
        order=order,
        contact=contact,
        role=role,
        kind=KINDS.draw(rng, count),
        channel=np.where(there, contacts.channel[contact], shop.CONTACT_CHANNELS.draw(rng, count)),
        store=np.where(order >= 0, orders.store[order], contacts.store[contact]),
        carrier=np.where(order >= 0, orders.carrier[order], -1).astype(np.int16),
        region=np.where(there, contacts.region[contact], orders.region[order]),
    )
    columns = (
        *made.columns(),
        Named("role", ROLES.values, made.role),
        Named("carrier", shop.CARRIERS.values, made.carrier),
        Named("region", shop.REGIONS.values, made.region),
    )
    numbers = np.arange(count)
    return made, [Block("feedback", "complaint.opened", "/voice", made.time, ("FC-", numbers), columns, "fc-", numbers)]
