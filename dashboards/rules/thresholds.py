"""All numbers of the rules, in one place: what the settings and the catalogue say, and what only alerts need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.catalogue.load import Catalogue

_SOURCES = "events_received"
_HOUR_S = 3_600


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Durations are in seconds. The first block is what the settings say.

    Attributes:
        app: the job under which Prometheus scrapes the workers.
        watchdog_s: a part of a worker that stands still so long ends it.
        hourly_records: records an hour that a source must have had before its silence is news.

    """

    app: str
    lateness_s: float
    snapshot_interval_s: float
    max_series: int
    watchdog_s: float
    hourly_records: int
    backlog_warning_s: int = 120
    backlog_critical_s: int = 600
    internal_lag_records: int = 10_000
    dead_letter_ratio: float = 0.01
    late_ratio: float = 0.05
    loop_lag_s: float = 0.5
    publish_p95_s: int = 60
    restarts: int = 3
    series_ratio: float = 0.8

    @property
    def commit_age_s(self) -> float:
        """Twice what the watchdog allows: it should have ended the worker by then."""
        return 2 * self.watchdog_s

    @property
    def snapshot_age_s(self) -> float:
        """Five were due, and the watchdog has let it pass."""
        return 5 * self.snapshot_interval_s + self.watchdog_s

    @property
    def watermark_age_s(self) -> float:
        """Lateness is meant to be waited for; the rest is a flush that hangs, a restart, a hand-over."""
        return self.lateness_s + 4 * self.watchdog_s


def hourly_records(catalogue: Catalogue) -> int:
    """What the catalogue wants of a window before it judges the silence of a source, as records an hour.

    A catalogue without such a metric gets one record a minute.
    """
    metric = catalogue.by_name.get(_SOURCES)
    if metric is None:
        return _HOUR_S // 60
    return round(metric.minimum_exposure * _HOUR_S / max(metric.windows))
