"""What must hold of the settings `routes`, beyond types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.register.daytime_rules import check_daytime
from streams.register.matcher import check_matchers
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import ReceiverSettings, RouteSettings


def check_routes(routes: Sequence[RouteSettings], receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    """All faults: where, and what to do about it."""
    for index, route in enumerate(routes):
        for place, what in _check_route(route, receivers):
            yield (index, *place), what
        if not (route.match or route.proceed or route.days or _is_timed(route)) and index + 1 < len(routes):
            yield (index,), "matches everything at any time, so no later route is ever tried; make it the last"


def check_told(names: Iterable[str], receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    """Each is a receiver that is in no group, or a group."""
    known = {receiver.group or receiver.name for receiver in receivers}
    groups = {receiver.name: receiver.group for receiver in receivers if receiver.group}
    for place, name in enumerate(names):
        if name in groups:
            yield (place,), f'{name} stands in the group "{groups[name]}"; name the group'
        elif name not in known:
            yield (place,), f'no receiver is named "{name}"{suggestion(name, known)}'


def _is_timed(route: RouteSettings) -> bool:
    return (route.opens, route.closes) != ("00:00", "24:00")


def _check_route(route: RouteSettings, receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    for place, what in check_matchers(route.match):
        yield ("match", *place), what
    for place, what in check_told(route.receivers, receivers):
        yield ("receivers", *place), what
    yield from check_daytime(route.days, route.opens, route.closes)
