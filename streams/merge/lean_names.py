"""The names of very many series, each held once for all lean metrics of a cells partition."""

from __future__ import annotations

import sys
import zlib
from array import array
from typing import TYPE_CHECKING, Final

import numpy as np

from streams.evaluation.lean_reader import POSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.scopes import ScopeSet

    Values = tuple[str, ...]

OTHER: Final = "__other__"


class LeanNames:
    """Numbers for the values of one set of dimensions, in the order in which the log names them.

    Each has a position in the quarter of an hour, by a hash of its values: at that tick it is judged. So what is judged
    when does not depend on the order of the log.

    Args:
        dimensions: of the scope set.
        limit: so many are told apart; further ones are counted as `__other__`.

    Attributes:
        refused: how often a name was asked for beyond the limit.

    """

    def __init__(self, dimensions: ScopeSet, limit: int) -> None:
        self.dimensions = dimensions
        self.refused = 0
        self._limit = limit
        self._numbers: dict[str | Values, int] = {}
        self._names: list[str | Values] = []
        self._at: list[array[int]] = [array("I") for _ in range(POSITIONS)]
        self._unnamed = array("I")  # with an empty value, or beyond the limit: nobody's, and not judged

    def __len__(self) -> int:
        return len(self._names)

    def number(self, values: Values) -> int:
        """Of these values; a new one where they are new. -1 where they are as many as the dimensions in no way."""
        if len(values) != len(self.dimensions):
            return -1
        known = self._numbers.get(values[0] if len(values) == 1 else values)
        return self._new(values) if known is None else known

    def known(self, values: Values) -> int | None:
        """Of these values, None where nothing was counted of them."""
        return self._numbers.get(values[0] if len(values) == 1 else values)

    def values(self, number: int) -> Values:
        """The values of a number."""
        name = self._names[number]
        return (name,) if isinstance(name, str) else name

    def single(self) -> Iterator[str]:
        """The values of a set of one dimension, those that belong to somebody."""
        return (name for name in self._names if isinstance(name, str) and name not in {"", OTHER})

    def ordered(self, numbers: Iterable[int]) -> list[int]:
        """These numbers in the order of their values."""
        return sorted(numbers, key=self.values)

    def at(self, first: int, last: int) -> NDArray[np.int64]:
        """int64[m]: what is judged at the positions from `first` up to `last`, each modulo a quarter; in any order."""
        wanted = range(last - POSITIONS, last) if last - first >= POSITIONS else range(first, last)
        found = [np.array(self._at[place % POSITIONS], np.int64) for place in wanted]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def unnamed(self) -> NDArray[np.int64]:
        """int64[m]: what belongs to nobody: empty values, and those beyond the limit."""
        return np.array(self._unnamed, np.int64)

    def listed(self, first: int, last: int) -> list[Values]:
        """The values of some numbers, for a snapshot."""
        return [self.values(number) for number in range(first, last)]

    def load(self, values: Sequence[Values]) -> None:
        """Takes over what a snapshot held, in the order of the numbers."""
        for each in values:
            self._add(tuple(each))

    def _new(self, values: Values) -> int:
        other = (OTHER,) * len(values)
        if len(self._names) >= self._limit and values != other:
            self.refused += 1
            return self.number(other)
        return self._add(values)

    def _add(self, values: Values) -> int:
        interned = tuple(sys.intern(value) for value in values)
        number, key = len(self._names), interned[0] if len(interned) == 1 else interned
        self._numbers[key] = number
        self._names.append(key)
        if all(interned) and OTHER not in interned:
            place = zlib.crc32("\x1f".join(interned).encode()) % POSITIONS
            self._at[place].append(number)
        else:
            self._unnamed.append(number)
        return number


class LeanBook:
    """The names of a cells partition, by set of dimensions.

    Args:
        limit: of each set.

    """

    def __init__(self, limit: int) -> None:
        self.by_dimensions: dict[ScopeSet, LeanNames] = {}
        self._limit = limit

    def of(self, dimensions: ScopeSet) -> LeanNames:
        """The names of a set; the same ones for all metrics."""
        names = self.by_dimensions.get(dimensions)
        if names is None:
            names = self.by_dimensions[dimensions] = LeanNames(dimensions, self._limit)
        return names
