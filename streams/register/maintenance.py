"""Maintenance windows: what is planned to be broken keeps quiet, once or again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.events.event_time import event_time_ms
from streams.register.daytime import DayTime, Span
from streams.register.matcher import Matcher, all_match, labels_of, read_matchers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from streams.records.anomaly import Anomaly
    from streams.settings.settings import MaintenanceSettings


class Window(NamedTuple):
    """One entry of the settings: a span, or a time of day that recurs."""

    name: str
    matchers: tuple[Matcher, ...]
    when: Span | DayTime

    def span(self, now: int) -> Span | None:
        """The occurrence that `now` (ms) lies in."""
        last = self.last(now)
        return last if last is not None and now < last.ends else None

    def last(self, now: int) -> Span | None:
        """The last occurrence that has begun by `now`, over or not."""
        if isinstance(self.when, DayTime):
            return self.when.last(now)
        return self.when if self.when.begins <= now else None

    def matches(self, anomaly: Anomaly) -> bool:
        return all_match(self.matchers, labels_of(anomaly))


def windows_of(settings: Iterable[MaintenanceSettings], zone: tzinfo) -> tuple[Window, ...]:
    """Settings must have passed `streams.register.maintenance_rules`."""
    return tuple(Window(one.name, read_matchers(one.match), _when(one, zone)) for one in settings)


def _when(settings: MaintenanceSettings, zone: tzinfo) -> Span | DayTime:
    if settings.begins:
        return Span(event_time_ms(settings.begins) or 0, event_time_ms(settings.ends) or 0)
    return DayTime(settings.days, settings.opens, settings.closes, zone, never_skipped=True)
