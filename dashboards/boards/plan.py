"""What boards are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.boards.installation import Installation

if TYPE_CHECKING:
    from dashboards.rules.thresholds import Thresholds
    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric

FEEDS = "pipeline"


@dataclass(frozen=True)
class Plan:
    """The catalogue, the numbers of the rules, and where links lead.

    Attributes:
        timezone: of all boards, so that everybody reads the same clock.
        runbook_base: what stands before a section's name in links to the runbook; empty: no such links.
        page_url: Pharos's own page; empty: no link to it.

    """

    catalogue: Catalogue
    thresholds: Thresholds
    timezone: str = "Asia/Shanghai"
    runbook_base: str = ""
    page_url: str = ""

    @property
    def job(self) -> str:
        """The job under which Prometheus scrapes the workers."""
        return self.thresholds.app

    @property
    def installation(self) -> Installation:
        """What folders, boards and the data source are called."""
        return Installation(self.thresholds.app)

    @property
    def touchpoints(self) -> dict[str, list[Metric]]:
        """Metrics by touchpoint, in the order of the catalogue; Pharos's own feeds come last."""
        found: dict[str, list[Metric]] = {}
        for metric in self.catalogue.judged:
            found.setdefault(metric.touchpoint, []).append(metric)
        if FEEDS in found:
            found[FEEDS] = found.pop(FEEDS)
        return found
