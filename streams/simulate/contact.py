"""Contacts by columns: what is known of each when it is over."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Column, Label, Named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STAGES = ("presale", "aftersale")
_FIRST_AFTERSALE = shop.INTENTS.index("logistics")


@dataclass(frozen=True)
class Contacts:
    """Contacts of one queue, or of all. Times in ms, 0 where it did not happen; dimensions as codes of `shop`.

    Attributes:
        order: row of the order that it is about; -1 where it is about none.
        rating: 1 to 5; 0 where there is none.

    """

    opened: NDArray[np.int64]
    answered: NDArray[np.int64]
    ended: NDArray[np.int64]
    queue: NDArray[np.int16]
    channel: NDArray[np.int16]
    intent: NDArray[np.int16]
    store: NDArray[np.int16]
    region: NDArray[np.int16]
    order: NDArray[np.int64]
    rating: NDArray[np.int64]

    @property
    def with_people(self) -> NDArray[np.bool_]:
        """Those that an agent answers."""
        by_people: NDArray[np.bool_] = self.queue != shop.QUEUES.index(shop.BOT_QUEUE)
        return (self.answered > 0) & by_people

    @property
    def stage(self) -> NDArray[np.int16]:
        """Codes of `STAGES`."""
        return (self.intent >= _FIRST_AFTERSALE).astype(np.int16)

    def about(self, *intents: str) -> NDArray[np.bool_]:
        """Those with one of the intents."""
        found: NDArray[np.bool_] = np.isin(self.intent, [shop.INTENTS.index(intent) for intent in intents])
        return found

    def columns(self, first: int = 0) -> tuple[Column, ...]:
        """What every event of a contact says of it; contacts are numbered from `first`."""
        return (
            Label("consultation_id", "K", np.arange(first, first + len(self.opened))),
            Named("queue", shop.QUEUES, self.queue),
            Named("channel", shop.CONTACT_CHANNELS.values, self.channel),
            Named("intent", shop.INTENTS, self.intent),
            Named("stage", STAGES, self.stage),
            Named("store", shop.STORES.values, self.store),
            Named("region", shop.REGIONS.values, self.region),
            Label("order_id", "TB", self.order),
        )


def joined(parts: Sequence[Contacts]) -> Contacts:
    """The contacts of several queues, one after the other."""
    return Contacts(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Contacts)}
    )
