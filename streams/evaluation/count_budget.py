"""How much of its false warnings the falls and the rises of a count may have, and how often they may err."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.bank import LOOKS
from streams.catalogue.metric import Direction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric

    Array = NDArray[np.float64]


def looks_a_day(come_a_day: Array) -> Array:
    """float64[2, n]: looks a day of falls and of rises."""
    return np.array([looks.a_day(come_a_day) for looks in LOOKS])


def budget(metric: Metric, *, falls: bool) -> Array:
    """float64[2, 1]: how much of what is allowed falls and rises may have.

    Those that page nobody, as they are good news, may come as often as warnings; they take nothing from them.
    """
    both = not falls and metric.direction is Direction.BOTH and not metric.traits.volume
    return np.full((2, 1), 0.5 if both else 1.0)
