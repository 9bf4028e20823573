"""An incident as detectors and desk tell it: verdicts tick by tick, and transitions from opening to end."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from streams.records.anomaly import Anomaly, Change, Transition, Why
from streams.records.verdicts import TickVerdicts, Verdict

if TYPE_CHECKING:
    from streams.web.board import Board

TICK_MS = 10_000


def stamp(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Incident:
    """Moves one anomaly on. Times are ms; the depth of the deviation runs from 0 (as expected) to 1 (the peak)."""

    board: Board
    anomaly: Anomaly
    now: int
    draw: random.Random = field(default_factory=lambda: random.Random(3))
    depth: float = 0.0

    def report(self, until: int, depth: float) -> None:
        """Verdicts of the series up to `until`, drifting to that depth."""
        anomaly, start, begin = self.anomaly, self.now, self.depth
        while self.now < until:
            self.now += TICK_MS
            part = (self.now - start) / max(until - start, 1)
            self.depth = begin + (depth - begin) * min(1.0, 2.5 * part)
            width = anomaly.upper - anomaly.lower
            value = anomaly.expected + (anomaly.peak - anomaly.expected) * self.depth + self.draw.gauss(0, width / 9)
            verdict = Verdict(
                anomaly.metric, anomaly.scope, anomaly.window_s, value, anomaly.expected, anomaly.lower, anomaly.upper,
                anomaly.exposure, 10.0, 6.0 * self.depth, anomaly.direction, anomaly.reason,
            )  # fmt: skip
            self.board.tick(TickVerdicts(3, self.now, "hash", [verdict]))

    def tell(self, why: Why, **changes: Any) -> None:
        """A transition at this tick."""
        change = {Why.OPENED: Change.OPENED, Why.RECOVERED: Change.RESOLVED}.get(why, Change.UPDATED)
        self.anomaly = msgspec.structs.replace(self.anomaly, **changes)
        self.board.transition(
            Transition(f"{self.anomaly.fingerprint}-{why}-{self.now}", change, self.now, self.anomaly, why)
        )
