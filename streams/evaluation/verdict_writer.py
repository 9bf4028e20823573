"""From judgements to the verdicts that are published: since when, where from, good or bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.contributors import named
from detectors.course import worst_stretch
from detectors.judgement import Reason
from detectors.onset import onset
from streams.catalogue.metric import Direction
from streams.evaluation.judge import TellsStaffing
from streams.evaluation.moment import CourseStep
from streams.records.verdicts import Contributor, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.contributors import Contributions, Named
    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.end_finder import EndFinder
    from streams.evaluation.judge import Judge
    from streams.evaluation.moment import Moment
    from streams.evaluation.series_index import SeriesIndex

_EXPLAINED = 200  # series of a tick, the most surprising first; an outage of everything needs no more
_CONTRIBUTORS = 5
_CLEARLY = 1.1  # times the nats: what more dimensions must say more, as expectations are known to within a tenth
_TOLD = 0.005  # of a change; a smaller rest shows as nothing
_RECENT_S = 300  # in which the deviation must show for it to be on


class VerdictWriter:
    """Writes the verdicts of one metric."""

    def __init__(self, metric: Metric, index: SeriesIndex, judge: Judge, ends: EndFinder) -> None:
        self._metric = metric
        self._index = index
        self._judge = judge
        self._ends = ends
        self._desk = judge if isinstance(judge, TellsStaffing) else None

    def good(self, direction: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Where a deviation lies in the good direction. Of a volume that is watched both ways, more is good."""
        if self._metric.direction is Direction.UP:
            return direction < 0
        if self._metric.direction is Direction.DOWN or self._metric.traits.volume:
            return direction > 0
        return np.zeros(len(direction), dtype=np.bool_)

    def write(
        self, moment: Moment, best: Judgement, windows: NDArray[np.int32], reported: NDArray[np.intp]
    ) -> list[Verdict]:
        """Verdicts of the reported series, in series order."""
        good = self.good(best.direction)
        anomalous = reported[best.score[reported] >= 1]
        order = np.lexsort((anomalous, -best.score[anomalous], good[anomalous]))
        explained = set(anomalous[order][:_EXPLAINED].tolist())
        return [
            self._verdict(moment, best, int(windows[series]), int(series), bool(good[series]), series in explained)
            for series in reported.tolist()
        ]

    def _verdict(
        self, moment: Moment, best: Judgement, window_s: int, series: int, good: bool, explain: bool
    ) -> Verdict:
        score = float(best.score[series])
        reason = Reason(int(best.reason[series]))
        above = bool(best.direction[series] > 0)
        started_at = 0
        contributors: list[Contributor] = []
        standouts: list[dict[str, str]] | None = None
        if score >= 1:
            started_at = moment.end_ms - window_s * 1000
        if explain:
            started_at = self._started_at(moment, series, window_s, above, float(best.excess[series]))
            if not good:
                contributors, standouts = self._contributors(moment, series, window_s)
        return Verdict(
            metric=self._metric.name,
            scope=self._index.scope(moment.reader.scopes, series),
            window_s=window_s,
            value=float(best.value[series]),
            expected=float(best.expected[series]),
            lower=float(best.lower[series]),
            upper=float(best.upper[series]),
            exposure=float(best.exposure[series]),
            excess=float(best.excess[series]),
            score=score,
            direction="up" if above else "down",
            reason=reason.name,
            good=good,
            insufficient=reason.insufficient,
            started_at=started_at,
            contributors=contributors,
            standouts=standouts,
            staffing=self._desk.told(moment, series) if self._desk is not None else None,
        )

    def _started_at(self, moment: Moment, series: int, window_s: int, above: bool, excess: float) -> int:
        """When the deviation began: of the last quarter of an hour to 10 s, else to the minute; cohorts by deadline."""
        if self._metric.traits.by_event:
            return moment.end_ms - window_s * 1000
        if window_s > CourseStep.MINUTE * CourseStep.MINUTE.count:
            began = self._ends.started(moment, series, above=above, excess=excess)
            return began or moment.end_ms - window_s * 1000
        start = moment.end_ms
        by_slots = window_s <= CourseStep.SLOT * CourseStep.SLOT.count and not self._metric.traits.sampled
        for step in CourseStep if by_slots else (CourseStep.MINUTE,):
            course = self._judge.course(moment, series, step, above)
            at = onset(course.counts, course.expected, course.rises, _RECENT_S // step)
            if at == len(course.counts):
                at = worst_stretch(course).start  # nothing of it is recent: the window remembers it
            start = moment.end_ms // (step * 1000) * (step * 1000) - (len(course.counts) - at) * step * 1000
            if at > 0:
                break  # else it began before what these steps show
        return max(start, moment.open_since or 0)

    def _contributors(
        self, moment: Moment, series: int, window_s: int
    ) -> tuple[list[Contributor], list[dict[str, str]]]:
        """Where the change comes from, by the dimensions in which segments stand out most, and which of them do.

        What is not named is the rest, with the scope of the series itself, so that all add up to the whole change.
        """
        best: tuple[Named, Contributions, list[int]] | None = None
        few, needed = 0, 0.0
        for dimensions, segments in self._index.finer(moment.reader.scopes, series):
            parts = self._judge.contributions(moment, series, segments, window_s)
            found = named(parts, _CONTRIBUTORS)
            if found.rows and (best is None or found.nats > needed * (_CLEARLY if dimensions > few else 1.0)):
                best, few, needed = (found, parts, segments), dimensions, found.nats
        if best is None:
            return [], []
        rows, parts, segments = best[0].rows, best[1], best[2]
        standouts = [self._index.scope(moment.reader.scopes, segments[row]) for row in best[0].standouts]
        told = [self._contributor(moment, segments[row], parts, [row]) for row in rows]
        rest = self._contributor(moment, series, parts, sorted(set(range(len(segments))) - set(rows)))
        return ([*told, rest] if abs(rest.share) >= _TOLD else told), standouts

    def _contributor(self, moment: Moment, segment: int, parts: Contributions, rows: list[int]) -> Contributor:
        share, rate, mix = (float(column[rows].sum()) for column in (parts.share, parts.rate, parts.mix))
        return Contributor(self._index.scope(moment.reader.scopes, segment), share, rate, mix)
