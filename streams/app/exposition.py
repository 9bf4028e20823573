"""What /metrics of a worker is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.web.data_scope import EVERYTHING
from streams.web.exposition import Exposition
from streams.web.merge_readings import judged
from streams.web.provisional_readings import provisional
from streams.web.rolling_readings import rolling
from streams.web.staffing_readings import staffing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client import CollectorRegistry

    from streams.catalogue.load import Catalogue
    from streams.merge.readings import Reading
    from streams.register.register import Register
    from streams.web.scores import ScoreBook


def exposition_of(
    registry: CollectorRegistry,
    readings: Callable[[], Iterable[Reading]],
    register: Register,
    catalogue: Catalogue,
    scores: ScoreBook,
) -> Exposition:
    """`readings`: of the metrics that this worker merges; anomalies and scores every worker knows all of."""
    return Exposition(
        registry,
        lambda: judged(readings()),
        register.open_anomalies,
        catalogue.spoken_of,
        lambda: provisional(readings()),
        lambda: rolling(readings()),
        lambda: scores.of(EVERYTHING),
        lambda: staffing(readings()),
    )
