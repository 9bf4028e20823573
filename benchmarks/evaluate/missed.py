"""One incident of a kind, or its quiet twin: what it is, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.evaluate.delays import series_of

if TYPE_CHECKING:
    from benchmarks.evaluate.delays import Said


@dataclass(frozen=True)
class Incident:
    """What happens to one series, ms since the epoch."""

    metric: str
    scope: dict[str, str]
    direction: str
    begin_ms: int
    end_ms: int


@dataclass(frozen=True)
class Outcome:
    """One seed of a kind.

    Attributes:
        delay_min: from the begin of the incident to what was said of it; None where nothing was.
        shortest_min: D*.
        before: what was said wrongly, in the bad direction, of any series before the incident, or in the quiet twin.
        elsewhere: what was said in the bad direction of series that have nothing to do with it, while it lasted.

    """

    delay_min: float | None
    shortest_min: float
    before: int
    elsewhere: int


def outcome(said: Said, incident: Incident, shortest_min: float, quiet_ms: tuple[int, int]) -> Outcome:
    """What became of an incident; `quiet_ms`: from when until when all was well and judged."""
    try:
        delay = said.delay_min(series_of(incident.metric, incident.scope), incident.begin_ms, incident.direction)
    except ValueError:
        delay = None  # it was on already: whoever looked then saw a false alarm
    if delay is not None and incident.begin_ms + delay * 60_000 > incident.end_ms:
        delay = None
    bad = {series: [episode for episode in episodes if not episode.good] for series, episodes in said.episodes.items()}
    before = sum(quiet_ms[0] < episode.first_ms <= quiet_ms[1] for episodes in bad.values() for episode in episodes)
    elsewhere = sum(
        incident.begin_ms < episode.first_ms <= incident.end_ms
        for series, episodes in bad.items()
        if _apart(dict(series[1]), incident.scope)
        for episode in episodes
    )
    return Outcome(delay, shortest_min, before, elsewhere)


def _apart(scope: dict[str, str], other: dict[str, str]) -> bool:
    return any(name in other and other[name] != value for name, value in scope.items())
