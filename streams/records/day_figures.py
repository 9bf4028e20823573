"""The figures of windows that are told, as a cells partition says them at a tick."""

from __future__ import annotations

import msgspec


class DayFigures(msgspec.Struct, frozen=True, omit_defaults=True):
    """One metric over one window. Lists run along `parts`; None stands for what is not known.

    Attributes:
        metric: `Metric.name`.
        day: the natural day that is running, as `date.toordinal` numbers it.
        days: on how many days of the window something could have been counted.
        dimension: whose values `parts` are; "" for the whole, whose only part is "".
        cases: what `value` is of: denominators, or events of a count.
        value: of the window with today so far, in the unit of the metric.
        yesterday, before: of the windows that ended with yesterday, and with the day before.
        tonight: what `value` will be at the end of today, as it goes.
        spread: the standard deviation of that.
        left_out: how many parts are counted and not told here, as there are too many: those of fewest cases.

    """

    metric: str
    window_s: int
    day: int
    days: int
    dimension: str
    parts: list[str]
    cases: list[float]
    value: list[float | None]
    yesterday: list[float | None]
    before: list[float | None]
    tonight: list[float | None]
    spread: list[float | None]
    left_out: int = 0
