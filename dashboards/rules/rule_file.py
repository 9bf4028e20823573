"""The rules as Prometheus reads them: deploy/prometheus/pharos.rules.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from dashboards.rules.anomaly_alerts import anomaly_alerts
from dashboards.rules.feed_alerts import feed_alerts
from dashboards.rules.flow_alerts import flow_alerts
from dashboards.rules.recordings import anomaly_recordings, pipeline_recordings
from dashboards.rules.rule import Alert, Group, Recording
from dashboards.rules.worker_alerts import worker_alerts
from streams.catalogue.runbook import runbook_url

if TYPE_CHECKING:
    from dashboards.rules.thresholds import Thresholds
    from streams.catalogue.load import Catalogue

RUNBOOK = "docs/runbook.md#"
_HEAD = "# Generated: pharos check --rules > deploy/prometheus/pharos.rules.yaml\n"


def groups(catalogue: Catalogue, thresholds: Thresholds) -> list[Group]:
    """All rules; a group's recordings come before the alerts that use them.

    Every rule looks at the job of its installation alone: two that share a Prometheus each bring a file of their own.
    """
    app = thresholds.app
    return [
        Group(f"{app}-pipeline-recordings", tuple(pipeline_recordings(app))),
        Group(f"{app}-anomaly-recordings", tuple(anomaly_recordings(app, catalogue))),
        Group(f"{app}-workers", tuple(worker_alerts(thresholds))),
        Group(f"{app}-flow", tuple(flow_alerts(thresholds))),
        Group(f"{app}-feeds", tuple(feed_alerts(thresholds))),
        Group(f"{app}-anomalies", tuple(anomaly_alerts(app, catalogue))),
    ]


def anchor(alert: str) -> str:
    """Where the runbook tells of an alert: the anchor that Markdown gives to its heading."""
    return alert.lower()


def text(groups: list[Group], board_url: str, runbook_base: str = "") -> str:
    """YAML.

    Args:
        groups: see `groups`.
        board_url: where the alerts' links to the board lead.
        runbook_base: what stands before the anchor in links to the runbook; empty: the file in this repository.

    """
    content = {
        "groups": [
            {
                "name": group.name,
                "rules": [_rule(rule, board_url, runbook_base or RUNBOOK) for rule in group.rules],
            }
            for group in groups
        ]
    }
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _rule(rule: Recording | Alert, board_url: str, runbook_base: str) -> dict[str, Any]:
    if isinstance(rule, Recording):
        labels = {"labels": dict(rule.labels)} if rule.labels else {}
        return {"record": rule.record, "expr": rule.expr, **labels}
    times = {"for": f"{rule.for_s}s"} if rule.for_s else {}
    times |= {"keep_firing_for": f"{rule.keep_s}s"} if rule.keep_s else {}
    return {
        "alert": rule.name,
        "expr": rule.expr,
        **times,
        "labels": {"severity": str(rule.severity)},
        "annotations": {
            "summary": rule.summary,
            "description": rule.description,
            "runbook_url": runbook_url(anchor(rule.name), runbook_base),
            "dashboard_url": board_url,
        },
    }
