"""What becomes of events some of which are copies, late or from the future."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.ingest.future import NO_TIMESTAMP
from streams.ingest.outcome import Outcome
from streams.ingest.progress import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.ingest.progress import Progress
    from streams.ingest.reader import Columns


class Limits(NamedTuple):
    """In ms: the clock, how far ahead of it is believed, and how far behind the newest event is counted."""

    now: int
    future: int
    late: int


class Fates(NamedTuple):
    """One array a fate, each with an element for each event.

    Attributes:
        starts: where the events of each record begin.
        ahead: events whose time, or whose record's, is not believed.
        refused: the same and the other events of their records, of which none is counted.
        on_time, behind: counted, on the plane of that name.
        too_late: not counted.
        reached: the largest event time up to each event.
        front: where lateness is measured from, after each event.

    """

    starts: NDArray[np.int64]
    ahead: NDArray[np.bool_]
    refused: NDArray[np.bool_]
    on_time: NDArray[np.bool_]
    behind: NDArray[np.bool_]
    too_late: NDArray[np.bool_]
    reached: NDArray[np.int64]
    front: NDArray[np.int64]

    def outcomes(self) -> dict[Outcome, int]:
        """How many records had which. A record of several events has the best of theirs: counted, late, duplicate."""
        refused, counted, late = (
            np.logical_or.reduceat(fate, self.starts)
            for fate in (self.refused, self.on_time | self.behind, self.too_late)
        )
        return {
            Outcome.COUNTED: int(counted.sum()),
            Outcome.LATE: int((late & ~counted).sum()),
            Outcome.DUPLICATE: int((~refused & ~counted & ~late).sum()),
        }


def fates_of(columns: Columns, copies: Sequence[int], progress: Progress, limits: Limits) -> Fates:
    """Decides about each event, in order. `columns` are not empty; `copies` are the places of those seen before."""
    times, timestamps = columns.times, np.array(columns.timestamps, np.int64)
    known = timestamps != NO_TIMESTAMP
    ahead = (known & (times > timestamps + limits.future)) | (
        np.maximum(times, timestamps) > limits.now + limits.future
    )
    starts = np.flatnonzero(np.diff(columns.offsets, prepend=-1))
    refused = ahead
    if len(starts) < len(times):
        lengths = np.diff(starts, append=len(times))
        refused = np.repeat(np.logical_or.reduceat(ahead, starts), lengths)
    copied = np.zeros(len(times), np.bool_)
    copied[list(copies)] = True
    accepted = ~refused & ~copied
    reached = np.maximum(np.maximum.accumulate(np.where(accepted, times, NEVER)), progress.largest)
    front = np.maximum(np.minimum(reached, limits.now), progress.front)
    on_time = accepted & (times >= np.maximum(front - progress.lateness_ms, progress.promised))
    behind = accepted & ~on_time & (times >= reached - limits.late)
    too_late = accepted & ~on_time & ~behind
    return Fates(starts, ahead, refused, on_time, behind, too_late, reached, front)
