"""The runbook: docs/runbook.md, a section for every alert and for every `runbook` key of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules.anomaly_alerts import OWNERS
from dashboards.rules.checks import OPEN, most_surprising, shown
from dashboards.rules.rule import Alert
from streams.telemetry.metrics import prometheus_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.rules.rule import Check, Group
    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric

_HEAD = """\
# Runbook

Made by `pharos check --runbook > docs/runbook.md`; a test compares. Alerts of Prometheus (deploy/prometheus) link here
by their name, anomalies by the `runbook` of their metric: set `runbook_base_url` to the address of this page, with `#`
at its end. The commands take the addresses of a worker, of Prometheus and of a broker from the environment; where
tokens are set, give curl one as well (`-H "Authorization: Bearer $TOKEN"`):

    export PHAROS=http://127.0.0.1:6066 PROMETHEUS=http://127.0.0.1:9090 BROKER=localhost:19092

# Alerts of Prometheus
"""
_BAD = {"up": "rises", "down": "falls", "both": "rises or falls"}


def runbook(catalogue: Catalogue, groups: list[Group]) -> str:
    """Markdown."""
    alerts: dict[str, list[Alert]] = {}
    for group in groups:
        for rule in group.rules:
            if isinstance(rule, Alert):
                alerts.setdefault(rule.name, []).append(rule)
    metrics: dict[str, list[Metric]] = {}
    for metric in catalogue.metrics:
        if not metric.runbook.startswith(("https://", "http://")):
            metrics.setdefault(metric.runbook or metric.name, []).append(metric)
    parts = [_HEAD, *("\n".join(_alert(name, rules)) for name, rules in alerts.items()), "# Metrics\n"]
    parts += ["\n".join(_metric(key, group)) for key, group in metrics.items()]
    return "\n".join(parts)


def _alert(name: str, rules: list[Alert]) -> Iterator[str]:
    section = rules[0].section
    yield f"## {name}\n"
    yield f"{section.meaning}\n"
    yield "- fires: " + ", ".join(f"{rule.severity} {_after(rule.for_s)}" for rule in rules)
    yield f"- owner: {section.owner}\n"
    yield from _steps(section.checks)


def _after(seconds: int) -> str:
    return f"after {seconds} s" if seconds else "at once"


def _metric(key: str, metrics: list[Metric]) -> Iterator[str]:
    yield f"## {key.replace('-', ' ').capitalize()}\n"
    for metric in metrics:
        yield f"{metric.title}. Bad where it {_BAD[metric.direction]}; what counts: [metrics](metrics.md#{key}).\n"
    causes = list(dict.fromkeys(cause for metric in metrics for cause in metric.symptom_of))
    if causes:
        yield f"Look first whether it is a symptom of {', '.join(f'`{cause}`' for cause in causes)}.\n"
    yield f"- owner: {OWNERS[metrics[0].touchpoint]}\n"
    yield from _steps(
        (
            OPEN,
            most_surprising([metric.name for metric in metrics]),
            shown("How it stands now, in each part.", prometheus_name(metrics[0])),
        )
    )


def _steps(checks: tuple[Check, ...]) -> Iterator[str]:
    for number, check in enumerate(checks, 1):
        yield f"{number}. {check.shows}\n\n       {check.command}\n"
