"""Local time, and when the service is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from detectors.day import Day
from streams.register.holiday_calendar import HolidayCalendar
from streams.register.local_time import local_moment

if TYPE_CHECKING:
    from datetime import date

    from streams.settings.settings import OpeningHours

DAY_S = 86_400
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_BACK_DAYS = 8


class LocalClock:
    """Seconds after local midnight, the day, and opening hours, of times in ms since the epoch.

    Hours go by what clocks show: of a time that comes twice in autumn the first counts, and nothing is open within the
    hour that spring skips.

    Raises ValueError for an unknown day or time of day, ZoneInfoNotFoundError for an unknown zone.

    Examples:
        >>> from streams.settings.settings import OpeningHours
        >>> clock = LocalClock("Asia/Jerusalem", (OpeningHours(days=("wed", "thu"), opens="07:00", closes="24:00"),))
        >>> wednesday_noon = 918_036_000_000
        >>> clock.second_of_day(wednesday_noon) / 3600
        12.0
        >>> (wednesday_noon - clock.open_since(wednesday_noon)) / 3_600_000  # ms since it opened
        5.0

    """

    def __init__(
        self, timezone: str, hours: tuple[OpeningHours, ...] = (), holidays: HolidayCalendar | None = None
    ) -> None:
        self._holidays = holidays or HolidayCalendar()
        self._zone = ZoneInfo(timezone)
        self._hours: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
        for entry in hours:
            opens, closes = _minutes(entry.opens), _minutes(entry.closes)
            if closes <= opens:
                raise ValueError(f"opening hours close at {entry.closes}, not after they open at {entry.opens}")
            for day in entry.days:
                if day not in _DAYS:
                    raise ValueError(f"unknown day {day!r}: use {', '.join(_DAYS)}")
                self._hours[_DAYS.index(day)].append((opens, closes))
        self._always = not hours

    def second_of_day(self, time_ms: int) -> float:
        """Seconds after local midnight, 0 to 86,400."""
        local = self._local(time_ms)
        return local.hour * 3600 + local.minute * 60 + local.second + (time_ms % 1000) / 1000

    def day(self, time_ms: int) -> Day:
        """The local day."""
        local = self._local(time_ms)
        return Day(local.toordinal(), self._holidays.around(local.year))

    def open_since(self, time_ms: int) -> int | None:
        """Since when it has been open without a break up to just before `time_ms`; 0 = always, None = it is closed."""
        if self._always:
            return 0
        today = self._local(time_ms).date()
        since: int | None = None
        until = time_ms
        for back in range(_LOOK_BACK_DAYS):
            day = today - timedelta(days=back)
            for opens, closes in sorted(self._hours[day.weekday()], reverse=True):
                start, end = self._at(day, opens), self._at(day, closes)
                if start < until <= end:
                    since = until = start
            # At midnight sharp it is the day before that says whether it was open just before.
            if (since or time_ms) > self._at(day, 0):
                return since
        return since

    def is_open(self, start_ms: int, end_ms: int) -> bool:
        """Whether it is open throughout [start, end)."""
        since = self.open_since(end_ms)
        return since is not None and since <= start_ms

    def _local(self, time_ms: int) -> datetime:
        return datetime.fromtimestamp(time_ms // 1000, UTC).astimezone(self._zone)

    def _at(self, day: date, minutes: int) -> int:
        return local_moment(day, minutes, self._zone).ms


def _minutes(time: str) -> int:
    hour, colon, minute = time.partition(":")
    if not (
        colon and hour.isdigit() and minute.isdigit() and int(hour) * 60 + int(minute) <= 1440 and int(minute) < 60
    ):
        raise ValueError(f"{time!r} is not a time of day such as 07:30")
    return int(hour) * 60 + int(minute)
