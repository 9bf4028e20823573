"""Rows of small numbers as single integers, which NumPy counts and sorts: a key for each event and projection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

EXACT = 1 << 53
"""Below it, products of matrices of floats are exact, and much faster than those of integers."""

_DENSE = 4  # times as many possible keys as there are keys: counting them all is still the fastest


class TooManyKeysError(ValueError):
    """The possible keys do not fit into 53 bits. Fewer events at once have fewer."""


class Cells(NamedTuple):
    """Distinct keys, in ascending order: by projection, scope and rest.

    Attributes:
        ends: by projection, where its keys begin; at the end, where they all end.
        scope: the number of the scope, counted through all projections.
        scope_ends: by projection, where its scopes begin; at the end, where they all end.
        codes: int64[scopes, dimensions of a projection]: the codes of a scope; what a projection does not have is 0.
        rest: by what they are told apart besides.

    """

    ends: list[int]
    scope: list[int]
    scope_ends: list[int]
    codes: list[list[int]]
    rest: list[int]


class Keys(NamedTuple):
    """Keys of the events that each projection chooses, projection by projection. Each has a range of its own.

    Attributes:
        key: from the start of the projection on, the scope's number times its `values`, and the rest.
        starts: by projection, where its keys begin; at the end, where they all end.
        values: by projection, how many values the rest can have.
        worth: int64[projections, dimensions], what a code is worth in the number of a scope.
        limits: int64[projections, dimensions], how many codes there can be.
        least: int64[projections, dimensions], the least code.

    """

    key: Ints
    starts: Ints
    values: Ints
    worth: Ints
    limits: Ints
    least: Ints

    @classmethod
    def joined(cls, several: Sequence[Keys]) -> Keys:
        """The projections of all, in their order."""
        if len(several) == 1:
            return several[0]
        begin = np.cumsum([0, *(int(keys.starts[-1]) for keys in several)])
        key = [keys.key + start for keys, start in zip(several, begin, strict=False)]
        starts = [keys.starts[:-1] + start for keys, start in zip(several, begin, strict=False)]
        lines = (np.concatenate(columns) for columns in zip(*(keys[2:] for keys in several), strict=True))
        return cls(np.concatenate(key), np.concatenate([*starts, begin[-1:]]), *lines)

    def counted(self) -> tuple[Ints, Ints]:
        """Distinct keys in ascending order, and how often each comes."""
        if int(self.starts[-1]) <= _DENSE * self.key.size:
            counts = np.bincount(self.key)
            distinct = np.flatnonzero(counts)
            return distinct, counts[distinct]
        return np.unique(self.key, return_counts=True)

    def cells(self, distinct: Ints) -> Cells:
        """What distinct keys mean."""
        ends = np.searchsorted(distinct, self.starts)
        lines = np.repeat(np.arange(len(self.values)), np.diff(ends))
        scope, rest = np.divmod(distinct - self.starts[lines], self.values[lines])
        news = np.ones(len(distinct) + 1, np.bool_)
        news[1:-1] = (scope[1:] != scope[:-1]) | (lines[1:] != lines[:-1])
        number = np.cumsum(news) - 1
        lines, scope = lines[news[:-1]], scope[news[:-1]]
        codes = scope[:, None] // self.worth[lines] % self.limits[lines] + self.least[lines]
        return Cells(ends.tolist(), number.tolist(), number[ends].tolist(), codes.tolist(), rest.tolist())


class Projections:
    """The dimensions by which events are looked at.

    Args:
        projections: their numbers, for each.
        dimensions: how many there are.
        width: how many a projection has at most.

    """

    def __init__(self, projections: Sequence[Sequence[int]], dimensions: int, width: int) -> None:
        # What is missing is one more dimension, whose code is always 0.
        self._numbers = np.array([[*each, *[dimensions] * (width - len(each))] for each in projections], np.int64)
        self._lines = np.arange(len(projections))[:, None]

    def keys(self, dimensions: Ints, chosen: Mask, rests: Ints, most: int = EXACT) -> Keys:
        """Keys of events.

        Args:
            dimensions: int64[dimensions, events]: codes.
            chosen: bool[projections, events]: those that each looks at.
            rests: int64[projections, events], from 0 on: by what they are told apart besides.
            most: keys that there may be.

        Raises:
            TooManyKeysError: there may be more.

        """
        least = np.append(dimensions.min(axis=1), 0)[self._numbers]
        limits = np.append(dimensions.max(axis=1), 0)[self._numbers] - least + 1
        values = rests.max(axis=1) + 1
        if float((limits.prod(axis=1, dtype=np.float64) * values).sum()) >= most:
            raise TooManyKeysError
        worth = np.ones_like(limits)
        worth[:, :-1] = limits[:, :0:-1].cumprod(axis=1)[:, ::-1]
        weights = np.zeros((len(values), len(dimensions) + 1))
        weights[self._lines, self._numbers] = worth
        starts = np.concatenate(([0], (limits.prod(axis=1) * values).cumsum()))
        numbered = weights[:, :-1] @ dimensions - (worth * least).sum(axis=1)[:, None]
        keys = numbered * values[:, None] + (starts[:-1, None] + rests)
        return Keys(keys[chosen].astype(np.int64), starts, values, worth, limits, least)
