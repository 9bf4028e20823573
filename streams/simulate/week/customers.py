"""The customers of the small shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate.week import shop

if TYPE_CHECKING:
    import random


class Customers:
    """Some come often. Who waited for a late parcel hardly comes again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._names = [f"{rng.getrandbits(64):016x}" for _ in range(shop.CUSTOMERS)]
        self._edges = np.cumsum([rng.gammavariate(0.7, 1) for _ in self._names])
        self._lost: dict[str, int] = {}

    def comes(self, at_ms: int) -> str:
        """Who comes to the shop."""
        while True:
            found = int(np.searchsorted(self._edges, self._rng.random() * self._edges[-1]))
            name = self._names[min(found, len(self._names) - 1)]
            gone = self._lost.get(name, at_ms) < at_ms and self._rng.random() < shop.LOST_AFTER_LATE
            if not gone:
                return name

    def loses(self, name: str, at_ms: int) -> None:
        """A customer who got a parcel late."""
        self._lost.setdefault(name, at_ms)
