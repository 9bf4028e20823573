"""What is planned, and what one changed oneself."""

from __future__ import annotations

import msgspec


class CalendarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time that is planned to be unlike a usual day: a peak, a wave of balance payments, a holiday.

    Attributes:
        begins, ends: RFC 3339.
        activity: counts are planned to be from so many to so many times the usual: (3, 40) for a peak that shall come,
            (0.2, 1) for a holiday. A ratio is never planned to be unusual.
        metrics: names of counts; empty: all that are counted per minute and have no exposure.
        like: name of an earlier entry that lasted as long: what that one was is expected again, minute by minute;
            `activity` holds where that is not known.
        factor: so many times as large as the one that it is `like`; left out: as large, and half of what the shop has
            grown since.

    """

    name: str
    begins: str
    ends: str
    activity: tuple[float, float]
    metrics: tuple[str, ...] = ()
    like: str = ""
    factor: float | None = None


class ChangeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of one's own: what these metrics were before it is compared with what they are after it.

    Attributes:
        at: RFC 3339, when it was made.
        metrics: names of ratios, cohorts or counts.
        days: so many days before it and after it, at most.

    """

    name: str
    at: str
    metrics: tuple[str, ...]
    days: int = 7
