"""What kind of day it is: its weekday, and whether it is a holiday."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

WEEKDAYS = 7
HOLIDAY = 7  # the kind that comes after those of the week
KINDS = 8
_NONE: frozenset[int] = frozenset()


class Day(NamedTuple):
    """A local day. `number` counts days since 0001-01-01, which is 1, as `datetime.date.toordinal` does.

    `holidays` holds the numbers of all days around it that are holidays, so that those are known as well.

    >>> from datetime import date
    >>> new_year = date(2027, 1, 1).toordinal()
    >>> friday = Day(new_year, frozenset({new_year}))
    >>> friday.weekday, friday.holiday, friday.kind
    (4, True, 7)
    >>> friday.plus(1).kind, friday.plus(-5).kind
    (5, 6)
    """

    number: int
    holidays: AbstractSet[int] = _NONE

    @property
    def weekday(self) -> int:
        """0 is Monday."""
        return (self.number - 1) % WEEKDAYS

    @property
    def holiday(self) -> bool:
        """Whether it is a holiday, on whichever weekday."""
        return self.number in self.holidays

    @property
    def kind(self) -> int:
        """The weekday, or `HOLIDAY`: which days are like it."""
        return HOLIDAY if self.holiday else self.weekday

    def plus(self, days: int) -> Day:
        """The day so many days later; earlier where that is negative."""
        return Day(self.number + days, self.holidays)
