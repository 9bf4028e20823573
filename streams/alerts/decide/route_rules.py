"""What must hold of the settings `routes`, beyond types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from streams.register.daytime import WEEKDAYS
from streams.register.matcher import MOST_MATCHERS, MatcherError, read_matcher
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import ReceiverSettings, RouteSettings

CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def check_routes(routes: Sequence[RouteSettings], receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    """All faults: where, and what to do about it."""
    for index, route in enumerate(routes):
        for place, what in _check_route(route, receivers):
            yield (index, *place), what
        if not (route.match or route.proceed or route.days or _is_timed(route)) and index + 1 < len(routes):
            yield (index,), "matches everything at any time, so no later route is ever asked; make it the last"


def check_matchers(texts: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for place, text in enumerate(texts):
        try:
            read_matcher(text)
        except MatcherError as error:
            yield (place,), str(error)
    if len(texts) > MOST_MATCHERS:
        yield (), f"{len(texts)} matchers are too many; {MOST_MATCHERS} are the most"


def check_told(names: Iterable[str], receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    """Each is a receiver that is in no group, or a group."""
    known = {receiver.group or receiver.name for receiver in receivers}
    groups = {receiver.name: receiver.group for receiver in receivers if receiver.group}
    for place, name in enumerate(names):
        if name in groups:
            yield (place,), f'{name} stands in the group "{groups[name]}"; name the group'
        elif name not in known:
            yield (place,), f'no receiver is named "{name}"{suggestion(name, known)}'


def check_daytime(days: Sequence[str], opens: str, closes: str) -> Iterator[tuple[Path, str]]:
    for place, day in enumerate(days):
        if day not in WEEKDAYS:
            yield ("days", place), f'"{day}" is no day{suggestion(day, WEEKDAYS)}'
    for key, clock in (("opens", opens), ("closes", closes)):
        if not CLOCK.fullmatch(clock):
            yield (key,), "write HH:MM, from 00:00 to 24:00"
    if opens == "24:00":
        yield ("opens",), "24:00 is an end; write 00:00 of the next day"
    elif opens == closes:
        yield ("closes",), "must differ from `opens`; for a whole day write 00:00 and 24:00"


def _is_timed(route: RouteSettings) -> bool:
    return (route.opens, route.closes) != ("00:00", "24:00")


def _check_route(route: RouteSettings, receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    for place, what in check_matchers(route.match):
        yield ("match", *place), what
    for place, what in check_told(route.receivers, receivers):
        yield ("receivers", *place), what
    yield from check_daytime(route.days, route.opens, route.closes)
