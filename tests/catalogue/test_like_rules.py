"""Entries of a calendar that are like earlier ones: what is wrong is said with the place and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.like_rules import check_likes
from streams.catalogue.load import load
from streams.configuration.load import configure
from streams.configuration.rules import check_settings
from streams.settings.calendar import CalendarEntry
from streams.settings.located_yaml import LocatedError
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def wave(name: str, day: int, minutes: int = 45, **more: object) -> CalendarEntry:
    at = f"2026-11-{day:02}T00"
    return CalendarEntry(name, f"{at}:00:00+08:00", f"{at}:{minutes:02}:00+08:00", (1.0, 9.0), **more)  # type: ignore[arg-type] # any key


def faults(*entries: CalendarEntry) -> list[tuple[int, str, str]]:
    return list(check_likes(entries))


@pytest.mark.parametrize(
    ("entries", "place", "key", "remedy"),
    [
        ([wave("one", 1), wave("two", 11, like="wann")], 1, "like", 'no entry is named "wann"; known are one, two'),
        ([wave("one", 1), wave("two", 11, like="onee")], 1, "like", 'did you mean "one"?'),
        ([wave("one", 1, like="one")], 0, "like", "cannot be like itself; name an earlier one"),
        ([wave("one", 1, like="two"), wave("two", 11)], 0, "like", '"two" is not over before this one begins; name an'),
        ([wave("one", 1), wave("two", 1, like="one")], 1, "like", '"one" is not over before'),
        ([wave("one", 1, 30), wave("two", 11, like="one")], 1, "like", 'lasts 45 min and "one" 30 min; they are'),
        ([wave("one", 1), wave("one", 2), wave("two", 11, like="one")], 2, "like", '2 entries are named "one"; give'),
        ([wave("one", 1), wave("two", 11, factor=1.2)], 1, "factor", "means nothing without `like`"),
        ([wave("one", 1), wave("two", 11, like="one", factor=0.0)], 1, "factor", "above 0, up to 1,000"),
        ([wave("one", 1), wave("two", 11, like="one", factor=float("nan"))], 1, "factor", "above 0, up to 1,000"),
    ],
)
def test_what_cannot_be_like_another_is_said(entries: list[CalendarEntry], place: int, key: str, remedy: str) -> None:
    found = faults(*entries)

    assert [(where, which) for where, which, _ in found] == [(place, key)]
    assert remedy in found[0][2]


def test_a_circle_is_named() -> None:
    found = faults(wave("a", 1, like="c"), wave("b", 2, like="a"), wave("c", 3, like="b"))

    assert found[0][2] == "these are like one another: a, c, b, a; leave `like` out of the earliest of them"
    assert [place for place, _, _ in found] == [0, 1, 2]


def test_a_third_wave_may_be_like_the_second_which_is_like_the_first() -> None:
    assert faults(wave("a", 1), wave("b", 2, like="a", factor=1.3), wave("c", 3, like="b")) == []


def test_times_that_are_none_are_not_complained_of_twice() -> None:
    assert faults(CalendarEntry("a", "x", "y", (1.0, 2.0)), wave("b", 2, like="a")) == []


CALENDAR = """calendar:
- {name: one, begins: 2026-11-01T00:00:00+08:00, ends: 2026-11-01T00:30:00+08:00, activity: [1, 9]}
- {name: two, begins: 2026-11-11T00:00:00+08:00, ends: 2026-11-11T00:45:00+08:00, activity: [1, 9], like: one}
"""


def test_settings_and_a_catalogue_say_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(CALENDAR)
    with pytest.raises(ConfigurationError) as of_settings:
        configure(file, rules=check_settings)
    metric = "{id: O1, name: sales, title: Sales, touchpoint: order, unit: per_minute, signal: count, direction: both,"
    file.write_text(
        f"metrics:\n- {metric}\n   minimum_effect: 0.2, minimum_exposure: 10, numerator: [{{events: [order.created]}}],"
        f" scopes: [[]]}}\n{CALENDAR}"
    )
    with pytest.raises(LocatedError) as of_catalogue:
        load(str(file))

    assert ":3:101: calendar[1].like: lasts 45 min" in str(of_settings.value)
    assert ":6:101: calendar[1].like: lasts 45 min" in str(of_catalogue.value)
