"""How often a metric is looked at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detectors.law import Law
from streams.catalogue.metric import Component
from streams.catalogue.signals import CellKind
from streams.evaluation.held import SHORT_S
from streams.evaluation.judge import FollowsTicks
from streams.evaluation.window_reader import LONG_S, QUARTER_MS, TICK_MS, due

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Judge
    from streams.evaluation.moment import Moment
    from streams.evaluation.reporting import Reporting

_SHOWN_MS = 60_000  # where tests find what there is, windows are for people to see
_SLOWLY_SHOWN_MS, _HOUR_S = 300_000, 3_600  # an hour moves little in five minutes
_UNHURRIED_S = 300  # a shortest window of five minutes moves little in ten seconds


class Pace:
    """Judges a thin metric every quarter of an hour, and one of long windows every half minute or minute.

    Rare events are judged when one comes. A tick that is left out would have been insufficient for all series, or have
    said nothing new. So a year of a small shop costs minutes. While something is reported every tick is judged where
    windows are short or the deviation is fresh; what lasts for hours in windows of hours is judged as often as ever.

    Attributes:
        reported_ms: how often what is being reported is judged at least.

    """

    def __init__(self, metric: Metric, judge: Judge) -> None:
        self._metric = metric
        self._judge = judge
        self._follower = judge if isinstance(judge, FollowsTicks) else None
        self.reported_ms = _every_ms(metric)
        self._every_ms = _shown_ms(metric) if self._follower and metric.threshold is None else self.reported_ms
        # Tests of counts see to it by themselves how often they take in what came.
        self._watched_ms = TICK_MS if metric.traits.law is Law.COUNT else self.reported_ms
        self._exposed = _exposed(metric)
        steps = (self._every_ms, self._watched_ms if self._follower else self._every_ms, QUARTER_MS)
        self._step_ms = TICK_MS if metric.traits.by_event else math.gcd(*steps)

    def passes_over(self, now_ms: int) -> bool:
        """Whether a tick is none of those at which anything is looked at, unless something is being reported."""
        return now_ms % self._step_ms != 0

    def reports(self, now_ms: int, reporting: Reporting) -> bool:
        """Whether a tick is one at which what is being reported is judged again."""
        if not reporting.reported(now_ms).any():
            return False
        return now_ms % self.reported_ms == 0 or bool(reporting.fresh(now_ms).any())

    def worth_judging(self, moment: Moment) -> bool:
        """Whether any series has exposure at the tick, whatever is being reported."""
        now_ms, windows = moment.now_ms, moment.reader
        if now_ms % QUARTER_MS == 0 or self._far(moment):
            return True
        if self._metric.traits.by_event:
            return bool(windows.sums(Component.NUMERATOR, TICK_MS // 1000).any())
        if now_ms % self._every_ms:
            return False
        least = self._metric.minimum_exposure
        return any(
            sum(int(windows.sums(number, window_s).max(initial=0)) for number in self._exposed) >= least
            or self._judge.largest_expected(window_s) >= least
            for window_s in self._metric.windows
            if due(window_s, now_ms)
        )

    def _far(self, moment: Moment) -> bool:
        """Lets tests take in what came; whether one has come far."""
        if self._follower is None or moment.open_since is None or moment.now_ms % self._watched_ms:
            return False
        return self._follower.watch(moment)


def _shown_ms(metric: Metric) -> int:
    """Of a ratio of hours, unless windows find what is wrong with it: what burns, or what weeks say."""
    found = metric.traits.law is not Law.RATIO or metric.target is not None or metric.windows[-1] > LONG_S
    return _SHOWN_MS if found or metric.windows[0] < _HOUR_S else _SLOWLY_SHOWN_MS


def _every_ms(metric: Metric) -> int:
    if metric.traits.every_tick or metric.windows[0] < _UNHURRIED_S:
        return TICK_MS
    return 60_000 if metric.windows[0] >= SHORT_S else 30_000


def _exposed(metric: Metric) -> Iterable[int]:
    """The components, or bins, that say how much has been seen."""
    if metric.traits.cells is CellKind.BINS:
        return metric.rows()
    by_values = metric.traits.of_cases or metric.traits.counts_values
    return [Component.DENOMINATOR if by_values else Component.NUMERATOR]
