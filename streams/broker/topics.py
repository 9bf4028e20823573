"""The topics of Pharos and how many partitions each has."""

from __future__ import annotations

from streams.settings import SOURCE_TOPICS

# One partition each: their order over all metrics is what the incident agent and its readers need.
_SINGLE = ("pharos-verdicts", "pharos-anomalies", "pharos-anomaly-state", "pharos-actions", "pharos-dead-letters")


def topics(partitions: int = 4, cells_partitions: int = 4) -> dict[str, int]:
    """Partitions by topic: `partitions` for each source, `cells_partitions` for pharos-cells, one for all others.

    >>> topics(12)["orders"], topics(12)["pharos-cells"], topics(12)["pharos-verdicts"]
    (12, 4, 1)
    """
    return dict.fromkeys(SOURCE_TOPICS, partitions) | {"pharos-cells": cells_partitions} | dict.fromkeys(_SINGLE, 1)
