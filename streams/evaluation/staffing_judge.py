"""The judge of staffing: the agents that each queue needs, less those it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import ALMOST, MAXIMUM_SCORE, Judgement, Reason, nothing
from detectors.staffing import agents_needed, erlang_a
from detectors.state import grown, pack, unpack
from streams.catalogue.metric import Component
from streams.catalogue.staffing import Promise, Staffing
from streams.evaluation.judge import Finding
from streams.evaluation.offered_rates import AHEAD_S, OfferedRates
from streams.evaluation.queues_now import QueueMemory
from streams.evaluation.staffing_needs import Needs
from streams.records.staffing import Spare, StaffingNeed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_LATELY_S: Final = 900
_SURELY: Final = 1.3  # standard deviations that the rate may be lower than it seems: nine to one
_FEW_AGENTS: Final = 2.0  # one missing agent is news only where nobody is there
_MOST_SPARE: Final = 3  # queues that are named
_MINUTE_MS, _MINUTE_S = 60_000, 60.0
_SMOOTHED_S: Final = 300  # over which contacts are counted where a course is drawn


class StaffingJudge:
    """Says where agents are missing: a tenth of those needed, or as the metric says, and surely.

    It is judged by what is offered now; what is forecast is told. The forecasts are made once a minute and are state,
    with the usual day of what is offered, and what is remembered of handle times and patience.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._plan = metric.staffing or Staffing()
        self._offered = OfferedRates()
        self._memory = QueueMemory()
        self._ahead_minute = 0
        self._ahead: Array = np.full((len(AHEAD_S) - 1, 0), np.nan)  # agents needed then
        self._promises: Array = np.zeros((len(Promise._fields), 0))  # by queue, derived
        self._guess: Array = np.ones((len(AHEAD_S), 0))  # what was needed last: it saves time and changes nothing
        self.needs: Needs | None = None
        self._spare: list[Spare] = []  # of all queues at this tick

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        del partner  # all is counted by queue
        self._offered.learn(quarter, counts[Component.NUMERATOR])
        self._memory.learn(counts)

    def grow(self, size: int) -> None:
        self._offered.grow(size)
        self._memory.grow(size)
        self._ahead = grown(self._ahead, size, fill=np.nan)
        self._guess = grown(self._guess, size, fill=1.0)

    def largest_expected(self, window_s: int) -> float:
        """Agents may be missing whatever was offered."""
        del window_s
        return self._metric.minimum_exposure

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        """One finding, of now, however many windows are due."""
        if windows:
            self.needs = self._look(moment)
            self._spare = _with_spare(moment, self.needs)
            shown_s = self._metric.windows[0]
            yield Finding(shown_s, self._judged(moment, self.needs), np.full(moment.size, shown_s, dtype=np.int32))

    def _look(self, moment: Moment) -> Needs:
        self._follow_queues(moment)
        target, within_s, shrinkage, chats = self._promises
        rates, now = self._offered.rates(moment), self._memory.now(moment)
        unknown = np.full(moment.size, Reason.NORMAL, dtype=np.int8)
        unknown[~np.isfinite(now.handle_s)] = Reason.WARMING_UP
        unknown[rates.a_second[0] * _LATELY_S < self._metric.minimum_exposure] = Reason.INSUFFICIENT_EXPOSURE
        unknown[np.isnan(now.staffed)] = Reason.INSUFFICIENT_EXPOSURE
        rows = np.flatnonzero(unknown == Reason.NORMAL)
        worth = ((1 - shrinkage) * chats)[rows]  # contacts that an agent who is staffed handles at once
        handle_s, patience_s = now.handle_s[rows], now.patience_s[rows]
        staffed = now.staffed[rows]
        servers = np.where(staffed > 0, np.maximum(staffed * worth, 1.0), 0.0)

        def needed(ahead: int) -> Array:
            promise = handle_s, patience_s, target[rows], within_s[rows]
            guess = self._guess[ahead, rows]
            found = agents_needed(rates.a_second[ahead, rows], *promise, guess=guess).astype(np.float64)
            self._guess[ahead, rows] = found
            agents: Array = np.ceil(found / worth)
            return agents

        def served(rate: Array) -> tuple[Array, Array]:
            found = erlang_a(rate, handle_s, patience_s, servers, within_s[rows])
            return found.level, found.abandoned

        minute = moment.now_ms // _MINUTE_MS
        if minute != self._ahead_minute:
            self._ahead_minute = minute
            self._ahead = np.full((len(AHEAD_S) - 1, moment.size), np.nan)
            self._ahead[:, rows] = needed(1), needed(2)
        told = np.full((5, moment.size), np.nan)
        level, abandoned = served(rates.a_second[0, rows])
        seen = rates.seen[rows]
        least = rates.a_second[0, rows] * np.maximum(1 - _SURELY / np.sqrt(np.maximum(seen, 1.0)), 0.0)
        told[:, rows] = needed(0), level, abandoned, served(least)[0], served(rates.a_second[1, rows])[0]
        return Needs(
            told[0],
            now.staffed,
            told[1],
            told[2],
            told[3],
            now.handle_s,
            now.patience_s,
            now.waiting,
            rates.a_second,
            self._ahead,
            told[4],
            unknown,
        )

    def _follow_queues(self, moment: Moment) -> None:
        known = self._promises.shape[1]
        if known < moment.size:
            new = [self._plan.of(moment.reader.scopes[series][1][0]) for series in range(known, moment.size)]
            self._promises = np.concatenate([self._promises, np.array(new, dtype=np.float64).T], axis=1)

    def _judged(self, moment: Moment, needs: Needs) -> Judgement:
        judged = nothing(moment.size)
        judged.reason[:] = needs.unknown
        rows = np.flatnonzero(needs.unknown == Reason.NORMAL)
        needed, staffed = needs.needed[rows], needs.staffed[rows]
        gap = needed - staffed
        limit = np.maximum(self._metric.minimum_effect * needed, np.where(staffed > 0, _FEW_AGENTS, 1.0))
        score = np.minimum(np.maximum(gap, 0.0) / limit, MAXIMUM_SCORE)
        sure = needs.level_at_least[rows] < self._promises[0, rows]
        judged.score[rows] = np.where(sure, score, np.minimum(score, ALMOST))
        judged.value[rows], judged.lower[rows], judged.upper[rows] = gap, -staffed, limit
        judged.exposure[rows] = moment.raw(Component.NUMERATOR, _LATELY_S)[rows]
        judged.excess[rows] = np.maximum(gap, 0.0)
        judged.direction[rows] = np.sign(gap)
        judged.reason[rows[judged.score[rows] >= 1]] = Reason.UNDERSTAFFED
        return judged

    def told(self, moment: Moment, series: int) -> StaffingNeed | None:
        """What a verdict about a queue says of it; None where it is not known."""
        needs = self.needs
        if needs is None or series >= len(needs.unknown) or needs.unknown[series] != Reason.NORMAL:
            return None
        target, within_s = self._promises[:2, series].tolist()
        queue = moment.reader.scopes[series][1][0]
        ahead = np.where(np.isnan(needs.needed_ahead), needs.needed, needs.needed_ahead)[:, series]
        return StaffingNeed(
            queue=queue,
            needed=int(needs.needed[series]),
            staffed=int(needs.staffed[series]),
            needed_in_15_min=int(ahead[0]),
            needed_in_30_min=int(ahead[1]),
            target=target,
            within_s=within_s,
            level=float(needs.level[series]),
            level_in_15_min=float(needs.level_ahead[series]),
            abandoned=float(needs.abandoned[series]),
            offered=float(needs.offered[0, series] * _MINUTE_S),
            offered_in_15_min=float(needs.offered[1, series] * _MINUTE_S),
            offered_in_30_min=float(needs.offered[2, series] * _MINUTE_S),
            handle_s=float(needs.handle_s[series]),
            patience_s=float(needs.patience_s[series]),
            waiting=int(np.nan_to_num(needs.waiting[series])),
            spare=[of for of in self._spare if of.queue != queue][:_MOST_SPARE],
        )

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in agents."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Nothing: what is offered is counted, and it is right to count it while agents are missing."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """The agents there are now are those there are, whatever was before."""
        del moment, series, seconds
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        """Agents step by step, beside those that what was offered then would have needed."""
        del above
        agents, reports, offered = (
            moment.course(component, series, step)
            for component in (Component.STAFFED, Component.REPORTS, Component.NUMERATOR)
        )
        places = np.maximum.accumulate(np.where(reports > 0, np.arange(len(reports)), 0))
        staffed = (agents / np.maximum(reports, 1.0))[places]
        smooth = np.convolve(offered, np.ones(_SMOOTHED_S // step), mode="full")[: len(offered)]
        needs = self.needs
        needed = float(needs.needed[series]) if needs is not None else 0.0
        expected = np.nan_to_num(needed) * smooth / max(float(smooth[-1]), 1.0)
        return Course(staffed, expected, rises=False)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        """A promise is not moved by what was: change `staffing` in the catalogue."""
        del moment, rows, seconds
        return 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        """Queues are not parts of one another."""
        del moment, whole, window_s
        none = np.zeros(len(parts))
        return contributors.of_count(none, none)

    def to_bytes(self) -> bytes:
        return pack(
            {
                "offered": np.frombuffer(self._offered.to_bytes(), dtype=np.uint8),
                "memory": self._memory.array(),
                "ahead": self._ahead,
                "minute": np.array([self._ahead_minute], dtype=np.int64),
            }
        )

    def restore(self, payload: bytes) -> None:
        arrays = unpack(payload)
        self._offered.restore(arrays["offered"].tobytes())
        self._memory.restore(arrays["memory"])
        self._ahead, self._ahead_minute = arrays["ahead"], int(arrays["minute"][0])
        self._guess = grown(np.ones((len(AHEAD_S), 0)), self._ahead.shape[1], fill=1.0)


def _with_spare(moment: Moment, needs: Needs) -> list[Spare]:
    """Queues that could do without some agents, now and in the next half hour, the most first."""
    spare = np.nan_to_num(needs.staffed - np.fmax(needs.needed, np.fmax(*needs.needed_ahead)))
    most = np.argsort(-spare, kind="stable")[: _MOST_SPARE + 1].tolist()
    named = sorted((-int(spare[row]), moment.reader.scopes[row][1][0]) for row in most if spare[row] >= 1)
    return [Spare(queue, -agents) for agents, queue in named]
