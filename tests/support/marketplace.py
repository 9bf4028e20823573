"""A marketplace of very many merchants: cells of orders, payments and refunds, by Zipf, in event time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Term
from streams.cells.record import CellsRecord, MetricCells
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.partition import MergePartition
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from streams.records.verdicts import Verdict

    Counts = NDArray[np.int64]
    Trouble = Callable[[int, NDArray[np.float64]], NDArray[np.float64]]  # quarter, rates of merchants -> rates

BEGIN_MS = 1_767_225_600_000  # midnight UTC
QUARTER_MS = 900_000
PAID, TRIED, ASKED = (Term((kind,)) for kind in ("order.paid", "payment.attempted", "refund.requested"))
FIXED = {"touchpoint": "order", "scopes": ((), ("store",)), "lean": (("store",),)}

ORDERS = Metric(
    id="O", name="orders", title="Orders", unit="per_minute", signal="count", direction=Direction.DOWN,
    minimum_effect=0.4, minimum_exposure=30, numerator=(PAID,), windows=(60, 300), **FIXED,
)  # fmt: skip
PAYMENTS = Metric(
    id="P", name="payments", title="Payments", unit="ratio", signal="ratio", direction=Direction.DOWN,
    minimum_effect=0.1, minimum_exposure=20, numerator=(PAID,), denominator=(TRIED,), windows=(300,), **FIXED,
)  # fmt: skip
REFUNDS = Metric(
    id="R", name="refunds", title="Refunds in time", unit="ratio", signal="cohort", direction=Direction.DOWN,
    minimum_effect=0.1, minimum_exposure=20, numerator=(ASKED,), denominator=(ASKED,), exposure=(ASKED,),
    windows=(3600,), **FIXED,
)  # fmt: skip
CATALOGUE = Catalogue.of((ORDERS, PAYMENTS, REFUNDS))


def nothing(quarter: int, rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """No trouble."""
    del quarter
    return rates


class Marketplace:
    """Makes quarters of an hour of cells, and a merge that takes them.

    Args:
        merchants: how many, by Zipf.
        orders: a day, of all together.
        seed: of the random numbers.
        stops: by quarter and rates of orders, what they are in a trouble.
        fails: likewise of the ratio of payments, and of refunds.

    """

    def __init__(
        self, merchants: int, orders: float, seed: int, stops: Trouble = nothing, fails: Trouble = nothing
    ) -> None:
        self.names = [f"m{number}" for number in range(merchants)]
        shares = 1 / np.arange(1, merchants + 1)
        self.rates = orders / 96 * shares / shares.sum()
        self._rng = np.random.default_rng(seed)
        self._stops, self._fails = stops, fails

    def quarter(self, number: int) -> list[MetricCells]:
        """The cells of a quarter of an hour, one for each series and component."""
        rng = self._rng
        activity = 1 + 0.8 * np.sin(2 * np.pi * number / 96)
        tried = rng.poisson(self._stops(number, self.rates * activity))
        paid = rng.binomial(tried, self._fails(number, np.full(len(tried), 0.9)))
        asked = rng.poisson(self.rates * 0.5)
        closed = rng.binomial(asked, self._fails(number, np.full(len(asked), 0.85)))
        slot = (BEGIN_MS + number * QUARTER_MS) // 10_000 + int(rng.integers(0, 90))
        return [
            self._cells(ORDERS, slot, [tried]),
            self._cells(PAYMENTS, slot, [paid, tried]),
            self._cells(REFUNDS, slot + 8_640, [closed, asked]),
        ]

    def _cells(self, metric: Metric, slot: int, components: list[Counts]) -> MetricCells:
        seen = np.flatnonzero(sum(components))
        scopes = [(0, ()), *((1, (self.names[number],)) for number in seen.tolist())]
        scope, component, value = [], [], []
        for place, counts in enumerate(components):
            own = counts[seen]
            there = np.flatnonzero(own)
            scope += [0, *(there + 1).tolist()]
            component += [place] * (len(there) + 1)
            value += [int(own.sum()), *own[there].tolist()]
        return MetricCells(metric.key(), scopes, scope, component, [slot] * len(scope), [0] * len(scope), value)


def record(cells: list[MetricCells], number: int) -> CellsRecord:
    """The record of a quarter, up to whose end its source has spoken."""
    end_ms = BEGIN_MS + (number + 1) * QUARTER_MS
    slot = (end_ms - QUARTER_MS) // 10_000
    return CellsRecord("orders", 0, number, end_ms, CATALOGUE.hash, cells, [(slot, slot + 89)])


def settings(judged_from: int) -> Settings:
    """Of a shop in UTC that is judged from a quarter on."""
    at = np.datetime64(BEGIN_MS + judged_from * QUARTER_MS, "ms")
    return Settings(timezone="UTC", cells_partitions=1, evaluate_from=f"{at}+00:00", false_warnings_a_day=3.0)


def new_merge(of: Settings) -> MergePartition:
    """A fresh one."""
    return MergePartition(CATALOGUE, 0, {"orders": 1}, of, lambda metric: MetricEvaluator(metric, of, metrics=3))


def verdicts(merge: MergePartition, shop: Marketplace, quarters: range) -> Iterator[tuple[int, list[Verdict]]]:
    """Feeds quarters; what is said of merchants at each tick."""
    for number in quarters:
        merge.apply(record(shop.quarter(number), number))
        for tick in merge.advance():
            yield tick.time, [verdict for verdict in tick.verdicts if verdict.scope]
