"""What a series that is clear is told by: what it is now, not what a long window remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import insufficient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.evaluation.judge import Finding

    Held = tuple[int, NDArray[np.intp], Judgement]

NEVER = np.iinfo(np.int32).max


def shortest_able(size: int, findings: Iterable[Finding], held: Iterable[Held]) -> NDArray[np.int32]:
    """int32[n]: the shortest window that has enough to judge a series by, `NEVER` where none has."""
    able = np.full(size, NEVER, dtype=np.int32)
    for finding in findings:
        if finding.windows is None:
            enough = ~insufficient(finding.judgement.reason)
            able[enough] = np.minimum(able[enough], finding.window_s)
    for window_s, rows, _ in held:
        able[rows] = np.minimum(able[rows], window_s)
    return able


def tell_present(
    best: Judgement,
    best_windows: NDArray[np.int32],
    clear: NDArray[np.intp],
    findings: Iterable[Finding],
    held: Iterable[Held],
    past: NDArray[np.int64],
    end_ms: int,
) -> NDArray[np.intp]:
    """Puts the shortest window that has enough, and holds nothing of what is over, in the place of the most surprising.

    Args:
        best: the most surprising judgements: changed.
        best_windows: their windows: changed.
        clear: the series to tell so, in order.
        findings: of this tick, over windows.
        held: what was found over long windows that are not due.
        past: up to when data belong to what is over, ms by series.
        end_ms: where windows end.

    Returns:
        The series for which there is no such window.

    """
    known: list[Held] = [
        (finding.window_s, np.flatnonzero(~insufficient(finding.judgement.reason)), finding.judgement)
        for finding in findings
        if finding.windows is None
    ]
    known = [(window_s, rows, judgement.taken(rows)) for window_s, rows, judgement in known]
    left = clear
    for window_s, rows, judgement in sorted([*known, *held], key=lambda of: of[0]):
        fits = left[end_ms - 1000 * window_s >= past[left]]
        found, _, places = np.intersect1d(fits, rows, assume_unique=True, return_indices=True)
        best.put(found, judgement.taken(places))
        best_windows[found] = window_s
        left = np.setdiff1d(left, found, assume_unique=True)
    return left
