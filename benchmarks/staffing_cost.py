"""What judging the staffing of many queues costs at a tick: CPU time of the evaluator, windows given."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from streams.catalogue.load import load
from streams.catalogue.metric import Component
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_DAYS: Final = 2
_QUARTER_MS, _TICK_MS = 900_000, 10_000
_START_MS: Final = 20_000 * 86_400_000
_TICKS: Final = 180
_FADES: Final = 0.99  # of what is more or less, in ten seconds
_HANDLE_MS, _PATIENCE_MS = 150_000, 120_000


class _Steady:
    """Queues of all sizes, offered so much as ever, with enough agents; one in fifty lacks a third of them."""

    def __init__(self, queues: int) -> None:
        rng = np.random.default_rng(1)
        self.scopes = [(0, (f"queue-{number}",)) for number in range(queues)]
        self.series_count = queues
        self._rate = rng.uniform(0.02, 3.0, queues)  # contacts a second: up to 450 agents
        load = self._rate * _HANDLE_MS / 1000
        short = np.arange(queues) % 50 == 0
        self._agents = np.rint((load + 2 * np.sqrt(load) + 1) * np.where(short, 2 / 3, 1.0))
        self._rng = rng
        self._more = np.zeros(queues)  # contacts by which a quarter of an hour differs from the usual one

    def go_on(self) -> None:
        """Ten seconds: what comes in is new, what leaves the windows is ten seconds of before."""
        came, left = (self._rng.poisson(self._rate * 10) for _ in range(2))
        self._more = self._more * _FADES + came - left

    def counts(self, component: int, seconds: float) -> Ints:
        offered = np.maximum(self._rate * seconds + self._more * min(seconds / 900, 1.0), 0.0)
        reports = np.full(self.series_count, max(seconds // 30, 1.0))
        table = {
            Component.NUMERATOR: offered,
            Component.DENOMINATOR: offered * 0.95,
            Component.EXPOSURE: offered * 0.05,
            Component.WAITED: offered * 0.05 * _PATIENCE_MS,
            Component.REPORTS: reports,
            Component.STAFFED: reports * self._agents,
            Component.WAITING: reports * 2,
            Component.TIMED: reports,
            Component.HANDLE_TIMES: reports * _HANDLE_MS,
        }
        return np.asarray(table.get(Component(component), np.zeros(self.series_count)), dtype=np.int64)

    def sums(self, component: int, window_s: int) -> Ints:
        return self.counts(component, window_s)

    def recent(self, component: int, slots: int) -> Ints:
        return self.counts(component, slots * 10)

    def partner(self, component: int) -> NDArray[np.int32]:
        del component
        return np.arange(self.series_count, dtype=np.int32)

    def slots(self, component: int, series: int, count: int) -> Ints:
        return np.full(count, self.counts(component, 60)[series] // 6)

    def minutes(self, component: int, series: int, count: int) -> Ints:
        return np.full(count, self.counts(component, 60)[series])

    def last_seen(self) -> Ints:
        return np.zeros(self.series_count, dtype=np.int64)

    def overdue(self) -> Ints:
        return np.zeros(self.series_count, dtype=np.int64)

    def overdue_known(self) -> bool:
        return True

    def earlier(self, component: int, window_s: int) -> Ints:
        raise ValueError(f"nothing is kept of component {component} before {window_s} s")

    def latest(self, component: int, window_s: int) -> Ints:
        return self.counts(component, window_s)


def cost_ms(queues: int) -> tuple[float, float]:
    """Milliseconds of CPU a tick of so many queues: on average over half an hour, and of the dearest tick."""
    metric = load().by_name["staffing_gap"]
    shop = _Steady(queues)
    evaluator = MetricEvaluator(metric, Settings(timezone="UTC"))
    now = _START_MS
    for _ in range(_DAYS * 96):
        rows = np.array(
            [shop.counts(row, 900) if row in metric.components() else shop.counts(5, 900) for row in range(13)]
        )
        evaluator.close_quarter(now, rows, shop)
        now += _QUARTER_MS
    spent = []
    for _ in range(_TICKS):
        now += _TICK_MS
        shop.go_on()
        started = time.process_time()
        evaluator.tick(now, shop)
        spent.append((time.process_time() - started) * 1000)
    return sum(spent) / len(spent), max(spent[3:])
