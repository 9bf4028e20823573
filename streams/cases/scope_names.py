"""Numbers for the scopes of a role's marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

OTHER = "__other__"


class ScopeNames:
    """Scopes in the order in which they were met, numbered from 0.

    Args:
        limit: how many are told apart; those beyond are one, all of whose values are `__other__`.

    Attributes:
        names: scope by number.

    Examples:
        >>> names = ScopeNames()
        >>> names.numbers([("sf",), ("yto",), ("sf",)])
        [0, 1, 0]
        >>> names.ranks(np.array([1, 0])).tolist()
        [1, 0]

    """

    def __init__(self, limit: int = 1_000_000) -> None:
        self.names: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}
        self._limit = limit

    def numbers(self, scopes: Iterable[Sequence[str]]) -> list[int]:
        """The number of each scope, new ones included."""
        known = self._numbers.get
        return [self._number(scope) if (number := known(scope)) is None else number for scope in map(tuple, scopes)]

    def ranks(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[n]: the places of scopes in the order of their names, which does not depend on the order of the log."""
        used, inverse = np.unique(numbers, return_inverse=True)
        ordered = sorted(range(used.size), key=lambda place: self.names[used[place]])
        ranks = np.empty(used.size, np.int64)
        ranks[ordered] = np.arange(used.size)
        return ranks[inverse]

    def _number(self, scope: tuple[str, ...]) -> int:
        if len(self.names) >= self._limit:
            scope = (OTHER,) * len(scope)
            if scope in self._numbers:
                return self._numbers[scope]
        self._numbers[scope] = len(self.names)
        self.names.append(scope)
        return len(self.names) - 1
