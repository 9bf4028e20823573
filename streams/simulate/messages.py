"""The turns of customers in a contact that want an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate.block import Block

if TYPE_CHECKING:
    from streams.simulate.contact import Contacts
    from streams.simulate.told import Told

ASKS_AGAIN, ASKS_AGAIN_UNCLEAR = 0.05, 0.7  # of those whom a person answers, and who found the answer unclear
TYPED_MS = (20, 250)


def play(rng: np.random.Generator, contacts: Contacts, told: Told) -> list[Block]:
    """The question of each contact, and the same question again where the answer was not understood."""
    count = len(contacts.opened)
    subject = ("K", np.arange(count))
    columns = contacts.columns()
    asked = contacts.opened + rng.integers(*TYPED_MS, count)
    likely = np.where(told.unclear == 1, ASKS_AGAIN_UNCLEAR, ASKS_AGAIN)
    again = contacts.with_people & (rng.random(count) < likely)
    later = contacts.answered + ((contacts.ended - contacts.answered) * rng.uniform(0.3, 0.8, count)).astype(np.int64)
    return [
        Block("consultations", "message.received", "/cc", time, subject, columns, name, np.flatnonzero(rows))
        for name, time, rows in (("cm1-", asked, contacts.opened > 0), ("cm2-", later, again))
    ]
