"""Finds changes of ratios by what has added up since they began, whatever the length of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.alarm_budget import TOLD
from detectors.judgement import ALMOST, MAXIMUM_SCORE, Judgement, Reason, nothing
from detectors.ratio_bank import Expected, RatioBank, evidence, limit_of_trials
from detectors.state import grown, pack, unpack
from detectors.verdict import BAND
from streams.catalogue.metric import Direction
from streams.evaluation.followed import Followed
from streams.evaluation.judge import Finding
from streams.evaluation.window_reader import TICK_MS
from streams.records.verdicts import CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from detectors.ratio_bank import Ends, RatioRun
    from detectors.ratio_baseline import UsualRatio
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]
    Read = Callable[[Moment, int], tuple[Array, Array]]

_NEAR = 4.0
_DELAY, _LONGEST_DELAY = 5, 18  # part of the shortest window, and slots of 10 s: from a trial to its outcome
_DAY_S = 86_400.0
_FAR = 0.7  # of a limit: from there on the bank looks for the end of a change


class _Tick(NamedTuple):
    """What a tick brought: what was expected, the limits in nats, the runs that came far, the changes that are over."""

    expected: Expected
    limits: Array
    run: RatioRun
    ends: Ends


class SequentialRatios:
    """Follows the bank of tests of a metric's ratios from one judged tick to the next.

    Ticks that were left out are taken in at the next one. Run lengths are told as windows.

    Args:
        metric: its catalogue entry.
        minimum_effect: smallest absolute difference of ratios that matters, 0 to 1.
        read: successes and trials of the last slots of 10 s, by how many; float64[n] each.
        trials: those of a window that is kept, float64[n].
        a_day: trials a day, about, float64[n]; they change when what is usual does.

    """

    def __init__(
        self,
        metric: Metric,
        minimum_effect: float,
        read: Read,
        trials: Callable[[Moment, int], Array],
        a_day: Callable[[Moment], Array],
    ) -> None:
        self._minimum_effect = minimum_effect
        self._minimum_exposure = max(metric.minimum_exposure, 1.0)
        self._windows, self._direction = metric.windows, metric.direction
        self._read, self._trials, self._a_day = read, trials, a_day
        self._bank = RatioBank()
        self._told: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)  # what had enough once has it until it is over
        self._followed = Followed()
        self._made: tuple[UsualRatio, Expected, Array] | None = None
        self._now: _Tick | None = None  # what the tick brought that was followed last, derived

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._bank.grow(size)
        self._told = grown(self._told, size)

    def forget(self, rows: NDArray[np.intp]) -> None:
        """What has added up in these rows is over: something else is expected of them."""
        gone = np.isin(np.arange(len(self._told)), rows)
        self._bank.forget(gone)
        self._told[gone] = False
        self._made = None

    def watch(self, moment: Moment, usual: UsualRatio) -> bool:
        """Takes in what came since the last time, and says whether a run has come far, or a change is over."""
        now = self._follow(moment, usual)
        return bool(len(now.ends.rows)) or bool((now.run.nats >= _FAR * now.limits[now.run.rows]).any())

    def finding(self, moment: Moment, usual: UsualRatio) -> Finding:
        """What the runs say, each over its own time, against what is usual."""
        now = self._follow(moment, usual)
        over = None
        if len(now.ends.rows):
            over = np.zeros(moment.size, dtype=np.int64)
            over[now.ends.rows] = 1000 * now.ends.since
        return self._judged(moment, now)._replace(over=over)

    def _follow(self, moment: Moment, usual: UsualRatio) -> _Tick:
        """Takes in what came since the last time, once a tick."""
        if self._now is not None and self._followed.until_ms == moment.end_ms:
            return self._now
        expected, limits = self._expected(moment, usual)
        gap = self._followed.gap(moment)
        if gap.anew:
            self._bank.begin()
        successes, trials = self._read(moment, gap.slots)
        ends = self._bank.follow(successes, trials, expected, (moment.end_ms - gap.ms) / 1000, moment.whole)
        run = self._bank.runs(expected, moment.end_ms / 1000, limits)
        told = self._told[run.rows]
        self._told[:] = False
        self._told[run.rows] = told
        self._now = _Tick(expected, limits, run, ends)
        return self._now

    def _expected(self, moment: Moment, usual: UsualRatio) -> tuple[Expected, Array]:
        """The same objects as long as what is usual is: the bank keeps what follows from it."""
        if self._made is None or self._made[0] is not usual:
            lasting = usual.lasting + 1 / np.maximum(usual.weight, 1.0)
            expected = Expected(usual.ratio, lasting, np.maximum(usual.dispersion - usual.lasting, 0.0))
            longest = self._windows[-1]
            # Before a quarter has closed, as many as there were lately.
            lately = self._trials(moment, longest) * (_DAY_S / longest)
            a_day = self._a_day(moment)
            limits = limit_of_trials(moment.allowed / TOLD, np.where(a_day > 0, a_day, lately), usual.ratio)
            self._made = (usual, expected, limits)
        return self._made[1:]

    def _judged(self, moment: Moment, now: _Tick) -> Finding:
        judged, windows = nothing(moment.size), np.full(moment.size, TICK_MS // 1000, dtype=np.int32)
        if not len(now.run.rows):
            return Finding(0, judged, windows)
        run, limits = self._shown_in_windows(moment, now), now.limits
        value, usual = np.minimum(run.successes / run.trials, 1.0), run.expected / run.trials
        deviation = value - usual
        told = self._told[run.rows]
        enough = told | (self._around(moment, run) >= self._minimum_exposure)
        # A ratio cannot fall by more than it has: an expectation of 1 % is gone entirely before it is down by 3 %.
        most = np.where(deviation < 0, usual, 1 - usual) * 0.999
        bad = self._direction is Direction.BOTH or (deviation < 0) == (self._direction is Direction.DOWN)
        effect = np.where(bad, np.minimum(self._minimum_effect, most), self._minimum_effect)
        matters = np.abs(deviation) >= effect
        # What has too few trials to be told by itself may still be the part that explains a wider scope.
        highest = np.where(enough, MAXIMUM_SCORE, ALMOST)
        scores = np.where(matters, np.minimum(run.nats / limits[run.rows], highest), 0.0)
        told_or_near = enough | (scores >= CLEAR_SCORE)
        reason = np.where(told_or_near, Reason.NORMAL, Reason.INSUFFICIENT_EXPOSURE).astype(np.int8)
        reason[enough & ~matters & (run.nats >= limits[run.rows])] = Reason.BELOW_MINIMUM_EFFECT
        reason[scores >= 1] = Reason.CLIFF
        half = np.maximum(BAND * np.sqrt(run.spread), effect)
        found = Judgement(
            score=scores,
            value=value,
            expected=usual,
            lower=np.maximum(usual - half, 0.0),
            upper=np.minimum(usual + half, 1.0),
            exposure=run.trials,
            excess=np.where(told_or_near, np.abs(run.successes - run.expected), 0.0),
            reason=reason,
            direction=np.sign(deviation).astype(np.int8),
        )
        judged.put(run.rows, found)
        self._told[run.rows] = (scores >= 1) | told
        windows[run.rows] = np.maximum(run.seconds, TICK_MS / 1000).astype(np.int32)
        return Finding(0, judged, windows)

    def _shown_in_windows(self, moment: Moment, now: _Tick) -> RatioRun:
        """What is shorter than the shortest window has to show in that as well.

        Where an outcome comes after its trial, as a checkout is completed a minute after it began, a rise of trials is
        no fall of outcomes: a metric has windows that are long beside such a delay, and outcomes of a window may be
        those of the trials of one a little earlier.
        """
        run, expected = now.run, now.expected
        short = np.flatnonzero(run.seconds < self._windows[0])
        if not len(short):
            return run
        rows = run.rows[short]
        slots = self._windows[0] // (TICK_MS // 1000)
        delay = min(max(slots // _DELAY, 1), _LONGEST_DELAY)
        successes, trials = (of[rows] for of in self._read(moment, slots))
        earlier = (self._read(moment, slots + delay)[1] - self._read(moment, delay)[1])[rows]
        nats = run.nats.copy()
        for tried in (trials, np.maximum(earlier, 0.0)):
            hits = np.minimum(successes, tried)
            seen = evidence(hits, tried, expected.ratio[rows], expected.lasting[rows] + expected.passing[rows])
            same = (hits > expected.ratio[rows] * tried) == (run.successes[short] > run.expected[short])
            nats[short] = np.minimum(nats[short], np.where(same, seen, 0.0))
        return run._replace(nats=nats)

    def _around(self, moment: Moment, run: RatioRun) -> Array:
        """Trials of the runs, or of the shortest windows that they lie in: two minutes of failures have few."""
        kept = np.array(self._windows)
        shortest = kept[np.minimum(np.searchsorted(kept, run.seconds), len(kept) - 1)]
        trials = run.trials.copy()
        for window_s in np.unique(shortest).tolist():
            # A window that is long beside the run says nothing of how much has come in that.
            near = run.seconds * _NEAR >= window_s if window_s > self._windows[0] else run.seconds <= window_s
            of = (shortest == window_s) & (run.seconds <= window_s) & near
            trials[of] = np.maximum(trials[of], self._trials(moment, window_s)[run.rows[of]])
        return trials

    def to_bytes(self) -> bytes:
        """The whole state."""
        bank = np.frombuffer(self._bank.to_bytes(), dtype=np.uint8)
        return pack({"bank": bank, "followed": np.array([self._followed.until_ms]), "told": self._told})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described."""
        arrays = unpack(payload)
        self._bank.restore(arrays["bank"].tobytes())
        self._followed.until_ms, self._told = int(arrays["followed"][0]), arrays["told"]
        self._made = self._now = None
