"""Metrics, records and an evaluator that the tests of the merge share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Term
from streams.cells.record import CellsRecord, MetricCells
from streams.merge.partition import MergePartition
from streams.records.verdicts import Pulse
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.evaluation.window_reader import WindowReader

PAID = (Term(("order.paid",)),)


class Memory:
    """An evaluator that remembers what it was shown last."""

    latest = None

    def __init__(self, of: Metric) -> None:
        self.metric = of
        self.quarters: list[tuple[int, list[list[int]]]] = []
        self.ticks: list[int] = []
        self.overdue: dict[int, list[int]] = {}
        self.overdue_known: dict[int, bool] = {}
        self.sums: dict[int, list[int]] = {}

    def tick(self, now_ms: int, windows: WindowReader) -> tuple[list[Any], Pulse]:
        self.ticks.append(now_ms)
        self.overdue[now_ms] = windows.overdue().tolist()
        self.overdue_known[now_ms] = windows.overdue_known()
        self.sums[now_ms] = windows.sums(0, self.metric.windows[0]).tolist()
        return [], Pulse(self.metric.name, 0, 0, 0, 0, 0)

    def silent_before(self, quarter_start_ms: int) -> range:
        return range(0)

    def close_quarter(self, quarter_start_ms: int, counts: Any, windows: WindowReader) -> None:
        self.quarters.append((quarter_start_ms, counts.tolist()))

    def to_bytes(self) -> bytes:
        return b"remembered"

    def from_bytes(self, state: bytes) -> None:
        assert state == b"remembered"


@pytest.fixture
def make_metric() -> Callable[..., Metric]:
    def make(signal: str = "count", **more: Any) -> Metric:
        fixed: dict[str, Any] = {"touchpoint": "order", "unit": "ratio", "direction": Direction.UP, "numerator": PAID}
        fixed |= {"minimum_effect": 0.1, "minimum_exposure": 20, "scopes": ((), ("region",)), "windows": (60, 300)}
        if signal == "cohort":
            fixed |= {"denominator": PAID, "exposure": PAID}
        name = more.pop("name", "paid")
        return Metric(id=name, name=name, title=name, signal=signal, **(fixed | more))

    return make


@pytest.fixture
def make_merge() -> Callable[..., SimpleNamespace]:
    """A merge of given metrics: .merge, .memory by metric name, .advance(), .apply(watermark, metric, cells...).

    A cell is (scope, component, slot, value, late). `partitions`: of the topic orders; `sources`: of all instead;
    `catalogue`: of the metrics, where it has scorecards.
    """

    def make(
        *metrics: Metric,
        partitions: int = 1,
        sources: dict[str, int] | None = None,
        catalogue: Catalogue | None = None,
        **settings: Any,
    ) -> SimpleNamespace:
        memory: dict[str, Memory] = {}
        catalogue = catalogue or Catalogue.of(metrics)
        merge = MergePartition(
            catalogue,
            0,
            sources or {"orders": partitions},
            Settings(**({"cells_partitions": 1} | settings)),
            lambda of: memory.setdefault(of.name, Memory(of)),
        )

        def apply(
            watermark: int,
            of: Metric | None = None,
            *cells: tuple[Any, int, int, int, int],
            topic: str = "orders",
            partition: int = 0,
        ) -> None:
            filled = []
            if of is not None:
                scope, component, slot, value, late = (list(column) for column in zip(*cells, strict=True))
                places = list(range(len(scope)))
                filled = [MetricCells(of.key(), scope, places, component, slot, late, value)]
            merge.apply(CellsRecord(topic, partition, 1, watermark, catalogue.hash, filled))

        return SimpleNamespace(merge=merge, memory=memory, apply=apply, advance=lambda: list(merge.advance()))

    return make
