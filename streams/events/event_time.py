"""RFC 3339 texts to milliseconds since the epoch, exactly, and fast for the layouts that producers use."""

from __future__ import annotations

import re

_KEPT = 65_536
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EPOCH_DAY = 719_528  # days from 0000-01-01 to 1970-01-01
_DAY_MS = 86_400_000

_rfc3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
SECONDS_OF_MINUTE = {f":{second:02d}": second * 1000 for second in range(60)}
"""ms by :SS. With the two memories below, three look-ups read a time that has a neighbour among those read before."""

# What was found right, by its text. A local minute and a fraction with an offset are right or wrong each by itself, and
# their values add up; only the leap second needs both, and is never kept. Seconds are not kept: the payment times of
# parcels that are under way for days would push each other out.
KNOWN_MINUTES: dict[str, int] = {}
"""ms by YYYY-MM-DDTHH:MM, without the offset. To be read only."""
KNOWN_TAILS: dict[str, int] = {}
"""ms to add by what follows the seconds: a fraction of at most 3 digits, if any, less the offset. To be read only."""


def event_time_ms(text: str) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 text, or None where it is something else. Never raises.

    Fractions of a millisecond are cut off. A leap second (23:59:60 UTC on the last of June or December) is the first
    second of the next day, as in POSIX time. All years from 0000 to 9999 are known; before 1970 the result is negative.

    >>> event_time_ms("1970-01-01T08:00:01.2509+08:00")
    1250
    >>> event_time_ms("2016-12-31T23:59:60Z") == event_time_ms("2017-01-01T00:00:00z")
    True
    >>> event_time_ms("2023-02-29T00:00:00Z") is None
    True
    """
    tail = text[19:]
    if len(tail) > 10:  # finer than milliseconds is never kept as it is
        split = -1 if tail.endswith(("Z", "z")) else -6
        more = tail[4:split]
        if more.isdecimal() and more.isascii():
            tail = tail[:4] + tail[split:]
    try:
        return KNOWN_MINUTES[text[:16]] + SECONDS_OF_MINUTE[text[16:19]] + KNOWN_TAILS[tail]
    except KeyError:
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
    minute_ms = _day_number(year, month, day) * _DAY_MS + (hour * 60 + minute) * 60_000
    fraction_ms = int(fraction[:3].ljust(3, "0")) if fraction is not None else 0
    if second == 60:
        return minute_ms + 60_000 - offset_ms + fraction_ms if _is_leap_minute(minute_ms - offset_ms) else None
    _keep(KNOWN_MINUTES, text[:16], minute_ms)
    if fraction is None or len(fraction) <= 3:
        _keep(KNOWN_TAILS, text[19:], fraction_ms - offset_ms)
    else:
        _keep(KNOWN_TAILS, text[19:23] + text[match.end(7) :], fraction_ms - offset_ms)
    return minute_ms + second * 1000 + fraction_ms - offset_ms


def _keep(memory: dict[str, int], text: str, ms: int) -> None:
    if len(memory) >= _KEPT:
        memory.clear()
    memory[text] = ms


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
