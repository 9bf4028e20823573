"""What comes after ingest in a run without a broker: cases and merges, which flushes go to as they would by topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cases.partition import CasesPartition
from streams.cases.readings import reading
from streams.cases.sources import sources_of_cases, sources_of_merges
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.partition import MergePartition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.cases.readings import CasesReading
    from streams.catalogue.load import Catalogue
    from streams.ingest.flush import Flush
    from streams.settings.settings import Settings


class MergeSide:
    """The partitions of pharos-cases and of pharos-cells.

    Args:
        sources: partitions of each source topic, pharos-actions among them.

    Attributes:
        merges: by partition of pharos-cells.
        cases: by partition of pharos-cases; none where the catalogue has no cases.

    """

    def __init__(self, catalogue: Catalogue, settings: Settings, sources: Mapping[str, int]) -> None:
        self._partitions = settings.cells_partitions
        self._metrics = catalogue.metrics
        events = sources_of_cases(sources)
        cases = range(self._partitions if catalogue.has_cases else 0)
        self.cases = [CasesPartition(catalogue, number, events) for number in cases]
        of_merges = sources_of_merges(sources, catalogue, self._partitions)
        self.merges = [
            MergePartition(
                catalogue,
                number,
                of_merges,
                settings,
                lambda metric: MetricEvaluator(metric, settings, catalogue.calendar, len(catalogue.judged)),
            )
            for number in range(self._partitions)
        ]

    def apply(self, flush: Flush) -> None:
        """One flush of one source partition."""
        for number, record in flush.records.items():
            self.merges[number].apply(record)
        for number, marks in flush.cases.items():
            self.cases[number].apply(marks)

    def decide_cases(self) -> None:
        """What events say of others goes on to the merges."""
        for cases in self.cases:
            for number, record in cases.take_cells(self._partitions, 0).items():
                self.merges[number].apply(record)

    def case_readings(self) -> dict[int, CasesReading]:
        """By partition of pharos-cases, as they stand."""
        return {cases.partition: reading(cases, self._metrics) for cases in self.cases}
