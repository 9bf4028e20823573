"""Tickets and complaints that people work on: who asks for what, and who works on it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import complaints, shop
from streams.simulate.block import Column, Label, Moment, Named
from streams.simulate.rhythm import HOUR_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.simulate.complaints import Complaints
    from streams.simulate.contact import Contacts
    from streams.simulate.orders import Orders

KINDS = ("ticket", "complaint")
DUE_MS = 24 * HOUR_MS
ROLES = complaints.ROLES.values
_INTENTS = shop.INTENTS
REASONS = (*_INTENTS, *complaints.KINDS.values)
TICKETS = {"logistics": 0.05, "refund": 0.07, "payment": 0.03, "invoice": 0.1, "complaint": 0.3}


@dataclass(frozen=True)
class Cases:
    """Cases by columns; codes of `KINDS`, `REASONS`, `ROLES` and `shop`, -1 where absent.

    Attributes:
        contact: the contact in which it was opened, -1 without one.
        role: who works on it once it is with the right ones; an agent takes it at first.

    """

    opened: NDArray[np.int64]
    order: NDArray[np.int64]
    contact: NDArray[np.int64]
    kind: NDArray[np.int16]
    reason: NDArray[np.int16]
    role: NDArray[np.int16]
    queue: NDArray[np.int16]
    channel: NDArray[np.int16]
    store: NDArray[np.int16]
    region: NDArray[np.int16]
    carrier: NDArray[np.int16]

    @property
    def due(self) -> NDArray[np.int64]:
        """Until when it should be closed, in ms."""
        return self.opened + DUE_MS

    def columns(self) -> tuple[Column, ...]:
        """What every event of a case says of it."""
        return (
            Label("case_id", "CS", np.arange(len(self.opened))),
            Label("order_id", "TB", self.order),
            Named("kind", KINDS, self.kind),
            Named("queue", shop.QUEUES, self.queue),
            Named("channel", shop.CONTACT_CHANNELS.values, self.channel),
            Named("store", shop.STORES.values, self.store),
            Named("region", shop.REGIONS.values, self.region),
            Named("carrier", shop.CARRIERS.values, self.carrier),
            Named("reason", REASONS, self.reason),
            Moment("opened_at", self.opened),
            Moment("due_at", self.due),
        )


def opened(rng: np.random.Generator, contacts: Contacts, orders: Orders, made: Complaints) -> Cases:
    """A case for each complaint, then those for what a contact could not settle."""
    return _joined((_of_complaints(rng, made), _of_contacts(rng, contacts, orders)))


def _of_complaints(rng: np.random.Generator, made: Complaints) -> Cases:
    count = len(made.time)
    return Cases(
        opened=made.time + rng.integers(1_000, 5 * 60_000, count),
        order=made.order,
        contact=made.contact,
        kind=_all(KINDS.index("complaint"), count),
        reason=(made.kind + len(_INTENTS)).astype(np.int16),
        role=made.role,
        queue=_all(shop.QUEUES.index("complaint"), count),
        channel=made.channel,
        store=made.store,
        region=made.region,
        carrier=made.carrier,
    )


def _of_contacts(rng: np.random.Generator, contacts: Contacts, orders: Orders) -> Cases:
    likely = np.zeros(len(contacts.opened))
    for intent, share in TICKETS.items():
        likely[contacts.about(intent)] = share
    contact = np.flatnonzero(contacts.with_people & (rng.random(len(likely)) < likely))
    count, order = len(contact), contacts.order[contact]
    return Cases(
        opened=contacts.ended[contact] - rng.integers(500, 900, count),
        order=order,
        contact=contact,
        kind=_all(KINDS.index("ticket"), count),
        reason=contacts.intent[contact],
        role=complaints.ROLES.draw(rng, count),
        queue=contacts.queue[contact],
        channel=contacts.channel[contact],
        store=contacts.store[contact],
        region=contacts.region[contact],
        carrier=np.where(order >= 0, orders.carrier[order], -1).astype(np.int16),
    )


def _all(code: int, count: int) -> NDArray[np.int16]:
    return np.full(count, code, dtype=np.int16)


def _joined(parts: Sequence[Cases]) -> Cases:
    return Cases(**{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Cases)})
