"""A scenario played: a header, the truth, and lines in the order in which they reach the broker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from streams.simulate.rhythm import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.simulate.arrival import Arrivals

SLICE_MS = 15 * MINUTE_MS


@dataclass(frozen=True)
class Simulation:
    """What `simulate` hands out.

    Attributes:
        scenario: the object under "scenario" in the first line: name, seed, evaluate_from, timezone.
        truth: the list of truth.json.
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

    def lines(self) -> Iterator[str]:
        """The lines of the events file without their ends: first the header, then by ingest time. Can be run again."""
        yield orjson.dumps({"scenario": self.scenario}).decode()
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

    def write(self, events: Path, truth: Path | None = None) -> None:
        """Write the events file, and the truth beside it. Raises OSError where that cannot be."""
        with events.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in self.lines())
        if truth is not None:
            truth.write_bytes(orjson.dumps(self.truth, option=orjson.OPT_INDENT_2) + b"\n")


def _first(piece: tuple[int, str]) -> int:
    return piece[0]
