"""A time of day on some weekdays, by the shop's clocks: when a route holds, or a maintenance window recurs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Span(NamedTuple):
    """From `begins` up to `ends`, ms since the epoch."""

    begins: int
    ends: int


class DayTime(NamedTuple):
    """From `opens` to `closes` (HH:MM, 24:00 allowed); where it closes no later than it opens, on the next day.

    Attributes:
        days: on which it opens; empty: every day.

    """

    days: tuple[str, ...]
    opens: str
    closes: str
    zone: tzinfo

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
        over_night = self.closes <= self.opens
        return Span(_moment(day, self.opens, self.zone), _moment(day, self.closes, self.zone, days=over_night))


def _moment(day: date, clock: str, zone: tzinfo, *, days: int = 0) -> int:
    hours, minutes = divmod(int(clock[:2]) * 60 + int(clock[3:]), 60)
    whole, hour = divmod(hours, 24)
    local = datetime(day.year, day.month, day.day, hour, minutes, tzinfo=zone) + timedelta(days=days + whole)
    return int(local.timestamp() * 1000)
