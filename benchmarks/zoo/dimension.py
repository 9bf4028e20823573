"""The values of a dimension in one shop, and how common each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


class Dimension(NamedTuple):
    """Values by code; `shares` sum to 1."""

    values: tuple[str, ...]
    shares: NDArray[np.float64]

    def draw(self, rng: np.random.Generator, size: int) -> Ints:
        """Codes of so many events."""
        return np.searchsorted(np.cumsum(self.shares)[:-1], rng.random(size), side="right").astype(np.int64)

    def share(self, value: str) -> float:
        """Of one value. Raises ValueError for one that the shop does not have."""
        return float(self.shares[self.values.index(value)])


def drawn(rng: np.random.Generator, values: Sequence[str], skew: float) -> Dimension:
    """A dimension whose value of rank k comes about k**-skew as often as the first; 0: all alike."""
    weights = np.arange(1, len(values) + 1.0) ** -skew * rng.uniform(0.7, 1.4, len(values))
    return Dimension(tuple(values), weights / weights.sum())
