"""Who is notified of what, and when: the settings `routes`, asked for one anomaly at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.register.daytime import DayTime
from streams.register.matcher import Matcher, all_match, labels_of, read_matchers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from streams.alerts.words.message import Lanes
    from streams.records.anomaly import Anomaly, Transition
    from streams.settings.settings import RouteSettings


class Route(NamedTuple):
    """What must hold, and who is notified then; `proceed`: the routes that follow are asked too."""

    matchers: tuple[Matcher, ...]
    time: DayTime | None
    receivers: tuple[str, ...]
    proceed: bool

    def holds(self, labels: Mapping[str, str], now: int) -> bool:
        return all_match(self.matchers, labels) and (self.time is None or self.time.span(now) is not None)


class Routes:
    """The first route that holds decides. What none matches goes to everybody: nothing is lost by a route too few."""

    def __init__(self, routes: Iterable[Route] = ()) -> None:
        self._routes = tuple(routes)

    @classmethod
    def of(cls, settings: Iterable[RouteSettings], zone: tzinfo) -> Routes:
        """Settings must have passed `streams.alerts.decide.route_rules`."""
        return cls(_route(route, zone) for route in settings)

    def lanes(self, anomaly: Anomaly, now: int) -> Lanes:
        """Whom to notify of the anomaly, as it is, at `now` (ms); nobody where a route says so."""
        labels = labels_of(anomaly)
        found: set[str] = set()
        for route in self._routes:
            if route.holds(labels, now):
                found |= set(route.receivers)
                if not route.proceed:
                    return tuple(sorted(found))
        return tuple(sorted(found)) or None


def union(one: Lanes, other: Lanes) -> Lanes:
    """Both."""
    return None if one is None or other is None else tuple(sorted({*one, *other}))


def by_lanes(due: Sequence[tuple[Transition, Lanes]], everybody: Sequence[str]) -> dict[Lanes, list[Transition]]:
    """What each receiver hears of; those who hear of the same stand together, so that nobody is in two of the lanes.

    `everybody`: all names.
    """
    if len({lanes for _, lanes in due}) == 1:
        return {due[0][1]: [transition for transition, _ in due]}
    heard: dict[str, list[Transition]] = {}
    for transition, lanes in due:
        for name in everybody if lanes is None else lanes:
            heard.setdefault(name, []).append(transition)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, transitions in heard.items():
        alike.setdefault(tuple(transition.id for transition in transitions), []).append(name)
    return {tuple(sorted(names)): heard[names[0]] for names in alike.values()}


def _route(settings: RouteSettings, zone: tzinfo) -> Route:
    time = DayTime(settings.days, settings.opens, settings.closes, zone)
    return Route(
        read_matchers(settings.match),
        time if settings.days or (settings.opens, settings.closes) != ("00:00", "24:00") else None,
        tuple(sorted(set(settings.receivers))),
        settings.proceed,
    )
