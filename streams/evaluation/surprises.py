"""Of all that a judge finds at a tick, the most surprising, and the most recent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.judgement import Reason, insufficient, nothing
from streams.evaluation.held import SHORT_S
from streams.evaluation.window_reader import due

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.assessments import Assessments
    from streams.evaluation.held import HeldFindings
    from streams.evaluation.judge import Finding, Judge
    from streams.evaluation.moment import Moment
    from streams.evaluation.past import Past
    from streams.evaluation.preset import PresetLimit
    from streams.evaluation.reporting import Reporting
    from streams.evaluation.series_index import SeriesIndex

_LOOK_AGAIN_MS = 60_000


class Surprise(NamedTuple):
    """By series.

    Attributes:
        best: the most surprising judgements.
        best_windows: int32[n], their windows.
        present: the judgements of the shortest window that says something.
        present_windows: int32[n], their windows.
        findings: what was found over each of the windows that are due.

    """

    best: Judgement
    best_windows: NDArray[np.int32]
    present: Judgement
    present_windows: NDArray[np.int32]
    findings: list[Finding]


class Surprises:
    """Looks over the windows of one metric that are due."""

    def __init__(
        self,
        metric: Metric,
        judge: Judge,
        preset: PresetLimit,
        index: SeriesIndex,
        held: HeldFindings,
        past: Past,
        reporting: Reporting,
        assessments: Assessments,
    ) -> None:
        self._windows = metric.windows
        self._judge = judge
        self._preset = preset
        self._index = index
        self._held = held
        self._past = past
        self._reporting = reporting
        self._assessments = assessments

    def of(self, moment: Moment) -> Surprise:
        """What the judge finds at this tick, and what it found over long windows that are not due."""
        best = nothing(moment.size)
        best_windows = np.full(moment.size, self._windows[0], dtype=np.int32)
        present_windows = best_windows.copy()
        open_windows = self._open_windows(moment)
        if not open_windows:
            best.reason[:] = Reason.CLOSED
            return Surprise(best, best_windows, best, present_windows, [])
        windows = tuple(window_s for window_s in open_windows if window_s <= SHORT_S or due(window_s, moment.now_ms))
        for window_s in windows:
            self._held.forget(window_s)
        present = best
        shorter: list[Finding] = []  # as found, whatever people think of it
        findings: list[Finding] = []
        deviating = self._reporting.deviating(moment.now_ms)
        reported = self._reporting.reported(moment.now_ms)
        for place, judged in enumerate(self._judge.findings(moment, windows)):
            if judged.windows is None:
                moment.note(judged.window_s, judged.judgement)
            found = self._preset.applied(moment, judged, reported)
            self._past.leave(moment, found, shorter, deviating)
            if found.over is not None:
                self._past.note_all(found.over, moment.now_ms)
            shorter.append(found)
            finding = self._assessments.heard(moment.now_ms, found)
            findings.append(finding)
            if place == 0 and finding.windows is None:
                # Copies: columns of a judgement may be the very sums that the next one is made of.
                best = finding.judgement.taken(np.arange(moment.size))
                present = finding.judgement.taken(np.arange(moment.size))
                best_windows[:] = finding.window_s
            else:
                _keep(best, best_windows, finding, finding.judgement.beats(best))
                if finding.windows is None:
                    unknown = insufficient(present.reason) & ~insufficient(finding.judgement.reason)
                    _keep(present, present_windows, finding, unknown)
            self._held.hold(finding)
        if moment.now_ms % _LOOK_AGAIN_MS == 0:
            for window_s, rows, judgement in self._held.stale(set(windows)):
                lasting = np.flatnonzero(deviating[rows])
                self._past.revisit(moment, window_s, rows[lasting], judgement.taken(lasting))
        self._held.put(best, best_windows, set(windows), self._past.until, moment.end_ms)
        best.score[~self._index.judged] = 0.0
        return Surprise(best, best_windows, present, present_windows, findings)

    def _open_windows(self, moment: Moment) -> tuple[int, ...]:
        """Those in which it was open from end to end."""
        if moment.open_since is None:
            return ()
        open_s = (moment.end_ms - moment.open_since) / 1000
        return tuple(window_s for window_s in self._windows if window_s <= open_s)


def _keep(kept: Judgement, windows: NDArray[np.int32], finding: Finding, chosen: NDArray[np.bool_]) -> None:
    """Puts the finding in the place of what was kept, for the series that are chosen."""
    if not chosen.any():
        return
    rows = np.flatnonzero(chosen)
    kept.put(rows, finding.judgement.taken(rows))
    windows[rows] = finding.window_s if finding.windows is None else finding.windows[rows]
