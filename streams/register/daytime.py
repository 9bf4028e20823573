"""A time of day on some weekdays, by the shop's clocks: when a route holds, or a maintenance window recurs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.register.local_time import local_moment

if TYPE_CHECKING:
    from datetime import date, tzinfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES: Final = 1_440


class Span(NamedTuple):
    """From `begins` up to `ends`, ms since the epoch."""

    begins: int
    ends: int


class DayTime(NamedTuple):
    """From `opens` to `closes` (HH:MM, 24:00 allowed); where it closes no later than it opens, on the next day.

    It goes by what clocks show: of a time that comes twice in autumn the first counts, and what lies within the hour
    that spring skips never is.

    Attributes:
        days: on which it opens; empty: every day.
        never_skipped: where spring skips the time at which it opens or closes, it begins no later than clocks are put
            forward, and lasts as long as on any other day.

    """

    days: tuple[str, ...]
    opens: str
    closes: str
    zone: tzinfo
    never_skipped: bool = False

    def span(self, now: int) -> Span | None:
        """The one that `now` (ms) lies in; None outside of all.

        >>> night = DayTime(("sat",), "22:00", "06:00", UTC)
        >>> sunday_at_five = 1_762_664_400_000
        >>> night.span(sunday_at_five)
        Span(begins=1762639200000, ends=1762668000000)
        >>> night.span(sunday_at_five + 3_600_000) is None
        True
        """
        last = self.last(now)
        return last if last is not None and now < last.ends else None

    def last(self, now: int) -> Span | None:
        """The last that has begun by `now`, over or not."""
        today = datetime.fromtimestamp(now / 1000, UTC).astimezone(self.zone).date()
        spans = (self._on(today - timedelta(days=back)) for back in range(9))
        return next((span for span in spans if span is not None and span.begins <= now), None)

    def _on(self, day: date) -> Span | None:
        if self.days and WEEKDAYS[day.weekday()] not in self.days:
            return None
        opens, closes = _minutes(self.opens), _minutes(self.closes)
        closes += _DAY_MINUTES if closes <= opens else 0
        begins, ends = local_moment(day, opens, self.zone), local_moment(day, closes, self.zone)
        last = ends.ms
        if self.never_skipped and (begins.skipped or ends.skipped):
            last = begins.ms + (closes - opens) * 60_000
        return Span(begins.ms, last) if begins.ms < last else None


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
