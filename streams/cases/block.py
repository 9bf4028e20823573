"""The marks of some hours: sorted runs, and how neighbours become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cases.run import Run

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

HOUR_MS = 3_600_000


class Block:
    """The marks of an hour, or of several that are over: runs, each sorted by case and time.

    A run joins the one before it once it is half as long: few are searched, and each mark moves rarely.

    Attributes:
        hours: how many hours it holds.
        runs: see `Run`.
        changed: since the last snapshot.

    """

    def __init__(self, hours: int = 1) -> None:
        self.hours = hours
        self.runs: list[Run] = []
        self.changed = True

    def __len__(self) -> int:
        return sum(run.size for run in self.runs)

    def add(self, run: Run) -> None:
        """One more run."""
        self.changed = True
        self.runs.append(run)
        while len(self.runs) > 1 and self.runs[-1].size * 2 >= self.runs[-2].size:
            self.runs[-2:] = [Run.joined(self.runs[-2:])]

    def whole(self) -> Run:
        """Everything as one run."""
        if len(self.runs) > 1:
            self.runs = [Run.joined(self.runs)]
        return self.runs[0]

    @classmethod
    def joining(cls, blocks: Sequence[tuple[int, Block]]) -> Generator[None, None, Block]:
        """Neighbours, each with its first hour, as one that begins where the first of them does: a piece at a time."""
        begin = blocks[0][0]
        last, newest = blocks[-1]
        joined = cls(last + newest.hours - begin)
        moved = [run.moved((first - begin) * HOUR_MS) for first, block in blocks for run in block.runs]
        joined.runs = [(yield from Run.joining(moved))]
        return joined
