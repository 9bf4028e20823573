"""The same against a real Grafana. Use an empty one: what is published is removed at the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.boards import lint
from dashboards.boards.all_boards import all_boards
from dashboards.boards.folder import folders
from dashboards.grafana.publish import compare, publish, wanted
from dashboards.grafana.resource import Outcome
from dashboards.grafana.server import connected
from streams.cli.boards import PROMETHEUS, access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.boards.plan import Plan

pytestmark = [
    pytest.mark.grafana,
    pytest.mark.skipif("GRAFANA_URL" not in os.environ, reason="no Grafana: set GRAFANA_URL and GRAFANA_TOKEN"),
]


@pytest.fixture
def api(plan: Plan) -> Iterator[Any]:
    with connected(*access(os.environ)) as api:
        yield api
        for board in all_boards(plan):
            api.dashboard.delete_dashboard(board.json(plan)["uid"])
        for folder in folders(plan.installation):
            api.folder.delete_folder(folder.uid)


def test_what_was_published_is_there_as_it_was_written(api: Any, plan: Plan) -> None:
    url = os.environ.get("PROMETHEUS_URL", PROMETHEUS)
    list(publish(wanted(api, plan, url, ())))

    found = {finding.name: finding.differences for finding in compare(wanted(api, plan, url, ()))}

    assert found == {name: [] for name in found}
    assert {finding.outcome for finding in compare(wanted(api, plan, url, ()))} == {Outcome.SAME}


@pytest.mark.skipif("PROMETHEUS_URL" not in os.environ, reason="no Prometheus behind Grafana: set PROMETHEUS_URL")
def test_grafana_asks_every_question_without_an_error(api: Any, plan: Plan) -> None:
    list(publish(wanted(api, plan, os.environ["PROMETHEUS_URL"], ())))
    source = {"type": "prometheus", "uid": "pharos-prometheus"}
    for board in all_boards(plan):
        for place, expr, now in lint.expressions_of(board.json(plan)):
            asked = {"refId": "A", "datasource": source, "expr": lint.interpolated(expr, plan), "instant": now}
            body = {"from": "now-15m", "to": "now", "queries": [asked]}
            answer = api.client.POST("/ds/query", json=body)
            assert "error" not in answer["results"]["A"], place
