"""Who waits for whom: cases for the topics that bring events, merges for the cases too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.topics.names import ACTIONS_TOPIC, CASES_TOPIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.catalogue.load import Catalogue


def sources_of_cases(sources: Mapping[str, int]) -> dict[str, int]:
    """Partitions by topic. What people did about anomalies marks no case."""
    return {topic: count for topic, count in sources.items() if topic != ACTIONS_TOPIC}


def sources_of_merges(sources: Mapping[str, int], catalogue: Catalogue, cells_partitions: int) -> dict[str, int]:
    """The same, for merges: where the catalogue has cases, their partitions are sources as well."""
    cases = {CASES_TOPIC: cells_partitions} if catalogue.has_cases else {}
    return dict(sources) | cases
