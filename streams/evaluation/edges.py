"""Between what numbers a count is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Edges(NamedTuple):
    """Of a minute of the shop, float64[n] each: what a series expects by itself, and how sure that is.

    Attributes:
        low, middle, high: events of the shortest window; NaN where nothing is known yet.
        lower, upper: around the middle, by the place in the day alone; see `Usual`.
        evidence: events that the usual day rests on at this hour.
        wobble: relative variance of the level from quarter to quarter.
        unsure: relative variance of the middle, for how little it rests on.
        spread: relative variance of the level of such a day.
        least, most: times of the middle, between which the activity lets expect it.

    """

    low: Array
    middle: Array
    high: Array
    lower: Array
    upper: Array
    evidence: Array
    wobble: Array
    unsure: Array
    spread: Array
    least: Array
    most: Array


class Interval(NamedTuple):
    """float64[n] each; `high` is NaN where nothing is known yet."""

    low: Array
    high: Array
    dispersion: Array
