"""From a figure to its score, on straight lines between break points, and from a level back to its limit."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.scorecard import Polarity

if TYPE_CHECKING:
    from streams.catalogue.scorecard import Indicator

_NEARLY = 1e-9  # scores that differ by less are one


def score(indicator: Indicator, figure: float) -> float:
    """The score of a figure; beyond the break points it stays that of the nearest.

    >>> from streams.catalogue.scorecard import Indicator
    >>> of = Indicator("x", Polarity.MORE, ((0.90, 1), (0.95, 3), (0.98, 4), (0.995, 5)))
    >>> [round(score(of, figure), 4) for figure in (0.85, 0.925, 0.97, 0.99, 1)]
    [1.0, 2.0, 3.6667, 4.6667, 5.0]
    """
    figures, scores = zip(*indicator.breakpoints, strict=True)
    return float(np.interp(figure, figures, scores))


def slope(indicator: Indicator, figure: float) -> float:
    """By how much the score changes per unit of the figure there; 0 beyond the break points."""
    for (x, low), (next_x, high) in pairwise(indicator.breakpoints):
        if x <= figure < next_x:
            return (high - low) / (next_x - x)
    return 0.0


def level(of: float) -> int:
    """The whole number that a score has reached.

    >>> [level(of) for of in (3.6667, 4.0, 3.9999999999)]
    [3, 4, 4]
    """
    return math.floor(of + _NEARLY)


def limit(indicator: Indicator, wanted: int) -> float | None:
    """The worst figure that still has a level; None where every figure has it, or none.

    >>> from streams.catalogue.scorecard import Indicator
    >>> of = Indicator("x", Polarity.MORE, ((0.90, 1), (0.95, 3), (0.98, 4), (0.995, 5)))
    >>> [limit(of, wanted) for wanted in (1, 2, 4, 6)]
    [None, 0.925, 0.98, None]
    >>> limit(Indicator("x", Polarity.LESS, ((0.01, 5), (0.05, 1))), 3)
    0.03
    """
    ways = list(pairwise(indicator.breakpoints))
    if indicator.polarity is Polarity.LESS:
        ways = [(after, before) for before, after in reversed(ways)]
    if ways[0][0][1] >= wanted - _NEARLY:
        return None
    for (x, low), (next_x, high) in ways:
        if low < wanted - _NEARLY and high >= wanted - _NEARLY:
            return round(x + (next_x - x) * (wanted - low) / (high - low), 12)
    return None
