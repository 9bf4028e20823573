"""Steps that many sections of the runbook share: `$PHAROS` is a worker, `$PROMETHEUS` is Prometheus."""

from __future__ import annotations

from dashboards.rules.rule import Check

OPEN = Check("Open anomalies, with cause, contributors and summary.", 'curl -s "$PHAROS/api/v1/anomalies"')
READY = Check("Does the worker answer, and why is it not ready?", 'curl -s "$PHAROS/readyz"')
CLUSTER = Check("Are brokers, topics and ACLs right for a worker?", "pharos check --live --config pharos.yaml")
TOPICS = Check("Are all topics configured correctly?", "pharos topics --config pharos.yaml")


def asked(shows: str, expr: str) -> Check:
    """A question to Prometheus."""
    return Check(shows, f"promtool query instant \"$PROMETHEUS\" '{expr}'")


def shown(shows: str, metric: str) -> Check:
    """What a worker exports of one metric."""
    return Check(shows, f'curl -s "$PHAROS/metrics" | grep ^{metric}')


def most_surprising(metrics: list[str]) -> Check:
    """The ten scopes of these metrics with the highest score."""
    return asked("The scopes with the highest score.", f'topk(10, pharos_score{{metric=~"{"|".join(metrics)}"}})')
