"""What agents promise customers, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Block, Column, Label, Moment, Named
from streams.simulate.rhythm import HOUR_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.contact import Contacts
    from streams.simulate.parcels import Parcels
    from streams.simulate.told import Told

KINDS = ("callback", "refund", "delivery", "other")
CALLBACK, REFUND, DELIVERY, OTHER = range(4)
ROLES = ("agent", "store", "courier", "store")  # who has to keep a promise of each kind
DUE_HOURS = ((1, 4, 8), (24, 48, 72), (0, 0, 0), (12, 24, 24))  # delivery: at the time told
PROMISED = {"logistics": 0.05, "refund": 0.12, "complaint": 0.3, "payment": 0.04, "presale": 0.01, "invoice": 0.06}
LATE, NEVER, WITHDRAWN = 0.025, 0.015, 0.012
LATE_BY_MS = 5 * HOUR_MS


def play(
    rng: np.random.Generator, contacts: Contacts, told: Told, parcels: Parcels
) -> tuple[NDArray[np.int64], list[Block]]:
    """Promises at the end of contacts with people; who is told a date is promised that. Returns the contact of each.

    A promise is kept in time but for a few; that of a delivery when the parcel comes.
    """
    likely = np.zeros(len(contacts.opened))
    for intent, share in PROMISED.items():
        likely[contacts.about(intent)] = share
    drawn = rng.random(len(likely)) < likely
    contact = np.flatnonzero(contacts.with_people & (drawn | (told.eta > 0)))
    count = len(contact)
    kind = np.where(contacts.about("refund")[contact] & (rng.random(count) < 0.7), REFUND, CALLBACK)
    kind = np.where((kind == CALLBACK) & (rng.random(count) < 0.3), OTHER, kind)
    kind = np.where(told.eta[contact] > 0, DELIVERY, kind)
    made = contacts.ended[contact] - rng.integers(200, 900, count)
    hours = np.asarray(DUE_HOURS)[kind, rng.integers(0, 3, count)]
    due = np.where(kind == DELIVERY, told.eta[contact], made + hours * HOUR_MS)
    luck = rng.random(count)
    kept = made + ((due - made) * rng.beta(2, 3, count)).astype(np.int64)
    kept = np.where(luck < LATE, due + rng.exponential(LATE_BY_MS, count).astype(np.int64), kept)
    kept = np.where(kind == DELIVERY, parcels.delivered[told.parcel[contact]], kept)
    never = np.where(kind == DELIVERY, parcels.lost[told.parcel[contact]], (luck >= LATE) & (luck < LATE + NEVER))
    withdrawn = ~never & (rng.random(count) < WITHDRAWN)
    given_up = made + ((np.minimum(due, kept) - made) * rng.uniform(0.1, 0.9, count)).astype(np.int64)
    columns = _columns(contacts, contact, kind, due)

    def block(event: str, name: str, time: NDArray[np.int64], rows: NDArray[np.bool_]) -> Block:
        subject = ("PM", np.arange(count))
        return Block("consultations", event, "/cc", time, subject, columns, name, np.flatnonzero(rows))

    return contact, [
        block("promise.made", "pm-", made, made > 0),
        block("promise.kept", "pk-", kept, ~never & ~withdrawn),
        block("promise.withdrawn", "pw-", given_up, withdrawn),
    ]


def _columns(
    contacts: Contacts, contact: NDArray[np.intp], kind: NDArray[np.integer], due: NDArray[np.int64]
) -> tuple[Column, ...]:
    return (
        Label("promise_id", "PM", np.arange(len(contact))),
        Label("order_id", "TB", contacts.order[contact]),
        Label("consultation_id", "K", contact),
        Named("kind", KINDS, kind),
        Named("queue", shop.QUEUES, contacts.queue[contact]),
        Named("channel", shop.CONTACT_CHANNELS.values, contacts.channel[contact]),
        Named("store", shop.STORES.values, contacts.store[contact]),
        Named("role", ROLES, kind),
        Moment("due_at", due),
        Moment("eta", np.where(kind == DELIVERY, due, 0)),
    )
