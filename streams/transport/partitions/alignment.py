"""Keeps source partitions together in event time: what runs far ahead waits for what lags.

Cells ahead of the slowest partition wait in the memory of the merge. While a backlog is read, one partition could be
days ahead of another. Within a worker this always holds; for partitions of other workers only while a merge says that
too many cells wait (`congestion.py`). Then cases that are decided late are waited for as well; they wait for sources
only, and for none that is held: what is read of it is flushed all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faust.types import TP

AHEAD_LIMIT_MS = 3_600_000


class Progress(NamedTuple):
    """How far a partition is: its largest accepted event time (0 or less: none yet), and whether all of it is read."""

    largest_event_time: int
    caught_up: bool


def too_far_ahead(
    parts: Mapping[TP, Progress], others_ms: int | None = None, limit_ms: int = AHEAD_LIMIT_MS
) -> frozenset[TP]:
    """The partitions to hold. Of those of all workers that have something to read, the slowest goes on.

    `others_ms`: event time of the slowest partition of other workers; None where it need not be waited for.

    A partition that is caught up has nothing to be waited for: its watermark goes on by promises.

    >>> sorted(too_far_ahead({"a": Progress(9_000_000, False), "b": Progress(1_000_000, False)}))
    ['a']
    >>> sorted(too_far_ahead({"a": Progress(9_000_000, False), "b": Progress(1_000_000, True)}))
    []
    >>> sorted(too_far_ahead({"a": Progress(9_000_000, False), "b": Progress(8_000_000, False)}, others_ms=1_000_000))
    ['a', 'b']
    """
    lagging = [part.largest_event_time for part in parts.values() if not part.caught_up and part.largest_event_time > 0]
    if others_ms is not None:
        lagging.append(others_ms)
    if not lagging:
        return frozenset()
    limit = min(lagging) + limit_ms
    return frozenset(tp for tp, part in parts.items() if part.largest_event_time > limit)
