"""Deadlines in service hours: only time in which the service is open counts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.register.daytime import WEEKDAYS
from streams.register.holiday_calendar import HolidayCalendar
from streams.register.local_time import local_moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from streams.settings.settings import OpeningHours, Settings

_DAY_MS: Final = 86_400_000
_WEEK_MS: Final = 7 * _DAY_MS
_KEPT_WEEKS: Final = 64
_LONGEST_WEEKS: Final = 60  # a deadline further ahead is a mistake: it is taken to be there


class _Week(NamedTuple):
    """The spans of a week in which it is open, ms since the epoch; `done`: open ms of the week by the end of each."""

    begins: list[int]
    ends: list[int]
    done: list[int]


class ServiceTime:
    """When so much service time has passed, by opening hours and holidays, on which nothing is open.

    Hours go by what clocks show, see `local_moment`: on the day on which clocks are put forward a service that is open
    at night is open an hour less. Without hours it is always open, holidays or not. Weeks are worked out once and kept.

    Examples:
        >>> from streams.settings.settings import OpeningHours
        >>> weekdays = OpeningHours(days=("mon", "tue", "wed", "thu", "fri"), opens="09:00", closes="17:00")
        >>> service = ServiceTime("Asia/Shanghai", (weekdays,))
        >>> friday = 1_794_558_600_000  # 13 November 2026, 16:30
        >>> datetime.fromtimestamp(service.after(friday, 3600) / 1000, ZoneInfo("Asia/Shanghai")).strftime("%a %H:%M")
        'Mon 09:30'

    """

    def __init__(
        self, timezone: str, hours: tuple[OpeningHours, ...] = (), holidays: HolidayCalendar | None = None
    ) -> None:
        """`hours` and `timezone` must be right: see `streams.configuration.rules`."""
        self._zone = ZoneInfo(timezone)
        self._holidays = holidays or HolidayCalendar()
        self._hours = sorted((_minutes(each.opens), _minutes(each.closes), each.days) for each in hours)
        self._weeks: dict[int, _Week] = {}

    @classmethod
    def of(cls, settings: Settings) -> ServiceTime:
        """The service time of a shop: `timezone`, `opening_hours` and `holidays` are used."""
        return cls(settings.timezone, settings.opening_hours, HolidayCalendar(settings.holidays))

    def after(self, start_ms: int, seconds: int) -> int:
        """The moment in ms at which `seconds` of service time have passed since `start_ms`; `seconds` above 0.

        What begins while it is closed begins when it opens; what ends when it closes is due then.
        """
        left = seconds * 1000
        if not self._hours:
            return start_ms + left
        number = start_ms // _WEEK_MS
        week = self._week(number)
        at = bisect_right(week.begins, start_ms) - 1
        if at >= 0:  # less what was open before: all spans but the last, and what has passed of that
            before = week.done[at] - max(week.ends[at] - start_ms, 0)
            left += before
        for _ in range(_LONGEST_WEEKS):
            at = bisect_left(week.done, left)
            if at < len(week.done):
                return week.ends[at] - (week.done[at] - left)
            left -= week.done[-1] if week.done else 0
            number += 1
            week = self._week(number)
        return number * _WEEK_MS

    def _week(self, number: int) -> _Week:
        """Of UTC, since the epoch."""
        found = self._weeks.get(number)
        if found is None:
            while len(self._weeks) >= _KEPT_WEEKS:
                del self._weeks[next(iter(self._weeks))]
            found = self._weeks[number] = self._work_out(number * _WEEK_MS, (number + 1) * _WEEK_MS)
        return found

    def _work_out(self, first_ms: int, last_ms: int) -> _Week:
        week = _Week([], [], [])
        open_ms = 0
        day = datetime.fromtimestamp(first_ms / 1000, UTC).date() - timedelta(days=1)
        for opens, closes in sorted(span for later in range(10) for span in self._spans(day + timedelta(days=later))):
            begins = max(opens, first_ms, week.ends[-1] if week.ends else 0)
            ends = min(closes, last_ms)
            if begins < ends:
                open_ms += ends - begins
                week.begins.append(begins)
                week.ends.append(ends)
                week.done.append(open_ms)
        return week

    def _spans(self, day: date) -> Iterator[tuple[int, int]]:
        """From when until when it is open on a local day."""
        if day.toordinal() in self._holidays.around(day.year):
            return
        for opens, closes, days in self._hours:
            if WEEKDAYS[day.weekday()] in days:
                yield local_moment(day, opens, self._zone).ms, local_moment(day, closes, self._zone).ms


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
