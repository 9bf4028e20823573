"""Who sees only a store sees nothing of another: on every path that can be read, and in what can be done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from dashboards.wallboard import pages
from streams.records.anomaly import Contributor
from streams.telemetry.health import Health
from streams.telemetry.metric_info import METRIC_INFO
from streams.telemetry.metrics import PipelineMetrics
from streams.web.actions import add_actions
from streams.web.api import create_web_app
from streams.web.approvals import add_approvals
from streams.web.audit import AuditLog
from streams.web.audited import Auditor, add_audit
from streams.web.data_scope import EVERYTHING, NOTHING, read_data_scope
from streams.web.exposition import Exposition
from streams.web.security import Role, Security, Token
from streams.web.silences import add_silences
from tests.web.support.actions_topic import ActionsTopic
from tests.web.support.shop_hour import CATALOGUE, tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

OWN, OTHER = "own-store", "other-store"
SELLER = Token(Role.ADMIN, "seller-secret-of-these-tests", "Seller", read_data_scope(f"store:{OWN}"))
PLATFORM = Token(Role.ADMIN, "platform-secret-of-these-tests", "Platform")


@pytest.fixture
def board(quiet_board: Board, anomaly: Callable[..., Anomaly]) -> Board:
    """One anomaly of the own store, that the platform's caused, one of another, and one of the whole."""
    tell(quiet_board, anomaly(fingerprint="whole", scope={}, cause_of=["own", "other"]))
    tell(quiet_board, anomaly(fingerprint="other", scope={"store": OTHER}, summary=f"of {OTHER}", caused_by="whole"))
    mine = [Contributor({"store": OWN, "channel": "app"}, 0.9, 0.9, 0.0), Contributor({"store": OTHER}, 0.1, 0.1, 0.0)]
    tell(
        quiet_board,
        anomaly(fingerprint="own", scope={"store": OWN}, caused_by="whole", cause_of=["other"], contributors=mine),
    )
    return quiet_board


@pytest.fixture
def readings() -> list[Any]:
    metric = CATALOGUE.by_name["orders_created"]
    store = metric.scopes.index(("store",))
    numbers = np.array([1.0, 2.0, 3.0])
    scopes = [(metric.scopes.index(()), ()), (store, (OWN,)), (store, (OTHER,))]
    columns = dict.fromkeys(("value", "expected", "lower", "upper", "score", "low", "high", "last_sale"), numbers)
    return [SimpleNamespace(metric=metric, scopes=scopes, **columns)]


@pytest.fixture
def topic(board: Board) -> ActionsTopic:
    return ActionsTopic(board)


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    board: Board, topic: ActionsTopic, readings: list[Any], now: int, tmp_path: Path
) -> AsyncIterator[Any]:
    """All routes of a worker."""
    security, registry, health = Security(tokens=(SELLER, PLATFORM)), CollectorRegistry(), Health()
    metrics = PipelineMetrics(registry, lambda: now / 1000)
    metrics.records(OTHER, "counted", 12)
    exposition = Exposition(registry, lambda: readings, board.open_anomalies, CATALOGUE.metrics)
    app = create_web_app(board, exposition, health, security, pages(), lambda: now / 1000)
    add_actions(app, board.register, security, topic.write, lambda: now / 1000)
    add_silences(app, board.register, "Asia/Shanghai", security, topic.write, lambda: now / 1000)
    add_approvals(app, board.register, security, topic.write, lambda: now / 1000)
    auditor = Auditor(AuditLog(tmp_path / "audit.jsonl"), security, lambda: now / 1000, metrics.audit_failed)
    add_audit(app, auditor, security)
    running = TestServer(app)
    await running.start_server()
    yield running
    await running.close()


async def ask(server: Any, path: str, token: Token, method: str = "GET", **options: Any) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token.secret}"}
    async with (
        ClientSession() as client,
        client.request(method, server.make_url(path), headers=headers, **options) as answer,
    ):
        return answer.status, await answer.text()


async def test_no_path_that_can_be_read_tells_of_another_store(server: Any) -> None:
    """Every route there is, those of others too: one that does not know of parts must refuse who sees a part."""
    paths = {
        resource.canonical.replace("{fingerprint}", name)
        for route in server.app.router.routes()
        if route.method == "GET"
        for resource in [route.resource]
        for name in ("own", "other", "whole")
        if resource is not None
    }
    told = {path: await ask(server, path, SELLER) for path in sorted(paths)}
    leaking = [path for path, (_, text) in told.items() if OTHER in text]

    assert len(paths) > 10
    assert leaking == []
    assert told["/api/v1/anomalies/own"][0] == 200
    assert told["/api/v1/anomalies/other"][0] == told["/api/v1/anomalies/whole/course"][0] == 404
    assert told["/api/v1/audit"][0] == 403
    everything = [await ask(server, path, PLATFORM) for path in ("/metrics", "/api/v1/board", "/api/v1/anomalies")]
    assert all(OTHER in text for _, text in everything)


async def test_the_own_anomaly_is_told_without_what_it_says_of_others(server: Any, board: Board) -> None:
    own = read_data_scope(f"store:{OWN}")
    (seen,) = board.open_anomalies(own)
    view = board.view(0, 0, own)

    assert [contributor.scope for contributor in seen.contributors] == [{"store": OWN, "channel": "app"}]
    assert (seen.caused_by, seen.cause_of, seen.incident) == (None, [], "")
    assert [anomaly["fingerprint"] for anomaly in view["anomalies"]] == ["own"]
    assert (view["open"], view["metrics"], view["whole"]) == (1, [], False)
    assert board.open_anomalies(NOTHING) == []
    assert len(board.open_anomalies(EVERYTHING)) == 3


async def test_metrics_are_those_of_the_own_store(server: Any) -> None:
    status, text = await ask(server, "/metrics", SELLER)
    lines = [line for line in text.splitlines() if not line.startswith(("#", f"{METRIC_INFO}{{"))]

    assert status == 200
    assert len(lines) == 4
    assert all(f'store="{OWN}"' in line for line in lines)
    assert "pharos_records_total" in (await ask(server, "/metrics", PLATFORM))[1]


async def test_nobody_acts_on_what_they_do_not_see(server: Any, topic: ActionsTopic) -> None:
    body = {"actor": "x"}
    statuses = {
        (name, deed): (await ask(server, f"/api/v1/anomalies/{name}/{deed}", SELLER, "POST", json=body))[0]
        for name in ("own", "other", "whole")
        for deed in ("ack", "approve", "decline")
    }

    assert statuses.pop(("own", "ack")) == 202
    assert {status for (name, _), status in statuses.items() if name == "own"} == {409}
    assert {status for (name, _), status in statuses.items() if name != "own"} == {404}
    assert [taken.fingerprint for taken in topic.taken] == ["own"]


async def test_a_session_tells_which_part_is_seen(server: Any) -> None:
    assert '"sees":{"store":["own-store"]}' in (await ask(server, "/api/v1/session", SELLER))[1]


async def test_a_route_that_says_nothing_of_parts_refuses_who_sees_one() -> None:
    from streams.web.guard import needs

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text="everything")

    app = web.Application()
    security = Security(tokens=(SELLER, PLATFORM))
    app.router.add_get("/", needs(Role.VIEWER, security, handler))
    running = TestServer(app)
    await running.start_server()
    answers = [await ask(running, "/", token) for token in (SELLER, PLATFORM)]
    await running.close()

    assert [status for status, _ in answers] == [403, 200]


@pytest.mark.parametrize("text", ["", "store", "store:", ":x", "sto re:x", "store:a,", "商店:a"])
def test_a_data_scope_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="dimension:value"):
        read_data_scope(text)


def test_of_several_dimensions_all_must_fit() -> None:
    data_scope = read_data_scope("store:a,store:b,region:zhejiang")

    assert data_scope.sees({"store": "b", "region": "zhejiang"})
    assert not data_scope.sees({"store": "b", "region": "jiangsu"})
    assert not data_scope.sees({"store": "b"})


def test_nothing_is_nothing() -> None:
    assert not NOTHING.sees({})
    assert not NOTHING.sees({"": ""})
