"""From settings and catalogue to the numbers that rules and boards share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules.thresholds import Thresholds, hourly_records
from streams.transport.life.watchdog import LIMIT_S

if TYPE_CHECKING:
    from streams.catalogue.load import Catalogue
    from streams.settings.settings import Settings


def thresholds_of(settings: Settings, catalogue: Catalogue) -> Thresholds:
    """What the settings say, and what the catalogue wants of a source."""
    return Thresholds(
        app=settings.app,
        lateness_s=settings.lateness_s,
        snapshot_interval_s=settings.snapshot_interval_s,
        max_series=settings.max_series,
        watchdog_s=LIMIT_S,
        hourly_records=hourly_records(catalogue),
    )
