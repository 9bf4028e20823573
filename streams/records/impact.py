"""How many events a trouble has affected: those of its windows beyond what is normal, each counted once."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP_MS: Final = 60_000
_MOST: Final = 240
_DAY_S: Final = 86_400
_FOR: Final = {"ratio": 1, "points": 100, "per_ten_thousand": 10_000}  # so much exposure their values are told for

MONEY: Final = "money_per_minute"
"""Of what has this unit the money is affected, not a number of events."""


class Measured(Protocol):
    """What a window holds."""

    @property
    def value(self) -> float: ...
    @property
    def expected(self) -> float: ...
    @property
    def exposure(self) -> float: ...
    @property
    def window_s(self) -> int: ...


Toll = list[tuple[int, float]]
"""Up to when (event time, ms), and how many events were affected until then; oldest first, from the opening on."""


def beyond_normal(window: Measured, unit: str) -> float:
    """Events of a window beyond what is expected, of sums of money the money; 0 where the unit does not tell.

    Of a rate per thousand the exposure is the number of events that the greater of value and expectation stands for; of
    one per 10,000 it is what that is told for; of a net score, the answers.
    """
    away = abs(window.value - window.expected)
    if unit in {"per_minute", MONEY}:
        return away * window.window_s / 60
    if unit == "per_thousand":
        return window.exposure * away / max(window.value, window.expected, 1e-9)
    if unit == "per_day":
        return away * window.window_s / _DAY_S
    return away * window.exposure / _FOR.get(unit, math.inf)


def affected_by_now(toll: Sequence[tuple[int, float]], window: Measured, unit: str, now: int) -> float:
    """How many in all: those of the window that ends now, and those of before it began. Never less than before.

    >>> from collections import namedtuple
    >>> Window = namedtuple("Window", "value expected exposure window_s")
    >>> minute, hour = Window(0.5, 1.0, 60, 60), Window(0.9, 1.0, 3600, 3600)
    >>> [round(affected_by_now([(60_000, 30.0)], window, "ratio", 120_000)) for window in (minute, hour)]
    [60, 360]
    """
    before = _until(toll, now - 1000 * window.window_s)
    return max(before + beyond_normal(window, unit), toll[-1][1] if toll else 0.0)


def noted(toll: Toll, now: int, affected: float) -> Toll:
    """With one point more: one a minute is kept, of a long trouble every other, and always the newest."""
    kept = toll[:-1] if len(toll) > 2 and toll[-1][0] - toll[-2][0] < _STEP_MS else toll
    if len(kept) > _MOST:
        kept = kept[::2]
    return [*kept, (now, affected)]


def _until(toll: Sequence[tuple[int, float]], time: int) -> float:
    for (since, before), (until, after) in pairwise(toll):
        if since <= time < until:
            return before + (after - before) * (time - since) / (until - since)
    return toll[-1][1] if toll and time >= toll[-1][0] else 0.0
