"""Makes the pure parts that a worker drives, each fresh: of source partitions, of cases, of cells, and the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cases.partition import CasesPartition
from streams.cases.snapshot import CasesSnapshot
from streams.cases.sources import sources_of_cases, sources_of_merges
from streams.catalogue.single_events import Watched
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.incidents.desk import IncidentDesk
from streams.ingest.assessments import AssessmentIngest
from streams.ingest.partition import IngestPartition
from streams.ingest.selection import Selection
from streams.merge.partition import MergePartition
from streams.register.service_time import ServiceTime
from streams.topics.names import ACTIONS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faust.types import TP

    from streams.catalogue.load import Catalogue
    from streams.events.customer import CustomerKey
    from streams.mapping.book import Mappings
    from streams.settings.settings import Settings


class NewPartitions:
    """Of one worker.

    Args:
        sources: partitions by source topic, pharos-actions among them; looked at anew for each part, for topics may get
            more.
        now_ms: the wall clock; asked only with `time: live`.

    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        sources: Mapping[str, int],
        mappings: Mappings,
        customers: CustomerKey,
        now_ms: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._sources = sources
        self._mappers = mappings.by_topic
        self._customers = customers
        self._service = ServiceTime.of(settings)
        self._watched = [Watched.of(rule) for rule in settings.on]
        self._now_ms = now_ms if settings.time == "live" else None

    def ingest(self, tp: TP) -> IngestPartition | AssessmentIngest:
        """Of a source partition."""
        settings, future_limit_ms = self._settings, self._settings.future_limit_s * 1000
        if tp.topic == ACTIONS_TOPIC:
            return AssessmentIngest(
                self._catalogue.hash, tp.topic, tp.partition, now_ms=self._now_ms, future_limit_ms=future_limit_ms
            )
        return IngestPartition(
            self._catalogue,
            tp.topic,
            tp.partition,
            dedup_records=settings.dedup_records,
            lateness_ms=settings.lateness_s * 1000,
            late_limit_ms=settings.late_limit_s * 1000,
            future_limit_ms=future_limit_ms,
            now_ms=self._now_ms,
            mapper=self._mappers.get(tp.topic),
            customers=self._customers,
            service=self._service.after,
            selection=Selection(self._watched, self._catalogue.vocabulary, tp.topic),
        )

    def cases(self, partition: int) -> tuple[CasesPartition, CasesSnapshot]:
        """Of a partition of cases, with what writes its snapshots."""
        cases = CasesPartition(self._catalogue, partition, sources_of_cases(self._sources))
        return cases, CasesSnapshot(cases, self._catalogue.hash, self._settings.cells_partitions)

    def merge(self, partition: int) -> MergePartition:
        """Of a cells partition."""
        settings, catalogue = self._settings, self._catalogue
        return MergePartition(
            catalogue,
            partition,
            sources_of_merges(self._sources, catalogue, settings.cells_partitions),
            settings,
            lambda metric: MetricEvaluator(metric, settings, catalogue.calendar, len(catalogue.judged)),
        )

    def desk(self) -> IncidentDesk:
        """The one in the whole system."""
        return IncidentDesk(self._catalogue, self._settings.cells_partitions, self._settings)
