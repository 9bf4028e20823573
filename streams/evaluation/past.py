"""What is over: long windows remember it, and should say nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.aftermath import evidence_of_end
from detectors.judgement import Reason
from detectors.law import Law
from detectors.state import grown
from streams.evaluation.end_finder import Sign
from streams.records.verdicts import CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.end_finder import EndFinder
    from streams.evaluation.judge import Finding
    from streams.evaluation.moment import Moment
    from streams.evaluation.series_index import SeriesIndex

_SURE = np.log(1000.0)
_LONG_S = 900  # a shorter window has soon passed by itself
_LOOK_MS = 60_000
_MOST = 20  # series of a window and tick: steps are dear to read


class Past:
    """By series, up to when its data belong to a deviation that is over. Part of the state.

    Once a shorter window is sure that what a longer one shows is over (a thousand to one), windows that reach back
    before the shorter one are not listened to until they no longer do. So an alert ends when the data are normal, not
    when a quarter of an hour has passed, and what is really new has to show in data of its own. Of a thin part only a
    long window has enough to judge by: what is over in a wider scope is over in its parts as well, unless a part that
    deviated with it shows more signs of going on than of an end.

    Where no shorter window can say it, because it has too little, or because the long one dilutes what it shows, the
    steps since the worst stretch are asked (`EndFinder`): two minutes of failures are over once a dozen successes have
    followed them, whatever window found them.

    Attributes:
        until: ms by series; 0 where nothing is over.
        found: the tick at which that was found, ms by series.

    """

    def __init__(self, metric: Metric, index: SeriesIndex, ends: EndFinder) -> None:
        self._law = metric.traits.law
        self._longest_ms = 1000 * metric.windows[-1]
        self._index = index
        self._ends = ends
        self.until: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.found: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.until, self.found = grown(self.until, size), grown(self.found, size)

    def note(self, series: int, until: int, now_ms: int) -> None:
        """What a series held before `until` is over: found at the tick `now_ms`."""
        self.until[series] = max(until, int(self.until[series]))
        self.found[series] = now_ms

    def note_all(self, until: NDArray[np.int64], now_ms: int) -> None:
        """The same of all series, int64[n]: of those above 0."""
        self.until = np.maximum(self.until, until)
        self.found = np.where(until > 0, now_ms, self.found)

    def leave(self, moment: Moment, finding: Finding, shorter: Sequence[Finding], deviating: NDArray[np.bool_]) -> None:
        """Takes the scores from a finding that shows the past.

        Args:
            moment: the tick.
            finding: over one window; changed.
            shorter: the findings over shorter windows, shortest first.
            deviating: series that were anomalous at the last tick, or are not clear since then.

        """
        shows = finding.judgement.score >= CLEAR_SCORE
        if finding.windows is not None or not shows.any():
            return
        rows = np.flatnonzero(shows)
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
            self.found[rows[asked[ended]]] = moment.now_ms
            past[asked[ended]] = True
            asked = asked[~ended]
        asked = asked[deviating[rows[asked]]]
        past[asked] = self._over(moment, finding.window_s, rows[asked], finding.judgement.taken(rows[asked]))
        _silence(finding.judgement, rows[past])

    def revisit(self, moment: Moment, window_s: int, rows: NDArray[np.intp], held: Judgement) -> None:
        """Asks whether what a long window showed when it was due last is over by now; `rows` deviate."""
        open_ones = np.flatnonzero((held.score >= CLEAR_SCORE) & (self.until[rows] <= moment.end_ms - 1000 * window_s))
        self._over(moment, window_s, rows[open_ones], held.taken(open_ones))

    def _over(self, moment: Moment, window_s: int, rows: NDArray[np.intp], long: Judgement) -> NDArray[np.bool_]:
        """bool[rows]: where the steps since the worst stretch say so."""
        over = np.zeros(len(rows), dtype=np.bool_)
        if window_s < _LONG_S or moment.now_ms % _LOOK_MS:
            return over
        for place in np.argsort(-long.score, kind="stable")[:_MOST].tolist():
            above = bool(long.direction[place] > 0)
            if self._law is Law.COUNT and not above:
                continue  # that nothing came for a while is not what came since
            series = int(rows[place])
            end = self._ends.look(moment, series, window_s, above=above, excess=float(long.excess[place]))
            if end.sign is Sign.OVER:
                self.note(series, end.until, moment.now_ms)
                over[place] = True
        return over

    def _until_around(self, moment: Moment, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """The same of the wider scopes of these series."""
        until = np.zeros(len(rows), dtype=np.int64)
        if (self.until > moment.end_ms - self._longest_ms).any():
            for place, series in enumerate(rows.tolist()):
                wider = self._index.wider(moment.reader.scopes, series)
                until[place] = max(self.until[wider].tolist(), default=0)
        return until


def _silence(judgement: Judgement, rows: NDArray[np.intp]) -> None:
    judgement.score[rows] = np.minimum(judgement.score[rows], CLEAR_SCORE / 2)
    judgement.reason[rows] = Reason.NORMAL
