"""A scenario that was played in columns: blocks of events of one type, and odd lines among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.simulate.played import Played
from streams.simulate.rhythm import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.simulate.arrival import Arrivals

SLICE_MS = 15 * MINUTE_MS


@dataclass(frozen=True)
class Simulation(Played):
    """A sale that was played.

    Attributes:
        broken, foreign: how many lines are dead letters, and how many are of types that nobody listens to.

    """

    scenario: dict[str, Any]
    truth: list[dict[str, Any]]
    broken: int
    foreign: int
    _arrivals: list[Arrivals] = field(repr=False)
    _oddities: list[tuple[int, str]] = field(repr=False)

    @property
    def events(self) -> int:
        """Number of lines, copies and broken ones included, the header not."""
        return sum(len(arrival.at_ms) for arrival in self._arrivals) + len(self._oddities)

    @property
    def copies(self) -> int:
        """How many lines repeat an earlier event."""
        return sum(int(arrival.copies.sum()) for arrival in self._arrivals)

    def records(self) -> Iterator[str]:
        """The lines by ingest time."""
        starts = [int(arrival.at_ms[0]) for arrival in self._arrivals if len(arrival.at_ms)]
        ends = [int(arrival.at_ms[-1]) for arrival in self._arrivals if len(arrival.at_ms)]
        for start in range(min(starts), max(ends) + 1, SLICE_MS):
            pieces = [(time, line) for time, line in self._oddities if start <= time < start + SLICE_MS]
            for arrival in self._arrivals:
                at, lines = arrival.between(start, start + SLICE_MS)
                pieces += zip(at.tolist(), lines, strict=True)
            pieces.sort(key=_first)
            for _, line in pieces:
                yield line


def _first(piece: tuple[int, str]) -> int:
    return piece[0]
