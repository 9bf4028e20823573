"""What people think of anomalies, and what of it the detectors of a metric take over."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from streams.evaluation.episodes import Episodes
from streams.evaluation.excuses import Excuses
from streams.evaluation.raised_limits import RaisedLimits
from streams.evaluation.untaught import Untaught
from streams.evaluation.window_reader import QUARTER_MS
from streams.records.action import Opinion
from streams.records.scope import compatible
from streams.records.verdicts import Assessed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.cells.assessment import Assessment
    from streams.evaluation.held import HeldFindings
    from streams.evaluation.judge import Finding, Judge
    from streams.evaluation.moment import Moment
    from streams.evaluation.past import Past
    from streams.evaluation.series_index import SeriesIndex

    Rows = NDArray[np.intp]

_LEAST_S, _MOST_S = 60, 7_200  # of the past, what a new level is taken from
_SLOTS_S = 900  # shorter spans are read in slots, of which no more are kept than the longest window needs
_OLD_MS = 3 * 3_600_000  # quarters from before that are learned already


class Assessments:
    """Feedback acts on series: that of the anomaly, its parts, and what deviates with it and may show the same. State.

    - confirmed: what it did teaches nothing; half of what false alarms added to its limit goes.
    - expected: what it did teaches nothing, and nothing is said of it while it lasts, in this direction and size.
    - false_alarm: nothing is said of it while it lasts, and its limit rises above what was seen, as do those of what
      deviates with it; others of its scopes take a quarter of that.
    - new_trend: the level since it began is what is expected.

    """

    def __init__(self, metric: Metric, index: SeriesIndex, judge: Judge, held: HeldFindings, past: Past) -> None:
        self._longest_s = metric.windows[-1]
        self._index = index
        self._judge = judge
        self._held = held
        self._past = past
        self._episodes = Episodes(metric.traits.law)
        self._limits = RaisedLimits()
        self._excuses = Excuses(metric)
        self._untaught = Untaught()

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._episodes.grow(size)

    def settle(self, now_ms: int) -> None:
        """Ends what is over, at every tick."""
        self._untaught.settle(now_ms, self._episodes)
        self._excuses.settle(now_ms)

    def heard(self, now_ms: int, finding: Finding) -> Finding:
        """What is left of a finding by all that people said; the finding itself stays as it is."""
        self._episodes.note(now_ms, finding.judgement)
        judgement = self._excuses.excuse(now_ms, finding.judgement)
        score = self._limits.soften(judgement.score, now_ms)
        if score is not judgement.score:
            judgement = replace(judgement, score=score)
        return finding if judgement is finding.judgement else finding._replace(judgement=judgement)

    def untaught(self, start_ms: int, end_ms: int, size: int) -> NDArray[np.bool_] | None:
        """bool[size]: the series that [start, end) must teach nothing; None where that is none."""
        return self._untaught.within(start_ms, end_ms, size)

    def act(self, moment: Moment, series: int, assessment: Assessment) -> Assessed:
        """Lets feedback about a series act; what it changed. Deterministic, and a matter of state and feedback only."""
        now_ms, opinion = moment.now_ms, assessment.opinion
        rows, siblings = self._family(moment, series), self._siblings(moment, series)
        self._held.quieten(rows)
        done = Assessed(assessment.fingerprint, assessment.id, opinion, self._limits.at(series, now_ms))
        if opinion == Opinion.CONFIRMED:
            self._untaught.add(series, rows, self._began(moment, series, assessment), assessment.until, now_ms)
            self._limits.confirm(rows, siblings, now_ms)
            return _changed(done, limit=self._limits.at(series, now_ms))
        if opinion == Opinion.EXPECTED:
            self._untaught.add(series, rows, self._began(moment, series, assessment), assessment.until, now_ms)
            return _changed(done, until=self._excuse(moment, series, rows))
        if opinion == Opinion.FALSE_ALARM:
            until = self._excuse(moment, series, rows)
            self._raise(series, rows, siblings, now_ms)
            return _changed(done, until=until, limit=self._limits.at(series, now_ms))
        if opinion == Opinion.NEW_TREND:
            return _changed(done, level=self._rebase(moment, rows, self._began(moment, series, assessment)))
        return done

    def _raise(self, series: int, rows: Rows, siblings: Rows, now_ms: int) -> None:
        """Also the limits of what deviated with it, which would be the next to tell of the same thing."""
        for row in rows[self._episodes.together(series, rows) | (rows == series)].tolist():
            nobody = siblings[:0]
            peak = float(self._episodes.peak[row])
            self._limits.false_alarm(row, siblings if row == series else nobody, peak, now_ms)

    def _excuse(self, moment: Moment, series: int, rows: Rows) -> int:
        """Until when at the latest nothing is said; 0 where it is over already."""
        episodes, now_ms = self._episodes, moment.now_ms
        if not episodes.on(now_ms)[series]:
            return 0
        direction, size = int(episodes.direction[series]), float(episodes.size[series])
        own = np.where(episodes.together(series, rows), episodes.size[rows], 0.0)
        parts = np.isin(rows, [series, *self._parts(moment, series)])
        return self._excuses.add(series, rows, direction, np.where(parts, np.maximum(own, size), own), now_ms)

    def _rebase(self, moment: Moment, rows: Rows, began_ms: int) -> float:
        seconds = min(max((moment.end_ms - began_ms) // 1000, _LEAST_S), _MOST_S)
        if seconds <= _SLOTS_S:
            seconds = min(seconds, self._longest_s)
        # What it is a part of has moved by its part, whether that was news or not.
        wider = np.array(self._index.wider(moment.reader.scopes, int(rows[0])), dtype=np.intp)
        rows = np.concatenate([rows, wider[~np.isin(wider, rows)]])
        level = self._judge.rebase(moment, rows, seconds)
        self._untaught.add(int(rows[0]), rows, began_ms - _OLD_MS, began_ms // QUARTER_MS * QUARTER_MS, moment.now_ms)
        for row in rows.tolist():  # windows that reach back to before it would show a change the other way
            self._past.note(row, began_ms, moment.now_ms)
        return level

    def _began(self, moment: Moment, series: int, assessment: Assessment) -> int:
        """As the feedback says, else when it was found; never later than now."""
        found = int(self._episodes.began[series]) or moment.end_ms
        return min(found if assessment.since is None else assessment.since, moment.end_ms)

    def _family(self, moment: Moment, series: int) -> Rows:
        """The series, its parts, and what shows the same: it deviates with it, and its scope does not contradict."""
        of = partial(self._index.scope, moment.reader.scopes)
        judged = np.flatnonzero(self._index.judged)
        beside = judged[self._episodes.together(series, judged)].tolist()
        same = [row for row in beside if compatible(of(row), of(series))]
        return np.array(list(dict.fromkeys([series, *self._parts(moment, series), *same])), dtype=np.intp)

    def _parts(self, moment: Moment, series: int) -> list[int]:
        return [part for _, parts in self._index.finer(moment.reader.scopes, series) for part in parts]

    def _siblings(self, moment: Moment, series: int) -> Rows:
        return np.array(self._index.siblings(moment.reader.scopes, series), dtype=np.intp)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return self._episodes.arrays() | self._limits.arrays() | self._excuses.arrays() | self._untaught.arrays()

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        for part in (self._episodes, self._limits, self._excuses, self._untaught):
            part.restore(arrays)


def _changed(done: Assessed, *, limit: float | None = None, until: int = 0, level: float = 0.0) -> Assessed:
    return Assessed(
        done.fingerprint, done.id, done.opinion, done.limit if limit is None else limit, until=until, level=level
    )
