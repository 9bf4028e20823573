"""When a series was first said to deviate, and how often it was said wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.records.verdicts import REPORTED_FOR_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.verdicts import TickVerdicts, Verdict

Series = tuple[str, tuple[tuple[str, str], ...]]


class Episode(NamedTuple):
    """A time in which verdicts of one series and direction are past the limit, with gaps of up to twenty minutes."""

    first_ms: int
    last_ms: int
    direction: str
    good: bool


def series_of(metric: str, scope: dict[str, str]) -> Series:
    """What a series is known by here."""
    return metric, tuple(sorted(scope.items()))


class Said:
    """All that was said of all series, tick by tick."""

    def __init__(self) -> None:
        self.episodes: dict[Series, list[Episode]] = {}

    def hear(self, ticks: Iterable[TickVerdicts]) -> None:
        """Ticks in order."""
        for tick in ticks:
            for verdict in tick.verdicts:
                if verdict.score >= 1 and not verdict.insufficient:
                    self._note(verdict, tick.time)

    def _note(self, verdict: Verdict, now_ms: int) -> None:
        known = self.episodes.setdefault(series_of(verdict.metric, verdict.scope), [])
        for place, last in enumerate(reversed(known), 1):
            if last.direction == verdict.direction:
                if now_ms - last.last_ms <= REPORTED_FOR_MS:
                    known[-place] = last._replace(last_ms=now_ms)
                    return
                break
        known.append(Episode(now_ms, now_ms, verdict.direction, verdict.good))

    def delay_min(self, series: Series, begin_ms: int, direction: str) -> float | None:
        """Minutes from the begin of a change to the first verdict in its direction; None where there is none.

        Raises ValueError where one was on already when the change began: that says nothing of the change.
        """
        for episode in self.episodes.get(series, []):
            if episode.direction != direction or episode.last_ms <= begin_ms:
                continue
            if episode.first_ms <= begin_ms:
                raise ValueError(f"{series} deviated before its change began")
            return (episode.first_ms - begin_ms) / 60_000
        return None

    def count(self, series: Series, from_ms: int, until_ms: int) -> int:
        """Episodes of a series that begin after `from_ms`, until `until_ms` included, the good ones too."""
        return sum(from_ms < episode.first_ms <= until_ms for episode in self.episodes.get(series, []))
