"""What customers are told at the end of a contact: when the parcel comes, and how well they understand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate.rhythm import DAY_MS, HOUR_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.contact import Contacts
    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels

DATE_TOLD = 0.6  # of those who ask for a parcel under way
DIFFERS = 0.03  # of the dates: not the one that the carrier promised
DIFFERS_MS = (DAY_MS, 2 * DAY_MS)
UNCLEAR_BAD, UNCLEAR_FAIR = 0.4, 0.08  # of ratings of 1 and 2, of 3 and 4
_BAD = 2


@dataclass(frozen=True)
class Told:
    """By contact.

    Attributes:
        eta: when the parcel is said to come, in ms; 0 where nothing was said.
        unclear: 1 where the rating says that the answer was unclear, 0 where not, -1 without a rating.
        parcel: row of the first parcel of the order asked about; -1 where none is under way.

    """

    eta: NDArray[np.int64]
    unclear: NDArray[np.int8]
    parcel: NDArray[np.int64]


def told(rng: np.random.Generator, contacts: Contacts, orders: Orders, parcels: Parcels) -> Told:
    """Draw what is told in each contact."""
    count = len(contacts.opened)
    first = np.full(len(orders.created), -1, dtype=np.int64)
    rows = np.flatnonzero(parcels.part < 2)
    first[parcels.order[rows]] = rows
    parcel = np.where(contacts.order >= 0, first[contacts.order], -1)
    parcel = np.where(parcels.delivered[parcel] > contacts.ended, parcel, -1)
    says = contacts.with_people & (parcel >= 0) & contacts.about("logistics") & (rng.random(count) < DATE_TOLD)
    away = np.where(rng.random(count) < 0.5, -1, 1) * rng.integers(*DIFFERS_MS, count)
    differs = rng.random(count) < DIFFERS
    promised = parcels.promised[parcel] + np.where(differs, away, 0)
    eta = np.where(says, np.maximum(promised, contacts.ended + HOUR_MS), 0)
    luck = rng.random(count)
    unclear = luck < np.where(contacts.rating <= _BAD, UNCLEAR_BAD, UNCLEAR_FAIR)
    unclear &= contacts.rating < 5
    return Told(eta, np.where(contacts.rating > 0, unclear, -1).astype(np.int8), parcel)
