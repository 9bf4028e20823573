"""A Grafana that behaves as documented, and the plan that is published to it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestServer

from dashboards.boards.plan import Plan
from dashboards.grafana.milestones import Milestone
from dashboards.grafana.publish import wanted
from dashboards.grafana.server import connected
from streams.catalogue.load import Catalogue, load
from streams.cli.rule_thresholds import thresholds_of
from streams.settings.settings import Settings
from tests.dashboards.grafana.support.documented_grafana import TOKEN, DocumentedGrafana

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from dashboards.grafana.resource import Resource

PROMETHEUS = "http://prometheus:9090"
PEAK = Milestone("First peak <b>20:00</b>", 1_794_312_000_000, 1_794_315_600_000)


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Two touchpoints are enough: each board is built for every question."""
    catalogue = Catalogue.of(tuple(metric for metric in load().metrics if metric.touchpoint in ("order", "feedback")))
    return Plan(catalogue, thresholds_of(Settings(), catalogue))


@pytest.fixture(scope="session")
def smaller(plan: Plan) -> Plan:
    """Without feedback."""
    few = tuple(metric for metric in plan.catalogue.metrics if metric.touchpoint == "order")
    return replace(plan, catalogue=Catalogue.of(few))


@pytest.fixture
def grafana() -> DocumentedGrafana:
    return DocumentedGrafana()


@pytest.fixture
async def address(grafana: DocumentedGrafana) -> AsyncIterator[str]:
    server = TestServer(grafana.app())
    await server.start_server()
    yield str(server.make_url("/")).rstrip("/")
    await server.close()


@pytest.fixture
def connect(address: str) -> Iterator[Callable[[Any], Any]]:
    """Connections that are closed at the end."""
    with ExitStack() as connections:
        yield lambda credential: connections.enter_context(connected(address, credential))


@pytest.fixture
def resources(connect: Callable[[Any], Any], plan: Plan) -> Callable[..., list[Resource]]:
    """What is wanted, over a connection of its own."""

    def make(of: Plan = plan, milestones: tuple[Milestone, ...] = (PEAK,), credential: Any = TOKEN) -> list[Resource]:
        return list(wanted(connect(credential), of, PROMETHEUS, milestones))

    return make
