"""Requests about single events over HTTP: who sees them, who decides, and that nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.linkage.clerk import settled
from streams.records.instant import rfc3339
from streams.records.request import Ending, EventsAsked, Request, RequestStep, Stage, thread_of
from streams.web.approvals import add_approvals
from streams.web.data_scope import read_data_scope
from streams.web.event_requests import PATH, add_event_requests
from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

    from tests.web.support.actions_topic import ActionsTopic

OPERATOR = Token(Role.OPERATOR, "operator-secret-of-tests", "Li Wei")
OF_FLAGSHIP = Token(Role.OPERATOR, "flagship-secret-of-tests", "Wang Fang", read_data_scope("store:flagship"))
VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")


def step(now: int, name: str, store: str = "flagship", members: tuple[str, ...] = ()) -> RequestStep:
    asked = EventsAsked(
        owner="care", first=3, last=3, type="" if members else "survey.answered",
        scope={} if members else {"store": store}, count=len(members) or 1, requests=list(members),
    )  # fmt: skip
    data = Request(
        request=name, rule="detractor", action="ticket.open", transition="", detected_at=rfc3339(now - 9_000),
        severity="info", until=rfc3339(now + 900_000), approval="operator", webhook=True, events=asked,
    )  # fmt: skip
    return RequestStep(Stage.PROPOSED, thread_of("detractor"), now, data)


@pytest.fixture
def start(serve: Any, client: ClientSession, topic: ActionsTopic, now: int) -> Any:
    async def started(*tokens: Token) -> Any:
        rules, register = Security(tokens=tokens), topic.board.register

        def extend(app: Any) -> None:
            add_event_requests(app, register, rules, lambda: now / 1000)
            add_approvals(app, register, rules, topic.write, lambda: now / 1000, lambda: "new")

        server = await serve(topic.board, rules, extend=extend)

        async def send(path: str, method: str = "POST", token: Token | None = None, **options: Any) -> ClientResponse:
            headers = {"Authorization": f"Bearer {token.secret}"} if token else {}
            response = await client.request(method, server.make_url(path), headers=headers, **options)
            await response.read()
            return response

        return send

    return started


async def test_a_request_is_shown_with_its_owner_and_where_it_stands_the_latest_first(
    start: Any, topic: ActionsTopic, now: int
) -> None:
    register = topic.board.register
    register.step(step(now, "q1"))
    register.step(step(now, "q2", members=("a", "b")))
    register.step(settled(step(now, "q1"), Ending.EXPIRED, now, reason="nobody approved in time"))
    send = await start()
    shown = (await (await send(PATH, "GET")).json())["requests"]

    assert [(each["request"], each["standing"], each["events"]) for each in shown] == [
        ("q1", "settled", 1),
        ("q2", "waiting", 2),
    ]
    assert shown[0] == {
        "request": "q1", "rule": "detractor", "action": "ticket.open", "note": "", "role": "operator",
        "time": rfc3339(now), "until": rfc3339(now + 900_000), "standing": "settled", "outcome": "expired",
        "reason": "nobody approved in time", "actor": "pharos", "owner": "care", "type": "survey.answered",
        "scope": {"store": "flagship"}, "events": 1,
    }  # fmt: skip


async def test_who_sees_a_part_of_the_data_sees_the_requests_of_that_part_only(
    start: Any, topic: ActionsTopic, now: int
) -> None:
    for each in (step(now, "q1"), step(now, "q2", "outlet"), step(now, "q3", members=("a",))):
        topic.board.register.step(each)
    send = await start(OPERATOR, OF_FLAGSHIP)
    shown = (await (await send(PATH, "GET", OF_FLAGSHIP)).json())["requests"]
    decided = [(await send(f"{PATH}/{name}/approve", token=OF_FLAGSHIP, json={})).status for name in ("q1", "q2", "q3")]

    assert [each["request"] for each in shown] == ["q1"]
    assert decided == [202, 404, 404]


@pytest.mark.parametrize("decision", ["approve", "decline"])
async def test_a_decision_is_a_record_of_the_request_and_counts_once(
    start: Any, topic: ActionsTopic, now: int, decision: str
) -> None:
    topic.board.register.step(step(now, "q1"))
    send = await start(OPERATOR)
    first = await send(f"{PATH}/q1/{decision}", token=OPERATOR, json={"note": "go"})
    second = await send(f"{PATH}/q1/approve", token=OPERATOR, json={})

    assert (first.status, await first.json()) == (202, {"id": "new", "action": decision, "request": "q1"})
    (taken,) = topic.taken
    assert (taken.action, taken.request, taken.actor, taken.note) == (decision, "q1", "Li Wei", "go")
    assert (second.status, (await second.json())["reason"]) == (409, "other")


@pytest.mark.parametrize(("token", "status"), [(VIEWER, 403), (None, 401)])
async def test_it_takes_the_role_that_the_rule_names(
    start: Any, topic: ActionsTopic, now: int, token: Token | None, status: int
) -> None:
    topic.board.register.step(step(now, "q1"))
    send = await start(VIEWER, OPERATOR)

    assert (await send(f"{PATH}/q1/approve", token=token, json={})).status == status
    assert topic.taken == []


async def test_an_unknown_request_is_refused_with_a_remedy(start: Any) -> None:
    send = await start()
    answer = await send(f"{PATH}/q9/approve", json={"actor": "li"})

    assert answer.status == 404
    assert PATH in (await answer.json())["error"]
