"""A realistic board, and a server around it, for the tests of the API and of the page."""

from __future__ import annotations

import math
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from dashboards.wallboard import pages
from streams.catalogue.load import load
from streams.health import Health
from streams.incidents.anomaly import Anomaly, Change, Contributor, Transition
from streams.metrics import PipelineMetrics
from streams.settings import SOURCE_TOPICS
from streams.verdicts import Pulse, TickVerdicts
from streams.web.api import create_web_app
from streams.web.board import Board
from streams.web.exposition import Exposition
from streams.web.security import Security

CATALOGUE = load()
MINUTE = 60_000
NOW = int(datetime(2026, 11, 10, 16, 12, 30, tzinfo=UTC).timestamp() * 1000)

# value, noise, half width of the band, shape of the last minutes: +1 rises, -1 falls
_PULSES: dict[str, tuple[float, float, float, float]] = {
    "orders_created": (1240, 40, 150, 0),
    "orders_paid": (1120, 38, 140, -0.12),
    "payment_success": (0.962, 0.003, 0.012, -0.16),
    "pick_up": (0.9994, 0.0003, 0.0008, 0),
    "service_level": (0.87, 0.012, 0.05, 0),
    "asa": (9.5, 0.7, 3.5, 0),
    "abandonment": (0.021, 0.002, 0.012, 0),
    "inquiries": (86, 5, 22, 0.4),
    "inquiries_per_thousand": (41, 1.2, 6, 0.1),
    "collections": (640, 22, 90, 0),
    "parcel_movements": (5200, 120, 600, 0),
    "collection_24h": (0.981, 0.002, 0.01, 0),
    "refund_requests": (12.4, 0.5, 2.6, 0),
    "checkout_failed": (0.018, 0.0015, 0.008, 0),
    "page_load": (1.9, 0.05, 0.5, 0),
    "delivery_time": (187_000, 2_000, 20_000, 0),
    "disputes_upheld": (0.4, 0.02, 0.3, 0),
    "csat": (0.93, 0.006, 0.03, 0),
    "nps": (41, 1.5, 9, 0),
}


def stamp(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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
            "reason": "BINOMIAL",
            "summary": "Payments that succeed fell to 70.4 % (expected 96.2 %)",
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
    return _board(disturbed=False)


@pytest.fixture
def troubled_board(anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]) -> Board:
    """The same hour with a payment method failing, contacts that follow, a stalled carrier, and a silent feed."""
    board = _board(disturbed=True)
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
        board.transition(transition(opened))
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


def _board(*, disturbed: bool) -> Board:
    board = Board(CATALOGUE.metrics, SOURCE_TOPICS, "Asia/Shanghai")
    draw = random.Random(11)
    for time in range(NOW - 60 * MINUTE, NOW + 1, 30_000):
        pulses = []
        for name, (level, noise, half, bend) in _PULSES.items():
            sway = 0.04 if level > 1 else 0.0005
            expected = level * (1 + sway * math.sin(time / 1.1e6))
            late = max(0.0, (time - NOW + 7 * MINUTE) / (7 * MINUTE)) if disturbed else 0.0
            value = expected + draw.gauss(0, noise) + level * bend * min(1.0, 2 * late)
            top = 1.0 if expected <= 1 else math.inf
            if disturbed and name == "collection_24h":
                value = math.nan
            pulses.append(Pulse(name, min(value, top), expected, expected - half, min(expected + half, top), late * 3))
        board.tick(TickVerdicts(0, time, "hash", [], pulses))
    for number, topic in enumerate(SOURCE_TOPICS):
        late = 9 * MINUTE if disturbed and topic == "feedback" else (2 + number) * 1000
        board.source(topic, NOW - late, NOW - late)
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
        )
    ]


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
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


Serve = Callable[..., Awaitable[TestServer]]
