"""Judges one metric at each tick, and learns its baselines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.judgement import Judgement, Reason, insufficient, nothing
from detectors.state import grown, pack, unpack
from streams.catalogue.metric import HISTOGRAMS, OF_CASES, Component, Signal
from streams.evaluation.count_judge import CountJudge
from streams.evaluation.duration_judge import DurationJudge
from streams.evaluation.end_finder import EndFinder
from streams.evaluation.gauge_judge import GaugeJudge
from streams.evaluation.held import SHORT_S, HeldFindings
from streams.evaluation.mean_judge import MeanJudge
from streams.evaluation.moment import Moment
from streams.evaluation.opening import LocalClock
from streams.evaluation.past import CLEAR, Past
from streams.evaluation.present import Present, shortest_able
from streams.evaluation.preset import PresetLimit
from streams.evaluation.ratio_judge import RatioJudge
from streams.evaluation.readings import Latest
from streams.evaluation.sale_plan import SalePlan
from streams.evaluation.series_index import SeriesIndex
from streams.evaluation.unsettled import UnsettledTroubles
from streams.evaluation.verdict_writer import VerdictWriter
from streams.evaluation.window_reader import TICK_MS, due
from streams.records.verdicts import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Finding, Judge
    from streams.evaluation.window_reader import WindowReader
    from streams.records.verdicts import Verdict
    from streams.settings.settings import CalendarEntry, Settings

    Array = NDArray[np.float64]

QUARTER_MS = 900_000
_REMEMBER_MS = 1_200_000  # so long a series is reported after it was last not clear: alerts end within that time
_LATELY_MS = 30_000  # a score that trembles around the limit is still the same deviation
_FOLLOW_MS = _LOOK_AGAIN_MS = 60_000
_UNHURRIED_S = 300  # a shortest window of five minutes moves little in ten seconds
_FREEZE_MS = 7_200_000  # an anomaly older than this is followed after all
_COUNTS = (Signal.COUNT, Signal.PER_THOUSAND, Signal.LAST)  # without a denominator in the same window
_JUDGES: dict[Signal, Callable[[Metric], Judge]] = {
    Signal.RATIO: RatioJudge,
    Signal.COHORT: RatioJudge,
    Signal.MEAN: MeanJudge,
    Signal.QUANTILE: DurationJudge,
    Signal.SPREAD: DurationJudge,
    Signal.NET: RatioJudge,
    Signal.LAST: GaugeJudge,
}


class MetricEvaluator:
    """The judge of one metric's signal, what is reported of it, and for how long. Pure: ticks and quarters in order.

    Attributes:
        latest: value, expectation, band and score of every series at the last tick, for the metrics endpoint.

    """

    def __init__(self, metric: Metric, settings: Settings, calendar: tuple[CalendarEntry, ...] = ()) -> None:
        """Fresh; `calendar` is what a catalogue plans besides the settings."""
        self.metric = metric
        self._plan = SalePlan(metric, settings.calendar + calendar)
        self._clock = LocalClock(settings.timezone, settings.opening_hours if metric.opening_hours else ())
        if metric.signal in {Signal.COUNT, Signal.PER_THOUSAND}:
            self._judge: Judge = CountJudge(metric, self._plan)
        else:
            self._judge = _JUDGES[metric.signal](metric)
        self._preset = PresetLimit(metric, self._judge)
        self._index = SeriesIndex(metric)
        ends = EndFinder(self._judge)
        self._writer = VerdictWriter(metric, self._index, self._judge, ends)
        self._partner: dict[int, NDArray[np.int32]] = {}
        self._held = HeldFindings()
        self._past = Past(metric, self._index, ends)
        self._unsettled = UnsettledTroubles(metric, ends)
        self._present = Present(metric, self._judge)
        self._since: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # tick at which the present anomaly was found
        # The last tick that was anomalous, or not yet clear after that.
        self._last: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._peers: Array = np.zeros(0)
        self._followed_ms = 0
        self._pace_ms = _pace_ms(metric)
        self.latest = Latest((), nothing(0))
        self._drawn = self._unseen = Pulse(metric.name, 0.0, 0.0, 0.0, 0.0, 0.0, missing=True)

    def tick(self, now_ms: int, windows: WindowReader) -> tuple[list[Verdict], Pulse]:
        """Judges all series at a tick.

        Returns every series with score >= 1, those that were not clear since then for 20 minutes, and the pulse.
        """
        if not self._worth_judging(now_ms, windows):
            return [], self._drawn
        count = windows.series_count
        if count > len(self._peers):
            self._index.follow(windows.scopes, count)
            self._peers = self._index.peers()
        self._grow(count)
        moment = Moment(now_ms, self.metric.settle_s, windows, self._clock, self._index.whole)
        moment.peers = self._peers
        moment.open_since = self._clock.open_since(moment.end_ms)
        for component in self.metric.components():
            self._partner[component] = windows.partner(component)
        best, best_windows, present, present_windows, findings = self._most_surprising(moment)
        anomalous = best.score >= 1
        bad = anomalous & ~self._writer.good(best.direction)
        self._since = np.where(anomalous, np.where(self._since > 0, self._since, now_ms), 0)
        reporting = self._reported(now_ms)
        unsettled = self._settle(moment, best, best_windows, findings, reporting)
        self._last = np.where(anomalous | (reporting & (best.score >= CLEAR)) | unsettled, now_ms, self._last)
        if now_ms - self._followed_ms >= _FOLLOW_MS:
            elapsed_s = 60.0 if self._followed_ms == 0 else min((now_ms - self._followed_ms) / 1000, 3600.0)
            if moment.open_since is not None:
                calm = ~bad | (now_ms - self._since >= _FREEZE_MS)
                self._judge.follow(moment, elapsed_s, calm)
            self._followed_ms = now_ms
        # What is drawn keeps to the shortest window that says something: a line must not jump between windows.
        shown = self._preset.band(self._judge.told(moment, present, present_windows))
        shown = replace(shown, score=best.score)
        self.latest = Latest(windows.scopes, shown)
        reported = np.flatnonzero(self._index.judged & self._reported(now_ms))
        told = self._told(moment, best, best_windows, findings, reported)
        verdicts = self._writer.write(moment, told, best_windows, reported)
        self._drawn = self._pulse(shown)
        return verdicts, self._drawn

    def _worth_judging(self, now_ms: int, windows: WindowReader) -> bool:
        """Whether any series has exposure, or is being reported: a thin metric is looked at every quarter of an hour.

        What is passed over would have been insufficient for all series. So a year of a small shop costs minutes. A
        metric of long windows is looked at every half minute or minute, while nothing of it is reported.
        """
        if now_ms % QUARTER_MS == 0 or bool(self._reported(now_ms).any()):
            return True
        if now_ms % self._pace_ms:
            return False
        counted: Iterable[int] = [Component.NUMERATOR if self.metric.signal in _COUNTS else Component.DENOMINATOR]
        if self.metric.signal in HISTOGRAMS:
            counted = self.metric.rows()
        return any(
            sum(int(windows.sums(number, window_s).max(initial=0)) for number in counted)
            >= self.metric.minimum_exposure
            or self._judge.largest_expected(window_s) >= self.metric.minimum_exposure
            for window_s in self.metric.windows
            if due(window_s, now_ms)
        )

    def _reported(self, now_ms: int) -> NDArray[np.bool_]:
        return (self._last > 0) & (now_ms - self._last <= _REMEMBER_MS)

    def _settle(
        self,
        moment: Moment,
        best: Judgement,
        best_windows: NDArray[np.int32],
        findings: list[Finding],
        reporting: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Takes from what is unsettled what was said of it; what is over is clear, also with too little to judge by."""
        if not (reporting | (best.score >= CLEAR)).any():
            return reporting
        due = {finding.window_s for finding in findings}
        able = shortest_able(moment.size, findings, self._held.stale(due))
        unsettled = self._unsettled.settle(moment, best, best_windows, able, reporting, self._past)
        best.reason[unsettled] = Reason.INSUFFICIENT_EXPOSURE
        over = self._unsettled.ended(self._past) & reporting & (best.reason == Reason.INSUFFICIENT_EXPOSURE)
        best.reason[over] = Reason.NORMAL
        best.score[unsettled | over] = 0.0
        return unsettled

    def _told(
        self,
        moment: Moment,
        best: Judgement,
        best_windows: NDArray[np.int32],
        findings: list[Finding],
        reported: NDArray[np.intp],
    ) -> Judgement:
        """What the verdicts say: of what is clear, what it is now, of all else the most surprising."""
        clear = reported[(best.score[reported] < CLEAR) & ~insufficient(best.reason[reported])]
        due = {finding.window_s for finding in findings}
        held = list(self._held.stale(due)) if len(clear) else []
        past, bad = self._past.until, self._unsettled.bad
        told = self._present.told(moment, best, best_windows, clear, findings, held, past, bad)
        return self._preset.band(told)

    def _grow(self, count: int) -> None:
        self._since, self._last = grown(self._since, count), grown(self._last, count)
        self._past.grow(count)
        self._unsettled.grow(count)
        self._judge.grow(count)

    def _most_surprising(
        self, moment: Moment
    ) -> tuple[Judgement, NDArray[np.int32], Judgement, NDArray[np.int32], list[Finding]]:
        """By series: the most surprising judgement and its window, and the same of the shortest that says something.

        And what was found over each of the windows that are due.
        """
        best = nothing(moment.size)
        best_windows = np.full(moment.size, self.metric.windows[0], dtype=np.int32)
        present_windows = best_windows.copy()
        if moment.open_since is None:
            best.reason[:] = Reason.CLOSED
            return best, best_windows, best, present_windows, []
        open_s = (moment.end_ms - moment.open_since) / 1000
        open_windows = tuple(window_s for window_s in self.metric.windows if window_s <= open_s)
        if not open_windows:
            best.reason[:] = Reason.CLOSED
            return best, best_windows, best, present_windows, []
        windows = tuple(window_s for window_s in open_windows if window_s <= SHORT_S or due(window_s, moment.now_ms))
        for window_s in windows:
            self._held.forget(window_s)
        present = best
        shorter: list[Finding] = []
        deviating = (self._last > 0) & (moment.now_ms - self._last <= _LATELY_MS)
        reported = self._reported(moment.now_ms)
        for place, judged in enumerate(self._judge.findings(moment, windows)):
            finding = self._preset.applied(moment, judged, reported)
            self._past.leave(moment, finding, shorter, deviating)
            shorter.append(finding)
            if place == 0:
                # Copies: columns of a judgement may be the very sums that the next one is made of.
                best = finding.judgement.taken(np.arange(moment.size))
                present = finding.judgement.taken(np.arange(moment.size))
                best_windows[:] = finding.window_s
            else:
                self._keep(best, best_windows, finding)
                unknown = np.flatnonzero(insufficient(present.reason) & ~insufficient(finding.judgement.reason))
                if len(unknown):
                    present.put(unknown, finding.judgement.taken(unknown))
                    of = finding.windows
                    present_windows[unknown] = finding.window_s if of is None else of[unknown]
            self._held.hold(finding)
        if moment.now_ms % _LOOK_AGAIN_MS == 0:
            for window_s, rows, judgement in self._held.stale(set(windows)):
                lasting = np.flatnonzero(deviating[rows])
                self._past.revisit(moment, window_s, rows[lasting], judgement.taken(lasting))
        self._held.put(best, best_windows, set(windows), self._past.until, moment.end_ms)
        best.score[~self._index.judged] = 0.0
        return best, best_windows, present, present_windows, shorter

    @staticmethod
    def _keep(best: Judgement, best_windows: NDArray[np.int32], finding: Finding) -> None:
        rows = np.flatnonzero(finding.judgement.beats(best))
        if len(rows) == 0:
            return
        best.put(rows, finding.judgement.taken(rows))
        best_windows[rows] = finding.window_s if finding.windows is None else finding.windows[rows]

    def _pulse(self, shown: Judgement) -> Pulse:
        whole = self._index.whole
        if whole < 0:
            return self._unseen
        columns = (shown.value, shown.expected, shown.lower, shown.upper, shown.score)
        value, expected, lower, upper, score = (float(column[whole]) for column in columns)
        if shown.reason[whole] == Reason.WARMING_UP:
            expected = lower = upper = 0.0  # detectors say the value itself, and nobody may read it as an expectation
        missing = self.metric.signal in OF_CASES and not shown.exposure[whole] > 0
        return Pulse(self.metric.name, value, expected, lower, upper, score, missing)

    def close_quarter(self, quarter_start_ms: int, counts: NDArray[np.int64]) -> None:
        """Learns from a quarter of an hour that is over for good, the late plane included.

        Args:
            quarter_start_ms: its start; quarters come in order, those that were never closed are unknown, not zero.
            counts: int64[components, n_series]: a row for each of the metric's components in order, or a row for each
                `Component` up to the last one used.

        Raises ValueError for any other number of rows.
        """
        quarter_end_ms = quarter_start_ms + QUARTER_MS
        if not self._clock.is_open(quarter_start_ms, quarter_end_ms) or self._plan.touches(
            quarter_start_ms, quarter_end_ms
        ):
            return
        histogram = self.metric.signal in HISTOGRAMS
        used = sorted(self.metric.rows() if histogram else self.metric.components())
        if len(counts) > used[-1]:
            rows = {int(component): counts[component].astype(np.float64) for component in used}
        elif len(counts) == len(used):
            rows = {int(component): row.astype(np.float64) for component, row in zip(used, counts, strict=True)}
        else:
            raise ValueError(f"{len(counts)} rows for the components {[int(component) for component in used]}")
        size = counts.shape[1]
        itself = np.arange(size, dtype=np.int32)
        partner = {
            int(component): np.concatenate([known[:size], itself[len(known) :]])
            for component in ([] if histogram else used)
            for known in [self._partner.get(component, itself)]
        }
        self._judge.learn(self._clock.second_of_day(quarter_start_ms), rows, partner)

    def to_bytes(self) -> bytes:
        """Baselines and what is being reported. The same history gives the same bytes."""
        times = np.array([self._followed_ms], dtype=np.int64)
        learned = np.frombuffer(self._judge.to_bytes(), dtype=np.uint8)
        state: dict[str, NDArray[Any]] = {"since": self._since, "last": self._last, "times": times, "learned": learned}
        state |= {"past": self._past.until, "past.found": self._past.found} | self._unsettled.arrays()
        state |= {f"partner{int(component)}": array for component, array in sorted(self._partner.items())}
        return pack(state | self._held.arrays())

    def from_bytes(self, payload: bytes) -> None:
        """Takes over what `to_bytes` of the same metric described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._since, self._last, self._past.until = arrays["since"], arrays["last"], arrays["past"]
        self._followed_ms = int(arrays["times"][0])
        # A state of before ends were looked for has found none.
        self._past.found = arrays.get("past.found", np.zeros_like(self._past.until))
        self._unsettled.restore(arrays, len(self._past.until))
        self._judge.restore(arrays["learned"].tobytes())
        self._held.restore(arrays)
        self._partner = {
            int(component): arrays[f"partner{int(component)}"]
            for component in Component
            if f"partner{int(component)}" in arrays
        }


def _pace_ms(metric: Metric) -> int:
    """How often a metric is looked at. Counts are followed from tick to tick: a stall shows within seconds."""
    if metric.signal in {Signal.COUNT, Signal.LAST} or metric.windows[0] < _UNHURRIED_S:
        return TICK_MS
    return 60_000 if metric.windows[0] >= SHORT_S else 30_000
