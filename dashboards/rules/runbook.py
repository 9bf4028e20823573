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

One section for each alert of Prometheus (deploy/prometheus) and for each metric: what it means, who owns it, and the
first three checks. The words are in the [glossary](glossary.md).

`pharos check --runbook > docs/runbook.md` writes this page; a test compares. To make alerts and anomalies link to their
section, set `runbook_base_url` to the address of this page, with `#` at its end. The commands read the addresses of a
worker, of Prometheus and of a broker from the environment. If the worker needs tokens, add
`-H "Authorization: Bearer $TOKEN"` to curl.

    export PHAROS=http://127.0.0.1:6066 PROMETHEUS=http://127.0.0.1:9090 BROKER=localhost:19092

# Alerts of Prometheus
"""
_LEVELS = """\
## Scorecard level

A scorecard ([scorecards](scorecards.md)) loses a level tonight as today goes, or lost it at midnight. The message says
the figure of 30 days, the level, and the figure at which it is lost; `chance` of the API says how likely that is. What
can be scored is listed in [the metrics](metrics.md#scorecard-level). If an anomaly of the indicator itself is open, it
is the cause: work on that one.

- owner: whoever answers for the indicator; for the score itself, the shop's management

1. The scores, what loses a level first.

       curl -s "$PHAROS/api/v1/scorecards" | python3 -m json.tool

2. How far the figure is from its limit: (limit - tonight) x cases more good ones before midnight would keep the level.

       curl -s "$PHAROS/metrics" | grep '^pharos_rolling'

3. What today did to it: the anomalies that are open at the same touchpoint.

       curl -s "$PHAROS/api/v1/anomalies" | python3 -m json.tool
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
    for metric in catalogue.judged:
        if not metric.runbook.startswith(("https://", "http://")):
            metrics.setdefault(metric.runbook or metric.name, []).append(metric)
    parts = [_HEAD, *("\n".join(_alert(name, rules)) for name, rules in alerts.items()), "# Metrics\n"]
    parts += ["\n".join(_metric(key, group)) for key, group in metrics.items()]
    parts.append(_LEVELS)
    return "\n".join(parts)


def _alert(name: str, rules: list[Alert]) -> Iterator[str]:
    section = rules[0].section
    yield f"## {name}\n"
    yield f"{section.meaning}\n"
    yield "- fires: " + ", ".join(f"{rule.severity} {_after(rule.for_s)}" for rule in rules)
    yield f"- owner: {section.owner}\n"
    yield from _steps(section.checks)


def _after(seconds: int) -> str:
    return f"after {seconds} s" if seconds else "immediately"


def _metric(key: str, metrics: list[Metric]) -> Iterator[str]:
    yield f"## {key.replace('-', ' ').capitalize()}\n"
    for metric in metrics:
        bad = f"It is bad when it {_BAD[metric.direction]}."
        yield f"`{metric.name}`: {metric.title}. {bad} [What it counts](metrics.md#{key}).\n"
    causes = list(dict.fromkeys(cause for metric in metrics for cause in metric.symptom_of))
    if causes:
        yield f"Check the possible causes first: {', '.join(f'`{cause}`' for cause in causes)}.\n"
    yield f"- owner: {OWNERS[metrics[0].touchpoint]}\n"
    yield from _steps(
        (
            OPEN,
            most_surprising([metric.name for metric in metrics]),
            shown("Its current value, by scope.", prometheus_name(metrics[0])),
        )
    )


def _steps(checks: tuple[Check, ...]) -> Iterator[str]:
    for number, check in enumerate(checks, 1):
        yield f"{number}. {check.shows}\n\n       {check.command}\n"
