"""Merchants by HTTP: their figures, page by page, and what the token of one may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from streams.web.data_scope import read_data_scope
from streams.web.guard import add_security_headers, guard
from streams.web.lean_lines import LeanCollector, lean_lines
from streams.web.security import Role, Security, Token
from streams.web.stores import add_stores
from tests.web.support.lean_shop import readings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OWN = Token(Role.VIEWER, "merchant-secret-of-these-tests", "Merchant", read_data_scope("store:own"))
REGION = Token(Role.VIEWER, "region-secret-of-these-tests-too", "Region", read_data_scope("region:zhejiang"))
PLATFORM = Token(Role.VIEWER, "platform-secret-of-these-tests", "Platform")


@pytest.fixture(scope="module")
def shop() -> list[Any]:
    return readings({"own": 4, "other": 40, "third": 8})


@pytest_asyncio.fixture(loop_scope="session")
async def server(shop: list[Any]) -> AsyncIterator[TestServer]:
    security = Security(tokens=(OWN, REGION, PLATFORM))
    app = web.Application(middlewares=[guard(security, frozenset())])
    app.on_response_prepare.append(add_security_headers)
    add_stores(app, lambda: shop, security, ["orders", "payments", "refunds"])
    running = TestServer(app)
    await running.start_server()
    yield running
    await running.close()


async def ask(server: TestServer, path: str, token: Token | None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token.secret}"} if token else {}
    async with ClientSession() as client, client.get(server.make_url(path), headers=headers) as answer:
        return answer.status, orjson.loads(await answer.read())


async def test_a_merchant_has_its_last_day_and_its_thirty_days(server: TestServer) -> None:
    status, told = await ask(server, "/api/v1/stores/own", PLATFORM)
    orders, payments = told["metrics"]

    assert status == 200
    assert (told["store"], told["elsewhere"]) == ("own", ["refunds"])
    assert orders["day"]["value"] == pytest.approx(4 / 15)
    assert orders["day"]["expected"] == pytest.approx(4 / 15)
    assert orders["thirty_days"]["exposure"] == 4 * 96 * 4
    assert [day for (day,) in orders["thirty_days"]["days"][-4:]] == [4 * 96] * 4
    assert payments["thirty_days"]["value"] == 0.5
    assert payments["day"]["exposure"] == 4 * 96


async def test_the_list_goes_on_where_the_page_before_ended(server: TestServer) -> None:
    first = (await ask(server, "/api/v1/stores?limit=2", PLATFORM))[1]
    rest = (await ask(server, f"/api/v1/stores?limit=2&after={first['after']}", PLATFORM))[1]

    assert [store["store"] for store in first["stores"]] == ["other", "own"]
    assert [store["store"] for store in rest["stores"]] == ["third"]
    assert rest["after"] is None
    assert first["stores"][1]["metrics"]["orders"]["exposure"] == 4 * 96


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many", ""])
async def test_a_limit_that_is_none_is_refused(server: TestServer, limit: str) -> None:
    status, told = await ask(server, f"/api/v1/stores?limit={limit}", PLATFORM)

    assert status == 400
    assert "from 1 to 1000" in told["error"]


async def test_the_token_of_a_merchant_sees_that_one_and_cannot_tell_whether_there_are_others(
    server: TestServer,
) -> None:
    assert (await ask(server, "/api/v1/stores/own", OWN))[0] == 200
    assert [store["store"] for store in (await ask(server, "/api/v1/stores", OWN))[1]["stores"]] == ["own"]
    assert await ask(server, "/api/v1/stores/other", OWN) == await ask(server, "/api/v1/stores/nobody", OWN)
    assert (await ask(server, "/api/v1/stores/other", OWN))[0] == 404
    assert (await ask(server, "/api/v1/stores?after=a", OWN))[1]["after"] is None


async def test_the_token_of_a_region_sees_no_merchant_and_nobody_without_one(server: TestServer) -> None:
    assert (await ask(server, "/api/v1/stores/own", REGION))[0] == 404
    assert (await ask(server, "/api/v1/stores", REGION))[1]["stores"] == []
    assert (await ask(server, "/api/v1/stores", None))[0] == 401


def test_what_is_exported_says_how_many_are_not(shop: list[Any]) -> None:
    (lean,) = shop[0].lean
    lean.top = 1
    lines = lean_lines(shop[0])
    known, shown = LeanCollector(lambda: shop[:1]).collect()
    lean.top = 50

    assert [values for _, values in lines.scopes] == [("other",)]
    assert lines.value.tolist() == pytest.approx([40 / 15])
    assert [sample.value for sample in known.samples] == [3]
    assert [sample.value for sample in shown.samples] == [1]
