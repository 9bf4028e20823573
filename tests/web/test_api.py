"""The HTTP interface through a real server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from streams.web.security import SECURITY_HEADERS, Role, Security, Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientResponse, ClientSession

    from streams.telemetry.health import Health
    from streams.web.board import Board

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
READS = [
    "/metrics",
    "/api/v1/anomalies",
    "/api/v1/anomalies/a1b2c3",
    "/api/v1/anomalies/a1b2c3/course",
    "/api/v1/board",
]


async def fetch(client: ClientSession, method: str, address: Any, **options: Any) -> ClientResponse:
    """One request, read to its end, so that no connection stays behind."""
    response = await client.request(method, address, **options)
    await response.read()
    return response


@pytest_asyncio.fixture(loop_scope="session")
async def ask(serve: Any, client: ClientSession, troubled_board: Board) -> Any:
    """Sends one request to a server around the troubled board, and reads the answer."""
    server = await serve(troubled_board)

    async def send(path: str, method: str = "GET", **options: Any) -> ClientResponse:
        return await fetch(client, method, server.make_url(path), **options)

    return send


async def test_the_anomalies_are_listed_open_ones_first_and_gravest_first(ask: Any) -> None:
    found = (await (await ask("/api/v1/anomalies")).json())["anomalies"]

    assert [anomaly["severity"] for anomaly in found[:4]] == ["critical", "warning", "warning", "info"]
    assert [anomaly["state"] for anomaly in found[4:]] == ["resolved"] * 3
    assert found[0]["contributors"][0] == {"scope": {"region": "zhejiang"}, "share": 0.62, "rate": 0.61, "mix": 0.01}


async def test_the_list_can_be_filtered(ask: Any) -> None:
    asked = "/api/v1/anomalies?state=firing&state=recovering&touchpoint=order"
    found = (await (await ask(asked)).json())["anomalies"]

    assert {anomaly["fingerprint"] for anomaly in found} == {"a1b2c3", "g7"}


async def test_one_anomaly_comes_with_its_time_line(ask: Any) -> None:
    found = await (await ask("/api/v1/anomalies/a1b2c3")).json()

    assert found["summary"].startswith("Payment success rate fell")
    assert [entry["change"] for entry in found["timeline"]] == ["pharos.anomaly.opened", "pharos.anomaly.updated"]
    assert [entry["why"] for entry in found["timeline"]] == ["opened", "worsened"]


async def test_the_course_of_an_anomaly_costs_no_body_while_it_is_unchanged(ask: Any) -> None:
    first = await ask("/api/v1/anomalies/a1b2c3/course")
    second = await ask("/api/v1/anomalies/a1b2c3/course", headers={"If-None-Match": first.headers["ETag"]})

    assert (await first.json())["metric"]["name"] == "payment_success"
    assert int(first.headers["Pharos-Time"]) > 0
    assert second.status == 304


async def test_every_anomaly_has_a_page_which_holds_no_data(ask: Any) -> None:
    known, unknown = await ask("/anomalies/a1b2c3"), await ask("/anomalies/%3Cscript%3E")

    assert (known.status, unknown.status) == (200, 200)
    assert await known.text() == await unknown.text()
    assert known.headers["Content-Type"].startswith("text/html")
    assert (await ask("/anomalies/a/b")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/anomalies/none",
        "/api/v1/anomalies/none/course",
        "/nothing",
        "/api/v1/silences",
        "/../../etc/passwd",
        "/%2e%2e/secrets",
    ],
)
async def test_what_is_not_there_is_404_in_json(ask: Any, path: str) -> None:
    response = await ask(path)

    assert response.status == 404
    assert "error" in await response.json()


@pytest.mark.parametrize("path", ["/", "/anomalies/a1b2c3", *READS])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_what_only_reads_refuses_to_be_written(ask: Any, path: str, method: str) -> None:
    response = await ask(path, method, json={})

    assert response.status == 405
    assert "error" in await response.json()


@pytest.mark.parametrize("path", ["/", "/anomalies/a1b2c3", "/wallboard.js", "/healthz", "/nothing", *READS])
async def test_every_answer_carries_the_security_headers(ask: Any, path: str) -> None:
    response = await ask(path)

    assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Server" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_an_unchanged_board_costs_no_body(ask: Any) -> None:
    first = await ask("/api/v1/board")
    second = await ask("/api/v1/board", headers={"If-None-Match": first.headers["ETag"]})

    assert second.status == 304
    assert await second.read() == b""


async def test_a_changed_board_is_sent_anew(
    ask: Any, troubled_board: Board, anomaly: Callable[..., Any], transition: Callable[..., Any]
) -> None:
    first = await ask("/api/v1/board")
    troubled_board.transition(transition(anomaly(fingerprint="new")))
    second = await ask("/api/v1/board", headers={"If-None-Match": first.headers["ETag"]})

    assert second.status == 200
    assert (await second.json())["open"] == 5


@pytest.mark.parametrize("host", ["evil.example", "evil.example:6066"])
async def test_a_foreign_host_reads_nothing(ask: Any, host: str) -> None:
    response = await ask("/api/v1/board", headers={"Host": host})

    assert response.status == 403
    assert (await response.json())["reason"] == "host"


async def test_probes_come_by_any_address(ask: Any) -> None:
    assert (await ask("/healthz", headers={"Host": "10.0.0.7:6066"})).status == 200


@pytest.mark.parametrize("path", READS)
async def test_with_tokens_every_read_needs_the_viewer(
    serve: Any, client: ClientSession, troubled_board: Board, path: str
) -> None:
    server = await serve(troubled_board, Security(tokens=(VIEWER,)))
    bare = await fetch(client, "GET", server.make_url(path))
    opened = await fetch(client, "GET", server.make_url(path), headers={"Authorization": f"Bearer {VIEWER.secret}"})

    assert bare.status == 401
    assert bare.headers["WWW-Authenticate"].startswith("Bearer")
    assert opened.status == 200


async def test_the_page_itself_needs_no_token_for_it_holds_no_data(
    serve: Any, client: ClientSession, troubled_board: Board
) -> None:
    server = await serve(troubled_board, Security(tokens=(VIEWER,)))

    assert (await fetch(client, "GET", server.make_url("/"))).status == 200


async def test_a_token_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(
    serve: Any, client: ClientSession, troubled_board: Board
) -> None:
    server = await serve(troubled_board, Security(tokens=(VIEWER,)))
    entered = await fetch(client, "POST", server.make_url("/api/v1/session"), json={"token": VIEWER.secret})
    cookie = entered.headers["Set-Cookie"]
    session = entered.cookies["pharos_session"].value
    sent = {"Cookie": f"pharos_session={session}"}
    board = await fetch(client, "GET", server.make_url("/api/v1/board"), headers=sent)
    left = await fetch(client, "DELETE", server.make_url("/api/v1/session"), json={})

    assert entered.status == 200
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert VIEWER.secret not in cookie
    assert board.status == 200
    assert 'pharos_session=""' in left.headers["Set-Cookie"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token": 5}', b'{"token": "wrong"}', b"\xff"])
async def test_no_session_without_a_known_token(
    serve: Any, client: ClientSession, troubled_board: Board, body: bytes
) -> None:
    server = await serve(troubled_board, Security(tokens=(VIEWER,)))
    response = await fetch(
        client, "POST", server.make_url("/api/v1/session"), data=body, headers={"Content-Type": "application/json"}
    )

    assert response.status in (400, 401)
    assert "Set-Cookie" not in response.headers


async def test_readiness_names_what_is_missing_and_follows_the_health(ask: Any, health: Health) -> None:
    early = await ask("/readyz")
    health.assign([("orders", 0)])
    health.caught_up("orders", 0)
    late = await ask("/readyz")

    assert early.status == 503
    assert (await early.json())["reasons"] == [{"reason": "not_assigned", "detail": "no partitions assigned yet"}]
    assert late.status == 200
    assert await late.json() == {"ready": True, "reasons": []}


async def test_readiness_gives_no_reasons_to_who_may_not_read(
    serve: Any, client: ClientSession, troubled_board: Board
) -> None:
    server = await serve(troubled_board, Security(tokens=(VIEWER,)))
    response = await fetch(client, "GET", server.make_url("/readyz"))

    assert await response.json() == {"ready": False}


async def test_a_crashed_worker_is_not_alive(ask: Any, health: Health) -> None:
    alive = (await ask("/healthz")).status
    health.crash("the merge agent ended")

    assert (alive, (await ask("/healthz")).status) == (200, 503)


async def test_metrics_come_as_text_or_as_open_metrics(ask: Any) -> None:
    text = await ask("/metrics")
    openly = await ask("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})

    assert text.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert openly.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert (await openly.text()).endswith("# EOF\n")


@pytest.mark.parametrize("path", ["/", "/healthz", *READS])
async def test_head_answers_as_get_does_without_a_body(ask: Any, path: str) -> None:
    response = await ask(path, "HEAD")

    assert response.status == 200
    assert await response.read() == b""


async def test_a_failure_inside_answers_500_without_its_cause(
    serve: Any, client: ClientSession, troubled_board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(troubled_board)
    monkeypatch.setattr(troubled_board, "open_anomalies", lambda: 1 / 0)
    response = await fetch(client, "GET", server.make_url("/api/v1/anomalies"))

    assert response.status == 500
    assert "division" not in await response.text()


async def test_hostile_names_travel_as_json_strings(
    ask: Any, troubled_board: Board, anomaly: Callable[..., Any], transition: Callable[..., Any]
) -> None:
    hostile = '</script><script>alert(1)</script>"\u2028'
    troubled_board.transition(transition(anomaly(fingerprint="h", scope={"sku": hostile})))
    response = await ask("/api/v1/anomalies/h")

    assert response.headers["Content-Type"] == "application/json"
    assert (await response.json())["scope"] == {"sku": hostile}
