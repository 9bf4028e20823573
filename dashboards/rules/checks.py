"""Steps that many sections of the runbook share: `$PHAROS` is a worker, `$PROMETHEUS` is Prometheus."""

from __future__ import annotations

from dashboards.rules.rule import Check

OPEN = Check("What is open, with cause, contributors and reason in words.", 'curl -s "$PHAROS/api/v1/anomalies"')
READY = Check("Whether the worker answers, and what it lacks to be ready.", 'curl -s "$PHAROS/readyz"')
CLUSTER = Check(
    "Whether brokers, topics and rights are as a worker needs them.", "pharos check --live --config pharos.yaml"
)
TOPICS = Check("Whether each topic is as it must be.", "pharos topics --config pharos.yaml")


def asked(shows: str, expr: str) -> Check:
    """A question to Prometheus."""
    return Check(shows, f"promtool query instant \"$PROMETHEUS\" '{expr}'")


def shown(shows: str, metric: str) -> Check:
    """What a worker tells of one metric."""
    return Check(shows, f'curl -s "$PHAROS/metrics" | grep ^{metric}')


def most_surprising(metrics: list[str]) -> Check:
    """The ten parts of these metrics that surprise the most."""
    return asked("Which parts are the most surprising.", f'topk(10, pharos_score{{metric=~"{"|".join(metrics)}"}})')
