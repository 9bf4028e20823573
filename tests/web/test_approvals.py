"""Approving and declining over HTTP, through a real server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.delivery.written import Delivery
from streams.records.instant import rfc3339
from streams.records.request import Request, Stage, Step
from streams.web.approvals import add_approvals
from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

    from tests.web.support.actions_topic import ActionsTopic


ON_CALL = Token(Role.RESPONDER, "on-call-secret-of-tests", "Wang Fang")
OPERATOR = Token(Role.OPERATOR, "operator-secret-of-tests", "Li Wei")
VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
PATH = "/api/v1/anomalies/a1b2c3"


def proposal(now: int, name: str = "q1", approval: str = "operator") -> Step:
    data = Request(
        request=name,
        rule="pause",
        action="campaign.pause",
        note="stop <the> campaign",
        transition="t1",
        detected_at=rfc3339(now - 300_000),
        severity="critical",
        until=rfc3339(now + 900_000),
        approval=approval,
    )
    return Step(Stage.PROPOSED, "a1b2c3", now, data)


@pytest.fixture
def start(serve: Any, client: ClientSession, topic: ActionsTopic, now: int) -> Any:
    async def started(*tokens: Token) -> Any:
        rules = Security(tokens=tokens)
        server = await serve(
            topic.board,
            rules,
            extend=lambda app: add_approvals(
                app, topic.board.register, rules, topic.write, lambda: now / 1000, lambda: "new"
            ),
        )

        async def send(path: str, method: str = "POST", token: Token | None = None, **options: Any) -> ClientResponse:
            headers = options.pop("headers", {}) | ({"Authorization": f"Bearer {token.secret}"} if token else {})
            response = await client.request(method, server.make_url(path), headers=headers, **options)
            await response.read()
            return response

        return send

    return started


async def test_a_proposal_is_shown_and_an_approval_is_a_record(start: Any, topic: ActionsTopic, now: int) -> None:
    topic.board.register.step(proposal(now))
    send = await start()
    shown = await (await send(PATH, "GET")).json()
    answer = await send(f"{PATH}/approve", json={"request": "q1", "actor": "li", "note": "go"})
    after = await (await send(PATH, "GET")).json()

    assert shown["proposals"] == [
        {
            "request": "q1",
            "rule": "pause",
            "action": "campaign.pause",
            "note": "stop <the> campaign",
            "role": "operator",
            "until": rfc3339(now + 900_000),
        }
    ]
    assert (answer.status, await answer.json()) == (202, {"id": "new", "action": "approve", "request": "q1"})
    (taken,) = topic.taken
    assert (taken.action, taken.request, taken.actor, taken.note) == ("approve", "q1", "li", "go")
    assert after["proposals"] == []
    assert [(line.get("step"), line["action"]) for line in after["timeline"][-2:]] == [
        ("proposed", "campaign.pause"),
        (None, "approve"),
    ]


@pytest.mark.parametrize(("token", "status"), [(VIEWER, 403), (ON_CALL, 403), (OPERATOR, 202), (None, 401)])
async def test_it_takes_the_role_that_the_rule_names(
    start: Any, topic: ActionsTopic, now: int, token: Token | None, status: int
) -> None:
    topic.board.register.step(proposal(now))
    send = await start(VIEWER, ON_CALL, OPERATOR)

    assert (await send(f"{PATH}/decline", token=token, json={"actor": "somebody else"})).status == status
    assert [taken.actor for taken in topic.taken] == (["Li Wei"] if status == 202 else [])


async def test_a_role_that_nobody_knows_takes_an_admin(start: Any, topic: ActionsTopic, now: int) -> None:
    topic.board.register.step(proposal(now, approval="emperor"))
    send = await start(OPERATOR)

    assert (await send(f"{PATH}/approve", token=OPERATOR, json={})).status == 403


async def test_what_is_decided_or_not_named_is_refused_with_a_remedy(start: Any, topic: ActionsTopic, now: int) -> None:
    send = await start()
    nothing = await send(f"{PATH}/approve", json={"actor": "li"})
    topic.board.register.step(proposal(now, "q1"))
    topic.board.register.step(proposal(now, "q2"))
    which = await send(f"{PATH}/approve", json={"actor": "li"})
    other = await send(f"{PATH}/approve", json={"actor": "li", "request": "q3"})
    first = await send(f"{PATH}/decline", json={"actor": "li", "request": "q2"})
    second = await send(f"{PATH}/approve", json={"actor": "wang", "request": "q2"})
    unknown = await send("/api/v1/anomalies/none/approve", json={"actor": "li"})

    answers = [nothing, which, other, first, second, unknown]
    assert [answer.status for answer in answers] == [409, 400, 409, 202, 409, 404]
    assert "request" in (await which.json())["error"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"actor": 7}', b'{"actor": "li", "request": 1}', b'{"actor": "a\\u202eb"}']
)
async def test_a_body_that_is_none_is_refused(start: Any, topic: ActionsTopic, now: int, body: bytes) -> None:
    topic.board.register.step(proposal(now))
    send = await start()
    answer = await send(f"{PATH}/approve", data=body, headers={"Content-Type": "application/json"})

    assert answer.status == 400
    assert (await answer.json())["error"]
    assert topic.taken == []


async def test_where_the_brokers_do_not_take_it_nothing_is_claimed(start: Any, topic: ActionsTopic, now: int) -> None:
    topic.board.register.step(proposal(now))
    topic.delivery = Delivery.LATE
    send = await start()

    assert (await send(f"{PATH}/approve", json={"actor": "li"})).status == 503
