"""The course of the series that verdicts speak of, kept in bounded memory.

Detectors report a series from the tick at which it first deviates until 20 minutes after it was last not clear. So a
course begins shortly before its anomaly opens, and ends after it: what was normal long before was never sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.web.point import Point, of_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.records.anomaly import Anomaly
    from streams.records.verdicts import TickVerdicts

    Key = tuple[str, frozenset[tuple[str, str]]]

STEP_MS: Final = 10_000
POINTS: Final = 240
LINES: Final = 300
UNHEARD_MS: Final = 1_800_000


class _Line(msgspec.Struct):
    points: list[Point]
    heard: int
    step_ms: int = STEP_MS

    def add(self, point: Point) -> None:
        """A newer point replaces the last of the same step; a full line doubles its step, and so keeps its start."""
        if self.points and self.points[-1].time // self.step_ms == point.time // self.step_ms:
            self.points.pop()
        self.points.append(point)
        if len(self.points) > POINTS:
            self.step_ms *= 2
            self.points = list({kept.time // self.step_ms: kept for kept in self.points}.values())


class Courses:
    """Lines by series, at most 300 of at most 240 points.

    A series that no anomaly speaks of goes after half an hour of silence, or when one that does needs its place.
    """

    def __init__(self) -> None:
        self._lines: dict[Key, _Line] = {}  # the one heard longest ago first
        self._kept: dict[str, Key] = {}

    def keep(self, anomaly: Anomaly) -> None:
        """An anomaly speaks of its series: its line stays until the anomaly is dropped."""
        self._kept[anomaly.fingerprint] = _key(anomaly.metric, anomaly.scope)

    def drop(self, fingerprint: str) -> None:
        key = self._kept.pop(fingerprint, None)
        if key is not None:
            self._lines.pop(key, None)

    def tick(self, tick: TickVerdicts) -> None:
        """Takes the verdicts of a tick; an older one than a line has heard does not bend it back."""
        kept = set(self._kept.values())
        for verdict in tick.verdicts:
            key = _key(verdict.metric, verdict.scope)
            line = self._lines.pop(key, None)
            if line is None:
                if not self._has_room(kept, tick.time, wanted=key in kept):
                    continue
                line = _Line([], tick.time)
            elif tick.time < line.heard:
                self._lines[key] = line
                continue
            line.add(of_verdict(tick.time, verdict))
            line.heard = tick.time
            self._lines[key] = line

    def course(self, fingerprint: str) -> list[Point]:
        """Of the series that an anomaly speaks of, oldest point first."""
        line = self._lines.get(self._kept[fingerprint]) if fingerprint in self._kept else None
        return [] if line is None else list(line.points)

    def _has_room(self, kept: set[Key], now: int, *, wanted: bool) -> bool:
        """Makes room where it may; a newcomer that no anomaly speaks of displaces only what has been silent."""
        if len(self._lines) < LINES:
            return True
        for key, line in self._lines.items():
            silent = now - line.heard > UNHEARD_MS
            if not (silent or wanted):
                return False
            if key not in kept:
                del self._lines[key]
                return True
        if wanted:
            del self._lines[next(iter(self._lines))]
        return wanted


def _key(metric: str, scope: Mapping[str, str]) -> Key:
    return metric, frozenset(scope.items())
