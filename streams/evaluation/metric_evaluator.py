"""Judges one metric at each tick, and learns its baselines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import structs

from detectors.alarm_budget import AlarmBudget
from detectors.judgement import Reason, insufficient, nothing
from detectors.state import pack, unpack
from streams.catalogue.lean import lean_places
from streams.evaluation.assessments import Assessments
from streams.evaluation.changes import Changes
from streams.evaluation.closed_quarters import ClosedQuarters
from streams.evaluation.earlier_entries import EarlierEntries
from streams.evaluation.end_finder import EndFinder
from streams.evaluation.held import HeldFindings
from streams.evaluation.judge import TellsStaffing
from streams.evaluation.judges import JUDGES
from streams.evaluation.last_sale import LastSale
from streams.evaluation.lean_judge import LeanJudge
from streams.evaluation.likes import likes
from streams.evaluation.moment import Moment
from streams.evaluation.opening import LocalClock
from streams.evaluation.pace import Pace
from streams.evaluation.past import Past
from streams.evaluation.present import Present, shortest_able
from streams.evaluation.preset import PresetLimit
from streams.evaluation.pulses import interval_of, kept, pulse_of, restored, unseen
from streams.evaluation.readings import Latest
from streams.evaluation.reporting import Reporting
from streams.evaluation.sale_plan import SalePlan
from streams.evaluation.series_index import SeriesIndex
from streams.evaluation.surprises import Surprises
from streams.evaluation.unsettled import UnsettledTroubles
from streams.evaluation.verdict_writer import VerdictWriter
from streams.evaluation.window_limits import WindowLimits
from streams.evaluation.window_reader import QUARTER_MS
from streams.records.verdicts import CLEAR_SCORE
from streams.register.holiday_calendar import HolidayCalendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.cells.assessment import Assessment
    from streams.evaluation.lean_reader import LeanReader
    from streams.evaluation.surprises import Surprise
    from streams.evaluation.window_reader import WindowReader
    from streams.records.verdicts import Assessed, Pulse, Verdict
    from streams.settings.calendar import CalendarEntry
    from streams.settings.settings import Settings

    Array = NDArray[np.float64]

_FOLLOW_MS = 60_000
_VERSION = 3  # of what detectors keep: 1 was before sequential tests, 2 before levels of the last hours and odds


class MetricEvaluator:
    """The judge of one metric's signal, what is reported of it, and for how long. Pure: ticks and quarters in order.

    Attributes:
        latest: value, expectation, band and score of every series at the last tick, for the metrics endpoint.

    """

    def __init__(
        self, metric: Metric, settings: Settings, calendar: tuple[CalendarEntry, ...] = (), metrics: int = 1
    ) -> None:
        """Fresh; `calendar` is what a catalogue plans besides the settings, `metrics` how many metrics it has."""
        self.metric = metric
        self._plan = SalePlan(metric, settings.calendar + calendar)
        self._changes = Changes(metric, settings.changes)
        self._last_sale = LastSale(likes(settings.calendar + calendar))
        hours = settings.opening_hours if metric.opening_hours else ()
        self._clock = LocalClock(settings.timezone, hours, HolidayCalendar(settings.holidays))
        self._judge = JUDGES[metric.signal](metric)
        self._pace = Pace(metric, self._judge)
        self._preset = PresetLimit(metric, self._judge)
        self._index = SeriesIndex(metric)
        self._earlier = EarlierEntries(metric, self._plan.likes, self._judge)
        self._quarters = ClosedQuarters(metric, self._judge, self._clock, self._plan, self._index)
        ends = EndFinder(self._judge)
        self._writer = VerdictWriter(metric, self._index, self._judge, ends)
        self._held = HeldFindings()
        self._past = Past(metric, self._index, ends)
        self._unsettled = UnsettledTroubles(metric, ends)
        self._present = Present(metric, self._judge)
        self._reporting = Reporting(self._pace.reported_ms)
        self._assessments = Assessments(metric, self._index, self._judge, self._held, self._past)
        self._surprises = Surprises(
            metric, self._judge, self._preset, self._index, self._held, self._past, self._reporting, self._assessments
        )
        self._limits = WindowLimits(len(metric.windows))
        self._budget = AlarmBudget(settings.false_warnings_a_day, metrics)
        self._lean = {place: LeanJudge(metric, place, self._budget) for place in lean_places(metric)}
        self._followed_ms = 0
        self.latest = Latest((), nothing(0))
        self._drawn = unseen(metric)

    def tick(self, now_ms: int, windows: WindowReader) -> tuple[list[Verdict], Pulse]:
        """Judges all series at a tick.

        Returns every series with score >= 1, those that were not clear since then for 20 minutes, and the pulse.
        """
        verdicts, drawn = self._judged(now_ms, windows)
        self._last_sale.note(now_ms, drawn)
        last = self._last_sale.at(now_ms)
        if last != self.latest.last_sale:
            self.latest = self.latest._replace(last_sale=last)
        if last is None and not self._changes.compared:
            return verdicts, drawn
        return verdicts, structs.replace(drawn, last_sale=last, changes=self._changes.compared)

    def _judged(self, now_ms: int, windows: WindowReader) -> tuple[list[Verdict], Pulse]:
        self._assessments.settle(now_ms)
        if self._plan.likes:
            self._index.follow(windows.scopes, windows.series_count)
            self._earlier.remember(now_ms - self.metric.settle_s * 1000, windows, self._index.whole)
        reported_again = self._pace.reports(now_ms, self._reporting)
        if not reported_again and self._pace.passes_over(now_ms):
            return [], self._drawn
        moment = self._moment(now_ms, windows)
        if not reported_again and not self._pace.worth_judging(moment):
            return [], self._drawn
        self._quarters.follow(windows)
        surprise = self._surprises.of(moment)
        best = surprise.best
        anomalous = best.score >= 1
        bad = anomalous & ~self._writer.good(best.direction)
        self._reporting.begin(now_ms, anomalous)
        reporting = self._reporting.reported(now_ms)
        unsettled = self._settle(moment, surprise, reporting)
        self._reporting.go_on(now_ms, anomalous | (reporting & (best.score >= CLEAR_SCORE)) | unsettled)
        self._follow(moment, bad)
        # What is drawn keeps to the shortest window that says something: a line must not jump between windows.
        shown = self._preset.band(self._judge.in_unit(moment, surprise.present, surprise.present_windows))
        shown = replace(shown, score=best.score)
        interval = interval_of(self._judge, moment, shown, self._index.whole, surprise.present_windows)
        allowed = self._allowed()
        needs = self._judge.needs if isinstance(self._judge, TellsStaffing) else None
        self.latest = Latest(windows.scopes, shown, allowed, self._index.whole, interval, needs)
        # What has nearly reached its limit may be the part that explains what a wider scope has reached.
        near = (best.score >= CLEAR_SCORE) & anomalous.any()
        reported = np.flatnonzero(self._index.judged & (self._reporting.reported(now_ms) | near))
        judged = self._shown(moment, surprise, reported)
        verdicts = self._writer.write(moment, judged, surprise.best_windows, reported)
        self._drawn = pulse_of(self.metric, shown, self._index.whole, interval)
        return verdicts, self._drawn

    def _allowed(self) -> float:
        """False warnings a day that the metric may have."""
        of_lean = self._budget.of_lean(1) if self._lean else 0.0
        return float(self._limits.a_day[self._index.judged].sum()) + of_lean

    def tick_lean(self, now_ms: int, lean: Mapping[int, LeanReader]) -> list[Verdict]:
        """Judges those series of lean scopes that are due at a tick; see `Evaluator`."""
        closed = self._clock.open_since(now_ms - self.metric.settle_s * 1000) is None
        return [
            verdict
            for place, reader in lean.items()
            for verdict in self._lean[place].tick(now_ms, reader, closed=closed)
        ]

    def lean(self, place: int) -> LeanJudge:
        """The judge of a lean scope, by number of the scope set."""
        return self._lean[place]

    def assess(self, now_ms: int, windows: WindowReader, series: int, assessment: Assessment) -> Assessed:
        """Lets feedback about a series act, before the tick is judged; what it changed."""
        return self._assessments.act(self._moment(now_ms, windows), series, assessment)

    def _moment(self, now_ms: int, windows: WindowReader) -> Moment:
        count = windows.series_count
        if count > len(self._limits.a_day):
            self._index.follow(windows.scopes, count)
            self._limits.share(self._budget.of_series(self._index.judged, self._index.whole, lean=bool(self._lean)))
            for growing in (self._reporting, self._past, self._unsettled, self._judge, self._assessments):
                growing.grow(count)
        return Moment(
            now_ms,
            self.metric.settle_s,
            windows,
            self._clock,
            self._plan,
            self._index.whole,
            self._limits,
            self._earlier if self._plan.likes else None,
        )

    def _follow(self, moment: Moment, bad: NDArray[np.bool_]) -> None:
        """Lets the judge follow the present, once a minute, while it is open."""
        now_ms = moment.now_ms
        if now_ms - self._followed_ms < _FOLLOW_MS:
            return
        elapsed_s = 60.0 if self._followed_ms == 0 else min((now_ms - self._followed_ms) / 1000, 3600.0)
        if moment.open_since is not None:
            calm = self._reporting.calm(now_ms, bad)
            untaught = self._assessments.untaught(moment.end_ms, moment.end_ms + 1, moment.size)
            self._judge.follow(moment, elapsed_s, calm if untaught is None else calm & ~untaught)
        self._followed_ms = now_ms

    def _settle(self, moment: Moment, surprise: Surprise, reporting: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Takes from what is unsettled what was said of it; what is over is clear, also with too little to judge by."""
        best = surprise.best
        if not (reporting | (best.score >= CLEAR_SCORE)).any():
            return reporting
        due = {finding.window_s for finding in surprise.findings}
        able = shortest_able(moment.size, surprise.findings, self._held.stale(due))
        unsettled = self._unsettled.settle(moment, best, surprise.best_windows, able, reporting, self._past)
        best.reason[unsettled] = Reason.INSUFFICIENT_EXPOSURE
        over = self._unsettled.ended(self._past) & reporting & (best.reason == Reason.INSUFFICIENT_EXPOSURE)
        best.reason[over] = Reason.NORMAL
        best.score[unsettled | over] = 0.0
        return unsettled

    def _shown(self, moment: Moment, surprise: Surprise, reported: NDArray[np.intp]) -> Judgement:
        """What the verdicts say: of what is clear, what it is now, of all else the most surprising."""
        best, findings = surprise.best, surprise.findings
        clear = reported[(best.score[reported] < CLEAR_SCORE) & ~insufficient(best.reason[reported])]
        due = {finding.window_s for finding in findings}
        held = list(self._held.stale(due)) if len(clear) else []
        past, bad = self._past.until, self._unsettled.bad
        shown = self._present.shown(moment, best, surprise.best_windows, clear, findings, held, past, bad)
        return self._preset.band(shown)

    def silent_before(self, quarter_start_ms: int) -> range:
        """The starts of the quarters passed over before this one, which held nothing, up to four days of them."""
        return self._quarters.silent_before(quarter_start_ms)

    def close_quarter(self, quarter_start_ms: int, counts: NDArray[np.int64], windows: WindowReader) -> None:
        """Learns from a quarter of an hour that is over for good, the late plane included.

        Args:
            quarter_start_ms: its start; quarters come in order. What is left out before it is unknown, not zero: see
                `silent_before`.
            counts: int64[components, n_series]: a row for each of the metric's components in order, or a row for each
                `Component` up to the last one used.
            windows: of the metric, for its series.

        Raises ValueError for any other number of rows.
        """
        self._index.follow(windows.scopes, counts.shape[1])
        untaught = self._assessments.untaught(quarter_start_ms, quarter_start_ms + QUARTER_MS, counts.shape[1])
        self._quarters.close(quarter_start_ms, counts, untaught)
        self._changes.close_quarter(quarter_start_ms, counts, self._index.whole)
        self._earlier.close_quarter(quarter_start_ms, counts, self._index.whole)

    def to_bytes(self) -> bytes:
        """Baselines and what is being reported. The same history gives the same bytes."""
        times = np.array([self._followed_ms], dtype=np.int64)
        learned = np.frombuffer(self._judge.to_bytes(), dtype=np.uint8)
        state: dict[str, NDArray[Any]] = {"since": self._reporting.since, "last": self._reporting.last}
        state |= {"times": times, "learned": learned, "version": np.array([_VERSION])}
        state |= {"drawn": kept(self._drawn)} | self._last_sale.arrays() | self._changes.arrays()
        state |= {"past": self._past.until, "past.found": self._past.found} | self._unsettled.arrays()
        state |= self._quarters.arrays() | self._assessments.arrays() | self._limits.arrays() | self._earlier.arrays()
        return pack(state | self._held.arrays())

    def from_bytes(self, payload: bytes) -> None:
        """Takes over what `to_bytes` of the same metric described. Raises ValueError for anything else.

        A state of other detectors says nothing to these: with it they begin anew.
        """
        arrays = unpack(payload)
        if int(arrays.get("version", np.ones(1))[0]) != _VERSION:
            return
        self._reporting.since, self._reporting.last, self._past.until = arrays["since"], arrays["last"], arrays["past"]
        self._followed_ms = int(arrays["times"][0])
        self._drawn = restored(self.metric, arrays["drawn"])
        # A state of before ends were looked for has found none.
        self._past.found = arrays.get("past.found", np.zeros_like(self._past.until))
        self._unsettled.restore(arrays, len(self._past.until))
        self._judge.restore(arrays["learned"].tobytes())
        self._held.restore(arrays)
        self._quarters.restore(arrays)
        self._assessments.restore(arrays)
        self._limits.restore(arrays)
        self._earlier.restore(arrays)
        self._last_sale.restore(arrays)
        self._changes.restore(arrays)
