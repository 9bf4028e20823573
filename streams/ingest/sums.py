"""What the events of each key add up to: how many they are, the sum of a number, or the last one that was told."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from streams.cells.gauge import packed
from streams.cells.squares import Part, square_parts
from streams.cells.sums import latest, summed

if TYPE_CHECKING:
    from streams.ingest.packing import Keys
    from streams.ingest.routes import Measure

Ints = NDArray[np.int64]
Amounts = Mapping[Part | None, Ints]  # by what is taken of single values; None where it is something else


class Adding(enum.Enum):
    """What becomes of the numbers of events that fall into the same cell."""

    COUNTED = enum.auto()
    SUMMED = enum.auto()
    MOMENTS = enum.auto()  # summed, and their squares too
    LATEST = enum.auto()

    @classmethod
    def of(cls, measure: Measure) -> Adding:
        """How a measure is added up."""
        if not measure.added:
            return cls.COUNTED
        if measure.gauge:
            return cls.LATEST
        return cls.MOMENTS if measure.moments else cls.SUMMED

    def up(self, keys: Keys, moments: Ints, amounts: Ints) -> tuple[Ints, Amounts]:
        """Distinct keys in ascending order, and what the amounts of each add up to.

        Args:
            keys: of the events.
            moments: int64[keys], their times, ms since the epoch; empty where they are only counted.
            amounts: int64[keys], the same.

        """
        if self is Adding.COUNTED:
            distinct, counts = keys.counted()
            return distinct, {None: counts}
        if self is Adding.LATEST:
            distinct, last = latest(keys.key, packed(moments, amounts))
            return distinct, {None: last}
        if self is Adding.SUMMED:
            distinct, totals = summed(keys.key, amounts)
            return distinct, {None: totals}
        distinct, (totals, high, low) = summed(keys.key, np.array([amounts, *square_parts(amounts)]))
        return distinct, {Part.VALUE: totals, Part.SQUARE: high, Part.SQUARE_LOW: low}
