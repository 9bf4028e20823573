"""A reader of windows over an array of minutes, for driving an evaluator without the merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from streams.evaluation.window_reader import EARLIER_WINDOWS, LONG_S, QUARTER_MS, SPARED_WINDOWS

if TYPE_CHECKING:
    from streams.catalogue.metric import Component
    from streams.evaluation.metric_evaluator import MetricEvaluator


SLOT_MS = 10_000
MINUTE_MS = 60_000
DAY_SLOTS = 8_640


class Shop:
    """Sums by (component, series, 10 s slot) from `start_ms` on, shown as the merge shows them."""

    def __init__(
        self, scopes: list[tuple[int, tuple[str, ...]]], slots: int, start_ms: int, settle_s: int = 0, rows: int = 3
    ) -> None:
        self.scopes = scopes
        self.series_count = len(scopes)
        self.cells = np.zeros((rows, len(scopes), slots), dtype=np.int64)
        self.start_ms = start_ms
        self.settle_s = settle_s
        self.now_ms = start_ms
        self.partners: dict[int, list[int]] = {}
        self.stock = np.zeros(len(scopes), dtype=np.int64)
        self.stock_known = True

    def slot(self, time_ms: int) -> int:
        return (time_ms - self.start_ms) // SLOT_MS

    @property
    def end(self) -> int:
        return self.slot(self.now_ms) - self.settle_s // 10

    def partner(self, component: int) -> np.ndarray:
        return np.array(self.partners.get(component, range(self.series_count)), dtype=np.int32)

    def sums(self, component: int, window_s: int) -> np.ndarray:
        """Windows of more than a day begin with a day, as those of the merge do."""
        start = self.end - window_s // 10
        if window_s > LONG_S:
            start -= (start + self.start_ms // SLOT_MS) % DAY_SLOTS
        return self.cells[component, :, max(start, 0) : self.end].sum(axis=1)

    def recent(self, component: int, slots: int) -> np.ndarray:
        return self.cells[component, :, max(self.end - slots, 0) : self.end].sum(axis=1)

    def earlier(self, component: int, window_s: int) -> np.ndarray:
        slots = window_s // 10
        end = self.end - slots
        end -= (end + self.start_ms // SLOT_MS) % DAY_SLOTS
        starts = [end - (EARLIER_WINDOWS + SPARED_WINDOWS - place) * slots for place in range(EARLIER_WINDOWS)]
        return np.array([self.cells[component, :, max(s, 0) : max(s + slots, 0)].sum(axis=1) for s in starts])

    def latest(self, component: int, window_s: int) -> np.ndarray:
        """A cell of a gauge holds one more than was told, 0 where nothing was."""
        told = self.cells[component, :, max(self.end - window_s // 10, 0) : self.end]
        newest = told.shape[1] - 1 - np.argmax((told > 0)[:, ::-1], axis=1)
        return told[np.arange(len(told)), newest] - 1

    def minutes(self, component: int, series: int, count: int) -> np.ndarray:
        last = self.end // 6 * 6
        found = np.zeros(count, dtype=np.int64)
        have = self.cells[component, series, max(last - count * 6, 0) : last].reshape(-1, 6).sum(axis=1)
        found[count - len(have) :] = have
        return found

    def slots(self, component: int, series: int, count: int) -> np.ndarray:
        return self.cells[component, series, max(self.end - count, 0) : self.end]

    def overdue(self) -> np.ndarray:
        return self.stock

    def overdue_known(self) -> bool:
        return self.stock_known

    def last_seen(self) -> np.ndarray:
        seen = (self.cells[:, :, : self.end] != 0).any(axis=0)
        newest = self.end - np.argmax(seen[:, ::-1], axis=1)
        return np.where(seen.any(axis=1), self.start_ms + newest * SLOT_MS, 0)

    def teach(self, evaluator: MetricEvaluator, until_ms: int) -> None:
        """Closes all quarters that end before `until_ms`."""
        for quarter_ms in range(self.start_ms, until_ms - QUARTER_MS + 1, QUARTER_MS):
            at = self.slot(quarter_ms)
            evaluator.close_quarter(quarter_ms, self.cells[:, :, at : at + 90].sum(axis=2), self)

    def run(self, evaluator: MetricEvaluator, from_ms: int, to_ms: int) -> list[tuple[int, Any]]:
        """Ticks from..to; verdicts with score >= 1 and their ticks. Quarters are closed two hours late."""
        found = []
        for now_ms in range(from_ms, to_ms + 1, SLOT_MS):
            self.now_ms = now_ms
            closed_ms = now_ms - 2 * 3_600_000 - QUARTER_MS
            if now_ms % QUARTER_MS == 0 and closed_ms >= self.start_ms:
                at = self.slot(closed_ms)
                evaluator.close_quarter(closed_ms, self.cells[:, :, at : at + 90].sum(axis=2), self)
            found += [(now_ms, verdict) for verdict in evaluator.tick(now_ms, self)[0] if verdict.score >= 1]
        return found

    def fill(self, component: Component, series: int, per_minute: np.ndarray, rng: np.random.Generator) -> None:
        """Poisson counts with a rate per minute, one rate a minute of the whole span."""
        slots = np.repeat(per_minute, 6)[: self.cells.shape[2]] / 6
        self.cells[component, series] = rng.poisson(slots)


@pytest.fixture
def shop_of() -> type[Shop]:
    return Shop
