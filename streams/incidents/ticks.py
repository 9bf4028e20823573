"""Brings the ticks of all cells partitions together, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams.records.day_figures import DayFigures  # noqa: TC001 - msgspec reads the annotation at run time
from streams.records.verdicts import Verdict  # noqa: TC001 - msgspec reads the annotation at run time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.records.verdicts import TickVerdicts


class Tick(NamedTuple):
    """What all partitions say at a time."""

    time: int
    verdicts: list[Verdict]
    figures: list[DayFigures]


class TickQueue(msgspec.Struct):
    """A tick is complete once every partition has delivered it or a later one.

    Each partition delivers its ticks in order; what it repeats after a restart is ignored. The result does not depend
    on how the partitions are interleaved.

    Attributes:
        reached: by partition, the last tick it delivered.
        waiting: verdicts of ticks that are not complete yet.
        figures: of natural days, of the same ticks.
        handled: the last tick handed out, -1 before the first.
        foreign_records: records made with another catalogue than ours.

    """

    partitions: int
    reached: dict[int, int] = {}
    waiting: dict[int, list[Verdict]] = {}
    figures: dict[int, list[DayFigures]] = {}
    handled: int = -1
    foreign_records: int = 0

    def add(self, record: TickVerdicts, catalogue_hash: str) -> None:
        """Raises ValueError for a partition that does not exist: the topic was made with another number of them."""
        if record.quiet:
            return
        if not 0 <= record.partition < self.partitions:
            raise ValueError(f"cells partition {record.partition} is not one of the {self.partitions} configured")
        if record.time <= max(self.reached.get(record.partition, -1), self.handled):
            return
        self.foreign_records += record.catalogue != catalogue_hash
        self.reached[record.partition] = record.time
        self.waiting.setdefault(record.time, []).extend(record.verdicts)
        if record.figures:
            self.figures.setdefault(record.time, []).extend(record.figures)

    def complete(self) -> Iterator[Tick]:
        """Complete ticks, each handed out once."""
        if len(self.reached) < self.partitions:
            return
        until = min(self.reached.values())
        for time in sorted(t for t in self.waiting if t <= until):
            self.handled = time
            yield Tick(time, self.waiting.pop(time), self.figures.pop(time, []))
