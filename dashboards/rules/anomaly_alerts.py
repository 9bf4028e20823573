"""Alerts for those who would rather be told by Prometheus than by Pharos itself: what is open, by touchpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules import recordings
from dashboards.rules.checks import OPEN, asked, most_surprising
from dashboards.rules.rule import Alert, Section
from streams.catalogue.metric import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.load import Catalogue

# An anomaly has already been judged over a window: these only keep back what ends at once.
FOR_S = {Severity.CRITICAL: 30, Severity.WARNING: 120, Severity.INFO: 300}
KEEP_S = 60
OWNERS = {
    "page": "who runs the shop's pages",
    "consultation": "who leads the service desk",
    "order": "who runs orders and payment",
    "logistics": "who runs warehouses and carriers",
    "aftersale": "who decides on refunds",
    "dispute": "who decides on disputes",
    "feedback": "who leads service quality",
    "pipeline": "who runs the systems that write the topics",
}


def anomaly_alerts(job: str, catalogue: Catalogue) -> Iterator[Alert]:
    """One alert for each touchpoint of the catalogue and each severity; recovering anomalies count as over.

    `job` is the name under which the workers are scraped.
    """
    for touchpoint, names in recordings.metrics_by_touchpoint(catalogue).items():
        section = _section(catalogue, touchpoint, names)
        for severity, for_s in FOR_S.items():
            chosen = f'job="{job}",metric=~"{"|".join(names)}",severity="{severity}"'
            yield Alert(
                f"Pharos{touchpoint.capitalize()}Anomaly",
                f"{recordings.OPEN_ANOMALIES}{{{chosen}}} == 2",
                for_s,
                severity,
                "{{ $labels.metric }} deviates from what is expected"
                "{{ if $labels.scope }}, by {{ $labels.scope }}{{ end }}",
                "Pharos has an open anomaly of this metric. The labels say where; the board shows since when, by how "
                "much, and the likely cause.",
                section,
                KEEP_S,
            )


def _section(catalogue: Catalogue, touchpoint: str, names: list[str]) -> Section:
    anchors = dict.fromkeys(catalogue.by_name[name].runbook or name for name in names)
    sections = ", ".join(f"[{anchor}](#{anchor})" for anchor in anchors)
    return Section(
        f"A metric of the touchpoint {touchpoint} deviates from what is expected: Pharos has an open anomaly. The "
        f"label `metric` names it. Go to its section: {sections}.",
        (
            OPEN,
            asked("Which other touchpoints are affected?", f"{recordings.ANOMALIES_BY_TOUCHPOINT} > 0"),
            most_surprising(names),
        ),
        OWNERS[touchpoint],
    )
