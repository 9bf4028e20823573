"""The data source of all boards: Prometheus, under a uid that the boards know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboards.boards.installation import Installation

SCRAPE_INTERVAL = "15s"


def source_uid(installation: Installation) -> str:
    return installation.uid("prometheus")


def source_name(installation: Installation) -> str:
    return f"Prometheus for {installation.title}"


def data_source(installation: Installation, prometheus_url: str) -> dict[str, Any]:
    """As provisioning and the API take it.

    `timeInterval` is how often Prometheus scrapes: `$__rate_interval` is never shorter than four of them.
    """
    return {
        "name": source_name(installation),
        "uid": source_uid(installation),
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus_url,
        "isDefault": False,
        "jsonData": {"httpMethod": "POST", "timeInterval": SCRAPE_INTERVAL, "prometheusType": "Prometheus"},
    }
