"""Series through the code that runs live: cells into a merge partition, verdicts of the evaluators out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from streams.catalogue.load import Catalogue
from streams.cells.record import SLOT_MS, CellsRecord
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.partition import MergePartition
from streams.records.instant import rfc3339
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.catalogue.metric import Metric
    from streams.cells.record import MetricCells
    from streams.records.verdicts import TickVerdicts

MONDAY_MS = round(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)
WARM_SLOTS = 3 * 360  # before evaluation begins cells must have slots of their own: the merge steps through them finely


class Judged:
    """One cells partition of a shop that has these metrics and one source.

    Times are slots of 10 s since the epoch.

    Args:
        metrics: catalogue entries, of different names.
        from_slot: where judging begins; before it baselines are learned.
        beside: how many metrics more the shop has, which share its false warnings.
        settings: besides.

    """

    def __init__(self, metrics: Sequence[Metric], from_slot: int, beside: int = 0, **settings: Any) -> None:
        self.catalogue = Catalogue.of(tuple(metrics))
        evaluate_from = rfc3339(from_slot * SLOT_MS)
        self.settings = Settings(
            cells_partitions=1, max_series=2_000_000, timezone="UTC", evaluate_from=evaluate_from, **settings
        )
        self._merge = MergePartition(
            self.catalogue,
            0,
            {"orders": 1},
            self.settings,
            lambda metric: MetricEvaluator(metric, self.settings, metrics=len(metrics) + beside),
        )
        self._offset = 0

    def feed(self, until_slot: int, cells: list[MetricCells], busy: list[tuple[int, int]]) -> Iterator[TickVerdicts]:
        """Takes in all cells of slots before `until_slot`, and yields the ticks up to there.

        `busy` are first and last slots of the spans in which there were events.
        """
        self._offset += 1
        hashed = self.catalogue.hash
        self._merge.apply(CellsRecord("orders", 0, self._offset, until_slot * SLOT_MS, hashed, cells, busy))
        yield from self._merge.advance()
