"""What must hold of the setting `maintenance`, beyond types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.events.event_time import event_time_ms
from streams.register.daytime_rules import check_daytime
from streams.register.matcher import MatcherError, check_matchers, match_everything, read_matchers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import MaintenanceSettings

_LONGEST_NAME = 80


def check_maintenance(windows: Sequence[MaintenanceSettings]) -> Iterator[tuple[Path, str]]:
    """All faults: where, and what to do about it."""
    names: set[str] = set()
    for index, window in enumerate(windows):
        for place, what in _check_window(window):
            yield (index, *place), what
        if window.name in names:
            yield (index, "name"), f'another window is named "{window.name}"; choose another name'
        names.add(window.name)


def windows_over(windows: Sequence[MaintenanceSettings], now_ms: int) -> Iterator[tuple[int, str]]:
    """Which will never be in force again, and what to do about it: no fault, for they were right once."""
    for index, window in enumerate(windows):
        ends = event_time_ms(window.ends) if window.ends else None
        if ends is not None and ends <= now_ms:
            yield index, f'"{window.name}" is over since {window.ends}; remove it, or write when it is next'


def _check_window(window: MaintenanceSettings) -> Iterator[tuple[Path, str]]:
    if not (window.name.strip() and len(window.name) <= _LONGEST_NAME and window.name.isprintable()):
        yield ("name",), f"needs 1 to {_LONGEST_NAME} characters: messages show this name"
    faults = [(("match", *place), what) for place, what in check_matchers(window.match)]
    yield from faults
    if not faults and _is_all(window.match):
        yield ("match",), "matches everything; name at least one value, as warehouse=hz1"
    once, again = bool(window.begins or window.ends), bool(window.days or window.opens or window.closes)
    if once == again:
        yield (), "needs either `begins` and `ends`, or `opens` and `closes` with the `days` on which it recurs"
    elif once:
        yield from _check_once(window)
    else:
        yield from check_daytime(window.days, window.opens, window.closes)


def _check_once(window: MaintenanceSettings) -> Iterator[tuple[Path, str]]:
    times = {key: event_time_ms(getattr(window, key)) for key in ("begins", "ends")}
    for key, time in times.items():
        if time is None:
            yield (key,), "write RFC 3339 with an offset, as 2026-11-11T00:00:00+08:00"
    begins, ends = times.values()
    if begins is not None and ends is not None and ends <= begins:
        yield ("ends",), "must be after `begins`"


def _is_all(texts: Sequence[str]) -> bool:
    try:
        return match_everything(read_matchers(texts))
    except MatcherError:
        return False
