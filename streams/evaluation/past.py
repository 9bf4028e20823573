"""What is over: long windows remember it, and should say nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.aftermath import Law, evidence_of_end
from detectors.judgement import Reason
from detectors.state import grown
from streams.catalogue.metric import Signal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Finding
    from streams.evaluation.moment import Moment
    from streams.evaluation.series_index import SeriesIndex

CLEAR = 0.7  # as `streams.incidents.policy`: above it an alert stays what it is
_SURE = np.log(1000.0)
_LAWS = {
    Signal.RATIO: Law.RATIO,
    Signal.COHORT: Law.RATIO,
    Signal.MEAN: Law.MEAN,
    Signal.QUANTILE: Law.RATIO,  # judged by shares
    Signal.SPREAD: Law.RATIO,
    Signal.NET: Law.RATIO,
}


class Past:
    """By series, up to when its data belong to a deviation that is over. Part of the state.

    Once a shorter window is sure that what a longer one shows is over (a thousand to one), windows that reach back
    before the shorter one are not listened to until they no longer do. So an alert ends when the data are normal, not
    when a quarter of an hour has passed, and what is really new has to show in data of its own. Of a thin part only a
    long window has enough to judge by: what is over in a wider scope is over in its parts as well, unless a part that
    deviated with it shows more signs of going on than of an end.

    Attributes:
        until: ms by series; 0 where nothing is over.

    """

    def __init__(self, metric: Metric, index: SeriesIndex) -> None:
        self._law = _LAWS.get(metric.signal, Law.COUNT)
        self._longest_ms = 1000 * metric.windows[-1]
        self._index = index
        self.until: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.until = grown(self.until, size)

    def leave(self, moment: Moment, finding: Finding, shorter: Sequence[Finding], deviating: NDArray[np.bool_]) -> None:
        """Takes the scores from a finding that shows the past.

        Args:
            moment: the tick.
            finding: over one window; changed.
            shorter: the findings over shorter windows, shortest first.
            deviating: series that were anomalous at the last tick, or are not clear since then.

        """
        rows = np.flatnonzero(finding.judgement.score >= CLEAR)
        if finding.windows is not None or len(rows) == 0:
            return
        start = moment.end_ms - 1000 * finding.window_s
        over_around = self._until_around(moment, rows) > start
        past = (self.until[rows] > start) | (over_around & ~deviating[rows])
        asked = np.flatnonzero(~past & ((finding.judgement.score[rows] >= 1) | deviating[rows]))
        for short in shorter:
            if short.windows is not None or short.window_s >= finding.window_s or len(asked) == 0:
                continue
            long = finding.judgement.taken(rows[asked])
            evidence = evidence_of_end(long, short.judgement.taken(rows[asked]), self._law)
            ended = np.where(over_around[asked], evidence > 0, evidence >= _SURE)
            self.until[rows[asked[ended]]] = moment.end_ms - 1000 * short.window_s
            past[asked[ended]] = True
            asked = asked[~ended]
        _silence(finding.judgement, rows[past])

    def _until_around(self, moment: Moment, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """The same of the wider scopes of these series."""
        until = np.zeros(len(rows), dtype=np.int64)
        if (self.until > moment.end_ms - self._longest_ms).any():
            for place, series in enumerate(rows.tolist()):
                wider = self._index.wider(moment.reader.scopes, series)
                until[place] = max(self.until[wider].tolist(), default=0)
        return until


def _silence(judgement: Judgement, rows: NDArray[np.intp]) -> None:
    judgement.score[rows] = np.minimum(judgement.score[rows], CLEAR / 2)
    judgement.reason[rows] = Reason.NORMAL
