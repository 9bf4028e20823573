"""Where the runbook of a metric is."""

from __future__ import annotations


def runbook_url(runbook: str, base: str) -> str:
    """What the metric names where it is a URL, else page or anchor below the base; empty where either is missing."""
    if runbook.startswith(("https://", "http://")):
        return runbook
    separator = "" if base.endswith(("/", "#", "=")) else "/"
    return f"{base}{separator}{runbook.lstrip('/')}" if base and runbook else ""
