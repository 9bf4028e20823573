"""What must hold of times of day and days of the week in settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from streams.register.daytime import WEEKDAYS
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings.located_yaml import Path


CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def check_daytime(days: Sequence[str], opens: str, closes: str) -> Iterator[tuple[Path, str]]:
    for place, day in enumerate(days):
        if day not in WEEKDAYS:
            yield ("days", place), f'"{day}" is not a day{suggestion(day, WEEKDAYS)}'
    for key, clock in (("opens", opens), ("closes", closes)):
        if not CLOCK.fullmatch(clock):
            yield (key,), "write HH:MM, from 00:00 to 24:00"
    if opens == "24:00":
        yield ("opens",), "24:00 is an end; write 00:00 of the next day"
    elif opens == closes:
        yield ("closes",), "must differ from `opens`; for a whole day write 00:00 and 24:00"
