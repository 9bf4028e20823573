"""Partitions and records for the tests of ingest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import Catalogue, load
from streams.events.customer import CustomerKey
from streams.ingest.partition import IngestPartition
from tests.ingest.direct_marks import KEY
from tests.ingest.records import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.metric import Metric


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return load()


@pytest.fixture
def partition(shipped: Catalogue) -> Callable[..., IngestPartition]:
    def make(
        topic: str = "orders",
        metrics: tuple[Metric, ...] | None = None,
        dedup_records: int = 1000,
        now_ms: Callable[[], int] | None = None,
    ) -> IngestPartition:
        catalogue = shipped if metrics is None else Catalogue.of(metrics)
        return IngestPartition(
            catalogue,
            topic,
            0,
            dedup_records=dedup_records,
            lateness_ms=30_000,
            late_limit_ms=7_200_000,
            future_limit_ms=300_000,
            now_ms=now_ms,
            customers=CustomerKey(KEY),
            service=SERVICE.after,
        )

    return make
