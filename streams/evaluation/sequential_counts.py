"""Finds changes of counts by what has added up since they began, whatever the length of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.alarm_budget import LEAST_NATS, TOLD, limit
from detectors.bank import FALLS, RISES, Bank, Run, Step, Sudden
from detectors.chance_runs import ChanceRuns
from detectors.clumps import Clumps
from detectors.judgement import ALMOST, MAXIMUM_SCORE, Judgement, Reason
from detectors.recent_level import RecentLevel
from detectors.seasonal import QUARTER_S
from detectors.shares import Shares
from detectors.state import pack, unpack
from detectors.verdict import BAND
from streams.evaluation.count_budget import budget, looks_a_day
from streams.evaluation.followed import Followed
from streams.evaluation.in_plan import in_plan
from streams.evaluation.judge import Finding
from streams.evaluation.window_reader import QUARTER_MS, TICK_MS
from streams.records.verdicts import CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.day import Day
    from detectors.seasonal import Usual
    from detectors.shares import Odds
    from streams.catalogue.metric import Component, Metric
    from streams.evaluation.edges import Edges
    from streams.evaluation.expected_counts import ExpectedCounts
    from streams.evaluation.in_plan import InPlan
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_STALLED = 0.05  # the size of a change that is a stall
_DAY_S = 86_400.0
_AROUND_S = 10_800  # shares are those of so long around the present
_CALM = 6.0  # nats: what has added up to less teaches what is usual
_MINUTE_MS = 60_000
_THIN, _VERY_THIN = 0.5, 0.02  # events in 10 s
_MANY = 4.0
_FOLLOWS = 4.0  # an activity that is e^4 times its usual says nothing any more
_LASTING = 0.005  # relative variance of a level against itself an hour ago


class SequentialCounts:
    """Follows the bank of tests of a metric's counts from one judged tick to the next.

    Parts are held against their share of the rest of the whole as well as against themselves. Ticks that were left out
    are taken in at the next one; a silence of the whole shop is followed for a day.

    Args:
        metric: its catalogue entry.
        expected: what a series expects by itself.
        counted: the component that is counted.
        falls: whether only falls are looked for.

    """

    def __init__(self, metric: Metric, expected: ExpectedCounts, counted: Component, *, falls: bool = False) -> None:
        self._metric = metric
        self._expected = expected
        self._counted = counted
        self._bank = Bank(FALLS if falls else FALLS + RISES)  # what is good is news as well
        self._clumps = Clumps()
        self._shares = Shares()
        self._chance = (ChanceRuns(), ChanceRuns())  # of falls and of rises
        self._budget = budget(metric, falls=falls)
        self._recent = RecentLevel()
        self._followed = Followed()
        self._around: tuple[Array, Array, Array] = (np.zeros(0), np.zeros(0), np.zeros(0))  # usual, evidence, days
        self._of_quarter = (0, 0)
        self._edges: Edges | None = None
        self._minute = (0, 0)  # for which they are made
        self._limits: Array = np.zeros((2, 0))  # of falls and of rises, as they were last
        self._looking: tuple[Array, Array | None] | None = None  # looks a day where all is known, by the middle

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._bank.grow(size)
        self._clumps.grow(size)
        self._shares.grow(size)
        for chance in self._chance:
            chance.grow(size)
        self._recent.grow(size)

    def learn(self, quarter: Quarter, counts: Array) -> None:
        """Takes in a closed quarter of an hour, before the usual day does."""
        self._edges, self._of_quarter = None, (0, 0)
        whole = quarter.whole
        self.grow(len(counts))
        self._expected.usual.grow(len(counts))
        if not self._expected.follows_activity:
            usual = self._expected.usual.usual(quarter.second_of_day + QUARTER_S, QUARTER_S, whole, day=quarter.day)
            self._recent.learn(counts, usual.middle, usual.days)
        if not 0 <= whole < len(counts):
            return
        usual = self._usual_around(quarter.second_of_day + (QUARTER_S + _AROUND_S) / 2, quarter.day, whole)
        odds = self._shares.odds(usual.middle, usual.evidence, usual.days, whole)
        self._shares.learn(counts, odds.odds, whole)

    def watch(self, moment: Moment) -> bool:
        """Takes in what came since the last time, and says whether any run has come far towards its limit.

        Thin series are followed every one or five minutes, but for slots that hold more than chance.
        """
        most = self._expected.largest(TICK_MS // 1000)
        every_ms = TICK_MS if most >= _THIN else _MINUTE_MS if most >= _VERY_THIN else 5 * _MINUTE_MS
        if moment.end_ms % every_ms and moment.raw(self._counted, TICK_MS // 1000).max(initial=0.0) < _MANY:
            return False
        self.follow(moment)
        nats = self._bank.nats()
        return nats.shape != self._limits.shape or bool((nats >= CLEAR_SCORE * self._limits).any())

    def forget_expected(self) -> None:
        """What is expected has changed, as the level has moved."""
        self._edges = None

    def follow(self, moment: Moment) -> None:
        """Takes in what came since the last time, once a tick."""
        if self._followed.until_ms == moment.end_ms:
            return
        edges = self._expected_now(moment)
        gap = self._followed.gap(moment)
        if gap.anew:
            self._bank.begin()
        seconds = gap.ms / 1000
        counts = moment.reader.recent(self._counted, gap.slots).astype(np.float64)
        times = self._times(moment, edges, seconds)
        plan = in_plan(moment, int(seconds), edges.low * times, edges.high * times)
        step = self._step(moment, edges, counts, plan, times, seconds)
        self._bank.follow(step)
        nats = self._bank.nats()
        looks = np.where(np.isfinite(step.high), self._looks(moment, edges), 0.0)
        for chance, of, begun, limits in zip(self._chance, nats, looks, self._limits, strict=True):
            chance.follow(of, begun, limits, moment.whole, seconds)
        calm = nats.max(axis=0) < _CALM
        usual, remembered = edges.middle * times, plan.remembered
        self._clumps.follow(counts, np.where(remembered, (plan.low + plan.high) / 2, usual), seconds, calm)
        if moment.whole >= 0:
            self._shares.follow(counts, moment.whole, seconds, calm)
        low = np.where(remembered, plan.low, usual * edges.least * plan.least)
        high = np.where(remembered, plan.high, usual * edges.most * plan.most)
        self._recent.follow(counts, np.clip(counts, low, high), edges.spread + edges.wobble, seconds, calm)

    def _expected_now(self, moment: Moment) -> Edges:
        """What is expected by itself: it changes by the minute, with an activity by the tick."""
        minute = (moment.end_ms // (TICK_MS if self._expected.follows_activity else _MINUTE_MS), moment.size)
        if self._edges is None or self._minute != minute:
            self._edges, self._minute = self._expected.edges(moment), minute
        return self._edges

    def _times(self, moment: Moment, edges: Edges, seconds: float) -> Array:
        """What is usual of the step, in times of the shortest window."""
        if seconds <= QUARTER_S:
            return np.full(moment.size, seconds / self._metric.windows[0])
        usual = self._expected.usual.usual(moment.end_s, int(seconds), moment.whole, day=moment.day)
        times: Array = np.nan_to_num(usual.middle) / np.maximum(edges.middle, 1e-9)
        return times

    def _step(self, moment: Moment, edges: Edges, counts: Array, plan: InPlan, times: Array, seconds: float) -> Step:
        """`times`: the step in times of the shortest window."""
        remembered = plan.remembered
        clumped, wobble = self._clumps.size(), edges.wobble
        unsure = np.where(remembered, plan.unsure, edges.unsure + _LASTING)
        shared, odds = np.full(moment.size, np.nan), np.zeros(moment.size)
        if 0 <= moment.whole < moment.size:
            found = self._odds(moment)
            shared = found.odds * np.maximum(counts[moment.whole] - counts, 0.0)
            known, odds = np.isfinite(shared), np.nan_to_num(found.odds)
            wobble, unsure = np.where(known, self._shares.wobble(), wobble), np.where(known, found.unsure, unsure)
        sudden = self._sudden(edges, times * plan.least, times * plan.most, shared)
        sudden = Sudden(*(np.where(remembered, np.nan, of) for of in sudden))  # the last hours say nothing of a wave
        alone = edges.wobble + np.where(remembered, plan.unsure, edges.unsure + edges.spread + _LASTING)
        return Step(counts, plan.low, plan.high, shared, wobble, unsure, clumped, odds, seconds, sudden, alone)

    def _sudden(self, edges: Edges, least: Array, most: Array, shared: Array) -> Sudden:
        """By the level of the last hours, and away from the usual: what goes back to that is no news.

        Parts have their share of the rest instead, but on a day that is unlike all that were seen: shares are others.
        """
        recent = self._recent.now(edges.spread + edges.wobble)
        told = edges.evidence > 0  # of what has had no event yet, no hour says how much more it may have
        known = told & ~(np.isfinite(shared) & (edges.low > 0)) & np.isfinite(edges.middle)
        # The further an activity is from its usual, the less what comes with it, or hours later, is known by it.
        far = (np.log(edges.most / np.maximum(edges.least, 1e-9)) / _FOLLOWS) ** 2
        unsure = np.where(known, recent.unsure + recent.moves / 2 + edges.unsure + far, np.nan)
        least_known = 1 + 1 / np.maximum(edges.evidence, 1.0)  # of so few events, one more was as likely
        low = np.where(known, edges.lower, np.nan) * np.minimum(recent.mean, 1.0)
        high = np.where(known, edges.upper, np.nan) * least_known * np.maximum(recent.mean, 1.0)
        return Sudden(low * edges.least * least, high * edges.most * most, unsure)

    def _odds(self, moment: Moment) -> Odds:
        """Of the hours around: a quarter of a thin part says little. They change with the quarter of an hour."""
        quarter = moment.end_ms // QUARTER_MS
        if self._of_quarter != (quarter, moment.size):
            middle_s = (moment.end_s // QUARTER_S + 0.5) * QUARTER_S + _AROUND_S / 2
            usual = self._usual_around(middle_s, moment.day, moment.whole)
            self._around, self._of_quarter = (usual.middle, usual.evidence, usual.days), (quarter, moment.size)
        return self._shares.odds(*self._around, moment.whole)

    def _usual_around(self, end_s: float, day: Day, whole: int) -> Usual:
        if end_s > _DAY_S:
            end_s, day = end_s - _DAY_S, day.plus(1)
        return self._expected.usual.usual(end_s, _AROUND_S, whole, day=day)

    def forget(self, rows: NDArray[np.intp]) -> None:
        """What has added up in these rows is over: something else is expected of them."""
        forgotten = np.isin(np.arange(self._bank.size), rows)
        self._bank.forget(forgotten)
        self._recent.forget(forgotten)
        self._edges, self._of_quarter = None, (0, 0)

    def finding(self, moment: Moment) -> Finding:
        """What the runs say, each over its own time."""
        self.follow(moment)
        edges = self._expected_now(moment)
        limits = limit(moment.allowed * self._budget / TOLD, self._looks(moment, edges))
        shifts = [chance.shift(of, moment.whole) for chance, of in zip(self._chance, limits, strict=True)]
        self._limits = np.maximum(limits + shifts, LEAST_NATS)
        run = self._bank.run(self._limits)
        judged = self._judged(run, np.isfinite(edges.high))
        return Finding(0, judged, np.maximum(run.seconds, TICK_MS / 1000).astype(np.int32))

    def _looks(self, moment: Moment, edges: Edges) -> Array:
        """How often a day a fall and a rise may err, by what is usual, or else by what came or should have."""
        if self._looking is None or self._looking[0] is not edges.middle:
            known = np.isfinite(edges.middle)
            a_day = edges.middle * (_DAY_S / self._metric.windows[0])
            self._looking = (edges.middle, looks_a_day(a_day) if known.all() else None)
        if self._looking[1] is not None:
            return self._looking[1]
        longest = self._metric.windows[-1]
        lately = moment.raw(self._counted, longest)
        if 0 <= moment.whole < moment.size:
            share = np.nan_to_num(self._odds(moment).odds) * np.maximum(lately[moment.whole] - lately, 0.0)
            lately = np.maximum(lately, share)
        a_day = np.where(np.isfinite(edges.middle), edges.middle / self._metric.windows[0], lately / longest) * _DAY_S
        return looks_a_day(a_day)

    def _judged(self, run: Run, known: NDArray[np.bool_]) -> Judgement:
        deviation = run.seen - run.expected
        enough = np.where(deviation > 0, run.seen, run.expected) >= self._metric.minimum_exposure
        matters = np.abs(deviation) >= self._metric.minimum_effect * run.expected
        # What has too few events to be told by itself may still be the part that explains a wider scope.
        most = np.where(enough, MAXIMUM_SCORE, ALMOST)
        scores = np.where(matters, np.minimum(run.nats / run.limit, most), 0.0)
        reason = np.where(known, Reason.NORMAL, Reason.WARMING_UP).astype(np.int8)
        reason[enough & ~matters & (run.nats >= run.limit)] = Reason.BELOW_MINIMUM_EFFECT
        found = scores >= 1
        falls = np.where(run.size <= _STALLED, Reason.STALL, Reason.COLLAPSE)
        reason[found] = np.where(deviation > 0, Reason.SURGE, falls)[found]
        per_minute = 60.0 / np.maximum(run.seconds, 1.0)
        half = np.maximum(BAND * np.sqrt(run.spread), self._metric.minimum_effect) * run.expected
        return Judgement(
            score=scores,
            value=run.seen * per_minute,
            expected=run.expected * per_minute,
            lower=np.maximum(run.expected - half, 0.0) * per_minute,
            upper=(run.expected + half) * per_minute,
            exposure=np.maximum(run.seen, run.expected),
            excess=np.abs(deviation),
            reason=reason,
            direction=np.sign(deviation).astype(np.int8),
        )

    def _parts(self) -> Iterator[tuple[str, Bank | Clumps | Shares | RecentLevel | ChanceRuns]]:
        yield from (("bank", self._bank), ("clumps", self._clumps), ("shares", self._shares), ("recent", self._recent))
        yield from zip(("falls", "rises"), self._chance, strict=True)

    def to_bytes(self) -> bytes:
        """The whole state."""
        parts = {name: np.frombuffer(of.to_bytes(), dtype=np.uint8) for name, of in self._parts()}
        return pack(parts | {"followed": np.array([self._followed.until_ms]), "limits": self._limits})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described."""
        arrays = unpack(payload)
        for name, part in self._parts():
            part.restore(arrays[name].tobytes())
        self._followed.until_ms, self._limits = int(arrays["followed"][0]), arrays["limits"]
