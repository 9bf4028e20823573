"""Which days are holidays, and what is no country."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from streams.register.holiday_calendar import HolidayCalendar, check_holidays


def is_holiday(places: tuple[str, ...], day: date) -> bool:
    return day.toordinal() in HolidayCalendar(places).around(day.year)


def test_chinas_spring_festival_is_a_holiday_in_china_and_carnival_is_none_there() -> None:
    assert is_holiday(("CN",), date(2026, 2, 17))
    assert not is_holiday(("CN",), date(2026, 9, 7))


def test_places_are_added_up() -> None:
    assert is_holiday(("CN", "BR"), date(2026, 9, 7))
    assert is_holiday(("CN", "BR"), date(2026, 2, 17))


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    assert is_holiday(("BR-SP",), date(2026, 7, 9))
    assert not is_holiday(("BR",), date(2026, 7, 9))


def test_the_days_before_and_after_new_year_are_known_in_both_years() -> None:
    assert date(2027, 1, 1).toordinal() in HolidayCalendar(("BR",)).around(2026)
    assert date(2025, 12, 25).toordinal() in HolidayCalendar(("BR",)).around(2026)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("China", 'did you mean "CN"'),
        ("cn", 'did you mean "CN"'),
        ("South Korea", 'did you mean "KR"'),
        ("Atlantis42", "write the code of a country"),
        ("BR-PS", 'did you mean "BR-'),
        ("CN-11", "remove it"),
    ],
)
def test_an_unknown_place_is_told_with_the_nearest_known_one(place: str, told: str) -> None:
    faults = list(check_holidays(("BR", place)))

    assert [index for index, _ in faults] == [1]
    assert told in faults[0][1]


def test_a_shop_that_names_no_place_does_not_load_the_library() -> None:
    code = "import sys; from streams.configuration.load import configure; configure(); print('holidays' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"
