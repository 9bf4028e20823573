"""How a figure will stand at the end of the day, against a limit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.catalogue.scorecard import Polarity

if TYPE_CHECKING:
    from streams.catalogue.scorecard import Indicator

_NINE_IN_TEN: Final = 1.70  # Student's t, 29 days: 5 % lie beyond it on either side
_LEAST: Final = 1e-12


class Interval(NamedTuple):
    """Nine chances in ten."""

    low: float
    high: float


def interval(tonight: float, spread: float) -> Interval:
    """Where a figure will lie.

    >>> interval(0.93, 0.001)
    Interval(low=0.9283, high=0.9317)
    """
    return Interval(round(tonight - _NINE_IN_TEN * spread, 12), round(tonight + _NINE_IN_TEN * spread, 12))


def chance_of_loss(indicator: Indicator, tonight: float, spread: float, limit: float) -> float:
    """How likely it is that a figure ends on the wrong side of a limit.

    >>> from streams.catalogue.scorecard import Indicator
    >>> of = Indicator("x", Polarity.MORE, ((0.9, 1), (1, 5)))
    >>> [round(chance_of_loss(of, tonight, 0.002, 0.935), 3) for tonight in (0.931, 0.935, 0.939)]
    [0.974, 0.5, 0.026]
    """
    more = indicator.polarity is Polarity.MORE
    return chance_below(tonight, spread, limit) if more else chance_below(-tonight, spread, -limit)


def chance_below(tonight: float, spread: float, limit: float) -> float:
    """How likely it is that a figure ends below a limit."""
    if spread < _LEAST:
        return float(limit - tonight > _LEAST)
    widened = spread * _NINE_IN_TEN / 1.645  # as few days are known, the tails are those of Student
    return 0.5 * math.erfc((tonight - limit) / widened / math.sqrt(2))
