"""The data source of all boards: Prometheus, under a uid that the boards know."""

from __future__ import annotations

from typing import Any

from dashboards.boards.variable import SOURCE_NAME, SOURCE_UID

SCRAPE_INTERVAL = "15s"


def data_source(prometheus_url: str) -> dict[str, Any]:
    """As provisioning and the API take it.

    `timeInterval` is how often Prometheus scrapes: `$__rate_interval` is never shorter than four of them.
    """
    return {
        "name": SOURCE_NAME,
        "uid": SOURCE_UID,
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus_url,
        "isDefault": False,
        "jsonData": {"httpMethod": "POST", "timeInterval": SCRAPE_INTERVAL, "prometheusType": "Prometheus"},
    }
