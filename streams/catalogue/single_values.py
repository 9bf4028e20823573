"""The single values that a metric takes of events: in which unit, how exactly, and how large at most."""

from __future__ import annotations

from typing import Final

import msgspec

OWN_TIME: Final = "time"

LARGEST: Final = 10_000_000.0
"""Where a metric names no `largest`: single values beyond it are cut, in the unit of the field."""

MOST: Final = 100_000_000.0
"""No `largest` may be more: squares of a million of such values still add up in 64 bits."""

PER_MINUTE: Final[dict[str, str]] = {
    "money_per_minute": "money",
    "number_per_minute": "number",
    "seconds_per_minute": "seconds",
}
"""Of a sum, by its unit the unit of what is added up."""

SCALES: Final[dict[str, int]] = {"seconds": 1000, "money": 100, "number": 1000}
"""The factor by which sums of single values are kept as integers, by their unit."""


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The duration from one time of an event to another, in seconds: below 0 where `to` is the earlier one.

    Attributes:
        start: written `from`: a time field of `data`, or "time", the event's own.
        to: the same.

    """

    start: str = msgspec.field(name="from")
    to: str = OWN_TIME

    @property
    def fields(self) -> tuple[str, ...]:
        """The time fields of `data` that must be there."""
        return tuple(time for time in (self.start, self.to) if time != OWN_TIME)
