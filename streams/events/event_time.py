"""RFC 3339 texts to milliseconds since the epoch, exactly, and fast for the layouts that producers use."""

from __future__ import annotations

import re

_MINUTES_KEPT = 65_536
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EPOCH_DAY = 719_528  # days from 0000-01-01 to 1970-01-01
_DAY_MS = 86_400_000

_rfc3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_second_ms = {f":{second:02d}": second * 1000 for second in range(60)}
_fraction_ms = {f".{ms:03d}": ms for ms in range(1000)}
# Text of the minute + text of the offset -> ms of that minute's start. Filled with what the slow way found right.
_minute_ms: dict[str, int] = {}


def event_time_ms(text: str) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 text, or None where it is none. Never raises.

    Fractions of a millisecond are cut off. A leap second (23:59:60 UTC on the last of June or December) is the first
    second of the next day, as in POSIX time. All years from 0000 to 9999 are known; before 1970 the result is negative.

    >>> event_time_ms("1970-01-01T08:00:01.2509+08:00")
    1250
    >>> event_time_ms("2016-12-31T23:59:60Z") == event_time_ms("2017-01-01T00:00:00z")
    True
    >>> event_time_ms("2023-02-29T00:00:00Z") is None
    True
    """
    length = len(text)
    # Every branch splits the whole text into parts, and each part is one that was once proved right in its place.
    try:
        if length == 29 or length == 24:  # noqa: PLR1714 - hot; YYYY-MM-DDTHH:MM:SS.mmm+HH:MM, or with Z
            return _minute_ms[text[:16] + text[23:]] + _second_ms[text[16:19]] + _fraction_ms[text[19:23]]
        if length == 25 or length == 20:  # noqa: PLR1714 - hot; whole seconds
            return _minute_ms[text[:16] + text[19:]] + _second_ms[text[16:19]]
        if (length == 32 or length == 27) and text[23:26].isdecimal() and text.isascii():  # noqa: PLR1714 - hot; microseconds
            return _minute_ms[text[:16] + text[26:]] + _second_ms[text[16:19]] + _fraction_ms[text[19:23]]
    except KeyError:
        pass
    return _any_layout(text)


def _any_layout(text: str) -> int | None:
    match = _rfc3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, offset_hour, offset_minute = match.groups()[6:]
    if not (1 <= month <= 12 and 1 <= day <= _month_length(year, month) and hour < 24 and minute < 60 and second < 61):
        return None
    offset_ms = 0
    if sign is not None:
        if int(offset_hour) > 23 or int(offset_minute) > 59:
            return None
        offset_ms = (int(offset_hour) * 60 + int(offset_minute)) * (60_000 if sign == "+" else -60_000)
    start = _day_number(year, month, day) * _DAY_MS + (hour * 60 + minute) * 60_000 - offset_ms
    if second == 60 and not _is_leap_minute(start):
        return None
    if second < 60:
        if len(_minute_ms) >= _MINUTES_KEPT:
            _minute_ms.clear()
        _minute_ms[text[:16] + text[match.end(7) if fraction is not None else 19 :]] = start
    return start + second * 1000 + (int(fraction[:3].ljust(3, "0")) if fraction is not None else 0)


def _is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_length(year: int, month: int) -> int:
    return _DAYS_OF_MONTH[month - 1] + (month == 2 and _is_leap_year(year))


def _day_number(year: int, month: int, day: int) -> int:
    """Days since the epoch in the proleptic Gregorian calendar; datetime knows no year 0."""
    past = year - 1
    leap_days = past // 4 - past // 100 + past // 400 + 1  # year 0 is a leap year
    in_year = _DAYS_BEFORE_MONTH[month - 1] + (month > 2 and _is_leap_year(year)) + day - 1
    return year * 365 + leap_days + in_year - _EPOCH_DAY


def _is_leap_minute(start_ms: int) -> bool:
    """Whether the minute that starts here is the last of a June or December in UTC."""
    end_day, rest = divmod(start_ms + 60_000, _DAY_MS)
    if rest:
        return False
    year = (end_day + _EPOCH_DAY) * 400 // 146_097
    return any(end_day == _day_number(y, month, 1) for y in (year - 1, year, year + 1) for month in (1, 7))
