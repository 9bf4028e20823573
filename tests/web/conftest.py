"""A realistic board, and a server around it, for the tests of the API and of the page."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from dashboards.wallboard import pages
from streams.records.anomaly import Anomaly, Change, Contributor, Transition
from streams.telemetry.health import Health
from streams.telemetry.metrics import PipelineMetrics
from streams.web.api import create_web_app
from streams.web.exposition import Exposition
from streams.web.security import Security
from tests.support.chromium import CHROMIUM
from tests.web.support.actions_topic import ActionsTopic
from tests.web.support.incident_story import stamp
from tests.web.support.intake_server import ADMIN, BODY, SHOP, Kafka, Server, fetch, serve_intake
from tests.web.support.shop_hour import CATALOGUE, MINUTE, NOW, hour, tell

if TYPE_CHECKING:
    from streams.web.board import Board


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them share one event loop, for what is shared of a browser lives in one."""
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def now() -> int:
    """The worker's clock in these tests: twelve minutes after midnight in the shop, on 11.11."""
    return NOW


@pytest.fixture
def anomaly() -> Callable[..., Anomaly]:
    """Makes an anomaly; what is not given is a payment method that fails."""

    def make(**changes: Any) -> Anomaly:
        given: dict[str, Any] = {
            "fingerprint": "a1b2c3",
            "metric": "payment_success",
            "touchpoint": "order",
            "scope": {"payment_method": "alipay"},
            "severity": "critical",
            "state": "firing",
            "started_at": stamp(NOW - 6 * MINUTE),
            "detected_at": stamp(NOW - 5 * MINUTE),
            "ended_at": None,
            "window_s": 60,
            "value": 0.7041,
            "expected": 0.9622,
            "lower": 0.948,
            "upper": 0.975,
            "unit": "ratio",
            "direction": "down",
            "score": 6.42,
            "exposure": 512.0,
            "peak": 0.664,
            "reason": "CLIFF",
            "summary": "Payment success rate fell to 70.4 % (expected 96.2 %)",
            "contributors": [],
            "incident": "i-1",
            "cause_of": [],
            "caused_by": None,
            "runbook_url": "",
            "board_url": "",
        }
        return Anomaly(**{**given, **changes})

    return make


@pytest.fixture
def transition() -> Callable[..., Transition]:
    """Makes a transition of an anomaly; its id follows from what it is, as the real ones do."""

    def make(anomaly: Anomaly, change: Change = Change.OPENED, time: int = NOW) -> Transition:
        return Transition(f"{anomaly.fingerprint}-{change}-{time}", change, time, anomaly)

    return make


@pytest.fixture
def quiet_board() -> Board:
    """An hour of a calm sale: every metric within its band, every feed live."""
    return hour(disturbed=False)


@pytest.fixture
def full_board(anomaly: Callable[..., Anomaly]) -> Board:
    """Every metric has values, and one payment method fails."""
    board = hour(disturbed=False, full=True)
    tell(board, anomaly(contributors=[Contributor({"payment_method": "alipay", "channel": "app"}, 0.9, 0.9, 0.0)]))
    return board


@pytest.fixture
def troubled_board(anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]) -> Board:
    """The same hour with a payment method failing, contacts that follow, a stalled carrier, and a silent feed."""
    board = hour(disturbed=True)
    cause = anomaly(
        contributors=[
            Contributor({"region": "zhejiang"}, 0.62, 0.61, 0.01),
            Contributor({"region": "jiangsu"}, 0.21, 0.2, 0.01),
            Contributor({"channel": "app", "region": "shanghai"}, 0.09, 0.08, 0.01),
        ],
        cause_of=["d4"],
        board_url="https://grafana.example/d/orders",
        runbook_url="https://runbooks.example/payment",
    )
    symptom = anomaly(
        fingerprint="d4",
        metric="inquiries",
        touchpoint="consultation",
        scope={"intent": "payment"},
        severity="warning",
        value=48.0,
        expected=9.5,
        unit="per_minute",
        direction="up",
        score=3.1,
        peak=51.0,
        caused_by="a1b2c3",
        started_at=stamp(NOW - 4 * MINUTE),
    )
    carrier = anomaly(
        fingerprint="e5",
        metric="parcel_movements",
        touchpoint="logistics",
        scope={"carrier": "yto", "region": "guangdong"},
        severity="warning",
        state="recovering",
        value=14.0,
        expected=112.0,
        unit="per_minute",
        score=2.2,
        peak=3.0,
        started_at=stamp(NOW - 47 * MINUTE),
        contributors=[Contributor({"warehouse": "gz-2"}, 0.91, 0.9, 0.01)],
    )
    good = anomaly(
        fingerprint="g7",
        metric="orders_created",
        scope={"channel": "livestream"},
        severity="info",
        value=410.0,
        expected=230.0,
        unit="per_minute",
        direction="up",
        score=1.8,
        peak=433.0,
        started_at=stamp(NOW - 9 * MINUTE),
    )
    for opened in (carrier, good, cause, symptom):
        tell(board, opened)
    for number, (metric, scope, minutes) in enumerate(
        [("asa", {"queue": "presale"}, 210), ("refund_requests", {"sku": "HT-2203"}, 95), ("checkout_failed", {}, 31)]
    ):
        resolved = anomaly(
            fingerprint=f"r{number}",
            metric=metric,
            scope=scope,
            severity="warning",
            state="resolved",
            started_at=stamp(NOW - (minutes + 22) * MINUTE),
            ended_at=stamp(NOW - minutes * MINUTE),
        )
        board.transition(transition(resolved, Change.RESOLVED, NOW - minutes * MINUTE))
    return board


@pytest.fixture
def readings() -> list[Any]:
    """Two readings: the payment success of three series, one of them with too little to judge."""
    metric = CATALOGUE.by_name["payment_success"]
    method = metric.scopes.index(("payment_method",))
    scopes = [(metric.scopes.index(()), ()), (method, ("alipay",)), (method, ('wechat"\\\n<script>',))]
    return [
        SimpleNamespace(
            metric=metric,
            scopes=scopes,
            value=np.array([0.9612, np.nan, 0.5]),
            expected=np.array([0.962, np.nan, 0.96]),
            score=np.array([0.1, np.nan, 7.25]),
            lower=np.array([0.95, np.nan, 0.9]),
            upper=np.array([0.98, np.nan, np.inf]),
            low=np.array([0.9401, np.nan, np.nan]),
            high=np.array([0.975, np.nan, np.nan]),
            last_sale=np.array([0.955, np.nan, np.nan]),
        )
    ]


@pytest.fixture
def health() -> Health:
    return Health()


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def topic(troubled_board: Board) -> ActionsTopic:
    """pharos-actions, read by the board of a shop in trouble."""
    return ActionsTopic(troubled_board)


@pytest_asyncio.fixture(loop_scope="session")
async def serve(health: Health, readings: list[Any]) -> Any:
    """Starts the real server on a free loopback port; `clock` can be moved through the mapping given back."""
    servers: list[TestServer] = []

    async def start(
        board: Board,
        security: Security | None = None,
        clock: Callable[[], float] | None = None,
        extend: Callable[[Any], None] = lambda app: None,
    ) -> TestServer:
        registry = CollectorRegistry()
        PipelineMetrics(registry, lambda: NOW / 1000).records("orders", "counted", 12)
        exposition = Exposition(registry, lambda: readings, board.open_anomalies, CATALOGUE.metrics)
        app = create_web_app(board, exposition, health, security or Security(), pages(), clock or (lambda: NOW / 1000))
        extend(app)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def kafka() -> Kafka:
    """What stands behind the intake."""
    return Kafka()


@pytest_asyncio.fixture(loop_scope="session")
async def intake(kafka: Kafka, tmp_path: Path) -> Any:
    """Starts a server with an intake."""
    runners = []

    async def start(security: Security, body_limit_s: float = 10.0) -> Server:
        server, runner = await serve_intake(security, kafka, tmp_path, body_limit_s)
        runners.append(runner)
        return server

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def post(intake: Any, client: ClientSession) -> Any:
    """Sends one request to an intake that knows a token for it and one of an administrator."""
    server = await intake(Security(tokens=(SHOP, ADMIN)))

    async def send(mapping: str, body: Any = BODY, method: str = "POST", **headers: Any) -> ClientResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await fetch(client, method, server.make_url(f"/intake/{mapping}"), data=body, headers=given)

    return send


Serve = Callable[..., Awaitable[TestServer]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Any]:
    """One for all tests: starting it costs twice what a test does. Every page has a context of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH (apt-get install chromium-headless-shell)")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Any, now: int) -> AsyncIterator[Any]:
    """Opens an address in a window whose clock runs from `now`; what the console complained of is kept."""
    pages: list[Any] = []

    async def open_at(address: Any, **options: Any) -> tuple[Any, list[str]]:
        page = await browser.new_page(**{"reduced_motion": "reduce", "locale": "en-GB", **options})
        pages.append(page)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.clock.install(time=now / 1000)
        await page.goto(str(address))
        return page, complaints

    yield open_at
    for page in pages:
        await page.unroute_all(behavior="ignoreErrors")  # an answer under way would fail in the next test
        await page.close()  # and its context
