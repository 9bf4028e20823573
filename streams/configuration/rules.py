"""What must hold of settings beyond types."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from streams.alerts.decide.escalation_rules import check_escalations
from streams.alerts.decide.route_rules import check_routes
from streams.alerts.receivers.rules import check_receivers
from streams.broker.security_rules import check_security
from streams.catalogue.calendar_rules import check_entry
from streams.catalogue.change_rules import check_changes
from streams.catalogue.like_rules import check_likes
from streams.catalogue.metric import TOUCHPOINTS
from streams.events.event_time import event_time_ms
from streams.linkage.rules import check_linkage
from streams.linkage.single_event_rules import check_single_events
from streams.register.daytime import WEEKDAYS
from streams.register.daytime_rules import CLOCK
from streams.register.holiday_calendar import check_holidays
from streams.register.maintenance_rules import check_maintenance
from streams.settings.bounds import check_bounds
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion
from streams.topics.sources import sources_of
from streams.web.host_rules import check_hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings.settings import Settings

_ADDRESS = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^\s:,\[\]]+):(?P<port>[0-9]{1,5})")
_KEEPING_ANOMALIES = frozenset({"alertmanager", "pagerduty"})  # nothing else has a place there
_APP = re.compile(r"[a-zA-Z0-9._-]{1,120}")


def check_settings(settings: Settings) -> Iterator[Fault]:
    """All faults of the settings, the most telling first."""
    yield from _check_addresses(settings)
    for field, what in check_security(settings.security):
        yield Fault(("security", field), what)
    for path, what in check_bounds(settings):
        yield Fault(path, what)
    yield from _check_numbers(settings)
    yield from _check_calendar(settings)
    for place, inner, what in check_receivers(settings.receivers):
        yield Fault(("receivers", place, *inner), what)
    for inner, what in check_routes(settings.routes, settings.receivers):
        yield Fault(("routes", *inner), what)
    for inner, what in check_maintenance(settings.maintenance):
        yield Fault(("maintenance", *inner), what)
    for inner, what in check_escalations(settings.escalations, settings.receivers):
        yield Fault(("escalations", *inner), what)
    yield from _check_requests(settings)


def _check_requests(settings: Settings) -> Iterator[Fault]:
    tokens = bool(settings.tokens_file)
    for place, inner, what in check_linkage(settings.linkage, tokens=tokens):
        yield Fault(("linkage", place, *inner), what)
    names = {one.group or one.name for one in settings.receivers if one.kind not in _KEEPING_ANOMALIES}
    for place, inner, what in check_single_events(settings.on, tokens=tokens, receivers=names):
        yield Fault(("on", place, *inner), what)


def _check_addresses(settings: Settings) -> Iterator[Fault]:
    for address in settings.broker.split(","):
        match = _ADDRESS.fullmatch(address.strip())
        if not match or not 0 < int(match["port"]) < 65_536:
            yield Fault(("broker",), f'"{address}" is not an address; write host:port, several separated by commas')
    if not 0 <= settings.port < 65_536:
        yield Fault(("port",), f"{settings.port} is not a port; choose one from 0 to 65535")
    if not settings.host:
        yield Fault(("host",), "must not be empty; 127.0.0.1 is reachable from this machine only")
    if settings.behind_proxy and not settings.tokens_file:
        yield Fault(("behind_proxy",), "a proxy lets others than this machine in: set tokens_file too")
    for path, what in check_hosts(settings):
        yield Fault(path, what)
    if not _APP.fullmatch(settings.app):
        yield Fault(("app",), "names groups and transactions: letters, digits, dots, _ and - only")


def _check_numbers(settings: Settings) -> Iterator[Fault]:
    yield from _check_relations(settings)
    known = [source.name for source in sources_of(settings)]
    for topic in settings.source_partitions:
        if topic not in known and not settings.catalogue:  # a catalogue may declare further ones
            yield Fault(("source_partitions", topic), f'no topic is named "{topic}"{suggestion(topic, known)}')
    yield from _check_worth(settings)


def _check_worth(settings: Settings) -> Iterator[Fault]:
    for touchpoint, money in settings.worth.items():
        if touchpoint not in TOUCHPOINTS:
            remedy = suggestion(touchpoint, TOUCHPOINTS)
            yield Fault(("worth", touchpoint), f'no touchpoint is named "{touchpoint}"{remedy}')
        if not 0 < money < inf:
            yield Fault(("worth", touchpoint), "must be above 0; leave out what is not known")


def _check_relations(settings: Settings) -> Iterator[Fault]:
    if settings.heartbeat_interval_s * 3 > settings.session_timeout_s:
        yield Fault(("heartbeat_interval_s",), "must be a third of session_timeout_s at most, or members are lost")
    if settings.late_limit_s < settings.lateness_s:
        yield Fault(("late_limit_s",), "must not be below lateness_s")
    if 0 < settings.replication_factor < settings.min_insync_replicas:
        yield Fault(("min_insync_replicas",), "must not be above replication_factor, or nothing can be written")


def _check_calendar(settings: Settings) -> Iterator[Fault]:
    try:
        ZoneInfo(settings.timezone)
    except (KeyError, OSError, ValueError):  # not found, a folder, a path that leaves the data
        yield Fault(("timezone",), f'"{settings.timezone}" is unknown; write it as Asia/Shanghai')
    if settings.evaluate_from and event_time_ms(settings.evaluate_from) is None:
        yield Fault(("evaluate_from",), "write RFC 3339 with an offset, as 2026-11-11T00:00:00+08:00")
    for index, what in check_holidays(settings.holidays):
        yield Fault(("holidays", index), what)
    yield from _check_opening_hours(settings)
    for index, entry in enumerate(settings.calendar):
        for key, what in check_entry(entry):
            yield Fault(("calendar", index, key), what)
    for index, key, what in check_changes(settings.changes):
        yield Fault(("changes", index, key), what)
    for index, key, what in check_likes(settings.calendar):
        yield Fault(("calendar", index, key), what)


def _check_opening_hours(settings: Settings) -> Iterator[Fault]:
    for index, hours in enumerate(settings.opening_hours):
        for place, day in enumerate(hours.days):
            if day not in WEEKDAYS:
                yield Fault(("opening_hours", index, "days", place), f'"{day}" is not a day{suggestion(day, WEEKDAYS)}')
        if not hours.days:
            yield Fault(("opening_hours", index, "days"), "name at least one day")
        for key in ("opens", "closes"):
            if not CLOCK.fullmatch(getattr(hours, key)):
                yield Fault(("opening_hours", index, key), "write HH:MM, from 00:00 to 24:00")
        if hours.opens >= hours.closes:
            yield Fault(("opening_hours", index, "closes"), "must be after `opens`; split a night at 24:00 into two")
