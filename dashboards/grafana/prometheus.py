"""The data source of the boards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboards.boards.source import data_source
from dashboards.grafana.resource import MISSING, compared
from dashboards.grafana.server import asked, found

if TYPE_CHECKING:
    from grafana_client import GrafanaApi

    from dashboards.boards.installation import Installation


class PrometheusSource:
    """What Grafana adds to it, and what somebody added (a certificate, a password), is left alone."""

    def __init__(self, api: GrafanaApi, installation: Installation, prometheus_url: str) -> None:
        self._api = api
        self._wanted = data_source(installation, prometheus_url)

    @property
    def name(self) -> str:
        return f"data source {self._wanted['uid']}"

    def differences(self) -> list[str]:
        there = self._there()
        return [MISSING] if there is None else compared(self._wanted, there, whole=False)

    def put(self) -> None:
        there = self._there()
        if there is None:
            asked(f"make the {self.name}", self._api.datasource.create_datasource, self._wanted)
            return
        merged = there | self._wanted | {"jsonData": there.get("jsonData", {}) | self._wanted["jsonData"]}
        asked(
            f"change the {self.name}",
            self._api.datasource.update_datasource_by_uid,
            self._wanted["uid"],
            merged,
        )

    def _there(self) -> dict[str, Any] | None:
        source: dict[str, Any] | None = found(
            f"read the {self.name}", self._api.datasource.get_datasource_by_uid, self._wanted["uid"]
        )
        return source
