"""The customers of the shop: many come back, some often. Each has an opaque name that says nothing about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.block import Column

_LOYALTY = 0.7  # shape of the gamma distribution of how often customers come: the lower, the more unlike they are


class Customers:
    """A pool of customers, and their names."""

    def __init__(self, rng: np.random.Generator, count: int) -> None:
        """Draw how often each of `count` customers comes, and a name of 16 hexadecimal digits for each."""
        reached = np.cumsum(rng.gamma(_LOYALTY, 1, count))
        self._edges = reached / reached[-1]
        names = _mixed(np.arange(count, dtype=np.uint64) + rng.integers(2**63, dtype=np.uint64))
        self._fragments = np.array([f',"customer":"{name:016x}"' for name in names.tolist()] + [""], dtype=object)

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.int32]:
        """Draw `count` codes; who comes often is drawn often."""
        return np.searchsorted(self._edges, rng.random(count), side="right").astype(np.int32)

    def column(self, codes: NDArray[np.int32]) -> Column:
        """The field `customer` of rows with the given codes, negative where nobody is known."""
        return _Customer(self._fragments, codes)


class _Customer:
    """All columns share the names of the pool."""

    def __init__(self, fragments: NDArray[np.object_], codes: NDArray[np.int32]) -> None:
        self._fragments = fragments
        self._codes = codes

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        codes = self._codes[rows]
        result: list[str] = self._fragments[codes].tolist()  # -1 is the last one, which is empty
        return result


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The output function of SplitMix64 (Steele, Lea, Flood 2014): different numbers stay different."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
