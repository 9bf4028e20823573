"""What a series that is clear shows: what it is now, not what a long window remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import Reason, insufficient
from streams.evaluation.end_finder import REACH_MS
from streams.evaluation.window_reader import TICK_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Finding, Judge
    from streams.evaluation.moment import Moment

    Held = tuple[int, NDArray[np.intp], Judgement]

_STRETCH_MS = 60_000  # what came in less than that says little
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


class Present:
    """Tells series that are clear by what came since they were last not clear, as far as that says anything."""

    def __init__(self, metric: Metric, judge: Judge) -> None:
        self._settle_ms = 1000 * metric.settle_s
        self._judge = judge
        self._least = metric.minimum_exposure / 2

    def shown(
        self,
        moment: Moment,
        best: Judgement,
        best_windows: NDArray[np.int32],
        clear: NDArray[np.intp],
        findings: Sequence[Finding],
        held: Sequence[Held],
        past: NDArray[np.int64],
        bad: NDArray[np.int64],
    ) -> Judgement:
        """Judgements of all series in the unit of the metric; `best_windows` becomes the windows that they are of.

        Args:
            moment: the tick.
            best: the most surprising judgements: changed.
            best_windows: their windows: changed.
            clear: the series that are shown by their present, in order.
            findings: of this tick.
            held: what was found over long windows that are not due.
            past: up to when data belong to what is over, ms by series.
            bad: the last tick at which a series was not clear, ms.

        """
        if len(clear) == 0:
            return self._judge.in_unit(moment, best, best_windows)
        well = np.maximum(past, bad - self._settle_ms)
        stretch = np.where(moment.end_ms - well >= _STRETCH_MS, well, past)
        since: dict[int, tuple[int, Judgement]] = {}
        left = clear
        for reach, least in ((stretch, self._least), (past, 0.0)):  # what said that it is over was enough for that
            left = tell_present(best, best_windows, left, findings, held, reach, moment.end_ms)
            for series in left.tolist():
                seconds = (moment.end_ms - int(reach[series])) // 1000
                judged = self._since(moment, series, seconds)
                if judged is not None and judged.exposure[0] >= least:
                    since[series] = seconds, judged
            left = np.array([series for series in left.tolist() if series not in since], dtype=np.intp)
        shown = self._judge.in_unit(moment, best, best_windows)
        for series, (seconds, judged) in since.items():
            shown.put(np.array([series]), judged)
            # Little as it is, it is not a part of what was bad.
            shown.reason[series], shown.score[series] = Reason.NORMAL, 0.0
            best_windows[series] = seconds
        return shown

    def _since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        if not TICK_MS // 1000 <= seconds <= REACH_MS // 1000:
            return None
        return self._judge.since(moment, series, seconds)
