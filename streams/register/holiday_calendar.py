"""Which days are holidays where the shop is."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LAST_YEAR = 9999
_NO_DAYS: frozenset[int] = frozenset()


class HolidayCalendar:
    """The public holidays of places such as CN or BR-SP, of all of them together.

    Days are ordinals as of `datetime.date.toordinal`. The library is imported when the first day is asked for, and
    never where there are no places.

    >>> from datetime import date
    >>> sao_paulo = HolidayCalendar(("BR-SP",))
    >>> [date(2026, 7, day).toordinal() in sao_paulo.around(2026) for day in (8, 9)]
    [False, True]
    >>> HolidayCalendar().around(2026)
    frozenset()
    """

    def __init__(self, places: tuple[str, ...] = ()) -> None:
        """`places` must be known: see `check_holidays`."""
        self._places = places

    def around(self, year: int) -> frozenset[int]:
        """The holidays of a year, of the one before and of the one after."""
        return _around(self._places, year) if self._places else _NO_DAYS


@cache
def _around(places: tuple[str, ...], year: int) -> frozenset[int]:
    import holidays  # noqa: PLC0415 - takes a third of a second, which most shops need not wait for

    years = [one for one in (year - 1, year, year + 1) if 1 <= one <= _LAST_YEAR]
    found: set[int] = set()
    for place in places:
        country, _, subdivision = place.partition("-")
        days = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
        found.update(day.toordinal() for day in days)
    return frozenset(found)


def check_holidays(places: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """All faults of the setting `holidays`: which place, and what to do about it.

    >>> list(check_holidays(("BR", "Brazil")))
    [(1, '"Brazil" is no country whose holidays are known; did you mean "BR"?')]
    """
    if not places:
        return
    import holidays  # noqa: PLC0415 - as above

    known = holidays.list_supported_countries(include_aliases=False)
    for index, place in enumerate(places):
        country, dash, subdivision = place.partition("-")
        if country not in known:
            yield index, f'"{place}" is no country whose holidays are known{_nearest_country(country, known)}'
        elif dash and subdivision not in known[country]:
            parts = [f"{country}-{one}" for one in known[country]]
            yield index, f'"{place}" is no part of {country} whose holidays are known{suggestion(place, parts)}'


def _nearest_country(word: str, known: Iterable[str]) -> str:
    """`; did you mean "BR"?`, by name and by code, or what to write."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as above

    codes = {name.lower(): code for names in COUNTRIES.values() for code in names if code in known for name in names}
    near = difflib.get_close_matches("".join(word.lower().split()), codes, n=1, cutoff=0.6)
    return f'; did you mean "{codes[near[0]]}"?' if near else "; write the code of a country, as CN or BR-SP"
