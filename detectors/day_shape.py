"""The shape of a day: how its quarters of an hour compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.state import grown
from detectors.week import BINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rows = NDArray[np.bool_]

SLOTS = 96
_MEMORY_DAYS = 7  # later days weigh 1/7: a week to learn a new habit
_LARGEST = 1_000.0  # half precision ends at 65,504
_LEAST_BUSY = 0.05


class DayShape:
    """The count of each of the day's 96 quarters, as multiples of a level that is kept elsewhere; and how old it is.

    >>> shape = DayShape(1)
    >>> yes, no = np.ones(1, dtype=bool), np.zeros(1, dtype=bool)
    >>> level = shape.learn(40, np.array([500.0]), np.ones(1), yes, no, np.ones(1, dtype=np.float32))
    >>> shape.events([40, 41], level).tolist()
    [[500.0], [0.0]]
    >>> shape.known([40, 41]).tolist()
    [[True], [False]]
    """

    def __init__(self, size: int = 0) -> None:
        self.shape: NDArray[np.float16] = np.full((SLOTS, size), np.nan, dtype=np.float16)  # NaN: never learned
        self.age: NDArray[np.float32] = np.zeros(size, dtype=np.float32)  # quarters of usual days

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.shape, self.age = grown(self.shape, size, fill=np.nan), grown(self.age, size)

    def known(self, slots: list[int] | slice = slice(None)) -> Rows:
        """bool[slots, n]: which quarters were ever learned."""
        known: Rows = np.isfinite(self.shape[slots])
        return known

    def events(self, slots: list[int] | slice, level: NDArray[Any]) -> Array:
        """float64[slots, n]: what quarters hold at a level, 0 where nothing is known."""
        events: Array = np.nan_to_num(self.shape[slots].astype(np.float64)) * level
        return events

    def hours(self, level: NDArray[Any]) -> Array:
        """float64[BINS, n]: what pairs of hours hold."""
        hours: Array = self.events(slice(None), level).reshape(BINS, SLOTS // BINS, -1).sum(axis=1)
        return hours

    def days(self) -> Array:
        """float64[n]: how many days are behind a quarter that is known."""
        known = self.known().sum(axis=0)
        days: Array = self.age / np.maximum(known, 1.0)
        return np.where(known > 0, np.maximum(days, 1.0), 0.0)

    def learn(
        self, slot: int, counts: Array, busy: Array, alive: Rows, empty: Rows, level: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Takes in a quarter of a day that is `busy` times the usual; gives back the level, which may be written anew.

        Args:
            slot: the quarter of the day.
            counts: float64[n].
            busy: float64[n], how the day compares: on a day of little the shape moves little.
            alive: which series are learned.
            empty: which have had no event today: that does not say yet that the quarter always is.
            level: events of a quarter whose shape is 1.

        """
        before = self.shape[slot].astype(np.float64)
        weight = np.minimum(busy, 1.0)
        told = counts / np.maximum(busy, _LEAST_BUSY) / np.maximum(level, 1e-9)
        step = weight / (np.clip(np.floor(self.days()), 1, _MEMORY_DAYS - 1) + weight)
        after = np.where(np.isfinite(before), before + step * (told - before), np.where(empty, np.nan, told))
        after = np.where(alive, after, before)
        large = after > _LARGEST
        if large.any():
            scale = np.where(large, after, 1.0)
            self.shape = (self.shape / scale).astype(np.float16)
            level = (level * scale).astype(np.float32)
            after = after / scale
        self.shape[slot] = after
        self.age = (self.age + np.where(np.isfinite(after), weight, 0.0)).astype(np.float32)
        return level

    def close(self, told: NDArray[np.bool_], rows: Rows) -> None:
        """Of these series a day is over that had events: quarters of it that were told (bool[SLOTS]) are empty."""
        self.shape[~self.known() & told[:, None] & rows] = 0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {"shape": self.shape, "age": self.age}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self.shape, self.age = arrays["shape"], arrays["age"]
