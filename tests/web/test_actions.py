"""The writing half of the HTTP interface, through a real server on loopback."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from streams.delivery.written import Delivery
from streams.records.action import Taken
from streams.web import action_desk
from streams.web.actions import add_actions
from streams.web.security import SECURITY_HEADERS, Role, Security, Token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import ClientResponse, ClientSession

    from streams.records.anomaly import Anomaly, Transition
    from tests.web.support.actions_topic import ActionsTopic

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
RESPONDER = Token(Role.RESPONDER, "responder-secret-of-tests")
NAMED = Token(Role.ADMIN, "admin-secret-of-these-tests", "Li Wei")
OPEN, RESOLVED = "/api/v1/anomalies/a1b2c3", "/api/v1/anomalies/r0"
WRITES = ["ack", "snooze", "feedback"]
ACK = {"actor": "li"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def start(serve: Any, client: ClientSession, topic: ActionsTopic, now: int) -> Any:
    """Starts a server with the given security; what comes back sends one request and reads the answer."""

    async def started(security: Security | None = None) -> Any:
        rules = security or Security()
        ids = iter(str(number) for number in range(1_000))
        server = await serve(
            topic.board,
            rules,
            extend=lambda app: add_actions(
                app, topic.board.register, rules, topic.write, lambda: now / 1000, ids.__next__
            ),
        )

        async def send(path: str, method: str = "POST", **options: Any) -> ClientResponse:
            response = await client.request(method, server.make_url(path), **options)
            await response.read()
            return response

        return send

    return started


@pytest_asyncio.fixture(loop_scope="session")
async def send(start: Any) -> Any:
    return await start()


async def test_an_ack_is_a_record_and_then_a_flag(send: Any, topic: ActionsTopic, now: int) -> None:
    answer = await send(f"{OPEN}/ack", json={"actor": "li", "note": "on it"})
    shown = await (await send(OPEN, "GET")).json()

    assert answer.status == 202
    assert await answer.json() == {"id": "0", "action": "ack", "until": "2026-11-10T16:42:30.000Z"}
    assert topic.keys == [b"a1b2c3"]
    assert topic.taken[0] == Taken(
        source="/pharos/api",
        id="0",
        fingerprint="a1b2c3",
        time=now,
        action="ack",
        actor="li",
        note="on it",
        until=now + 30 * 60_000,
        detected_at=now - 5 * 60_000,
        severity="critical",
    )
    assert shown["acked"] == {"by": "li", "until": "2026-11-10T16:42:30.000Z", "note": "on it"}
    assert (shown["snoozed"], shown["feedback"]) == (None, None)


async def test_a_snooze_and_feedback_are_shown_wherever_the_anomaly_is(send: Any) -> None:
    snoozed = await send(f"{OPEN}/snooze", json={"actor": "li", "minutes": 90})
    told = await send(f"{OPEN}/feedback", json={"actor": "wang", "verdict": "expected", "note": "campaign"})
    listed = (await (await send("/api/v1/anomalies", "GET")).json())["anomalies"]
    board = (await (await send("/api/v1/board", "GET")).json())["anomalies"]

    assert (snoozed.status, told.status) == (202, 202)
    assert await told.json() == {"id": "1", "action": "feedback"}
    for found in (listed, board):
        assert found[0]["fingerprint"] == "a1b2c3"
        assert found[0]["snoozed"] == {"by": "li", "until": "2026-11-10T17:42:30.000Z", "note": ""}
        assert found[0]["feedback"] == {"by": "wang", "verdict": "expected"}
        assert [found[1][flag] for flag in ("acked", "snoozed", "feedback")] == [None, None, None]


async def test_an_anomaly_is_assigned_to_a_role_until_it_is_over_and_the_last_assignment_counts(
    send: Any, topic: ActionsTopic
) -> None:
    first = await send(f"{OPEN}/assign", json={"actor": "li", "assignee": "duty-lead"})
    await send(f"{OPEN}/assign", json={"actor": "wang", "assignee": "payments team"})
    shown = await (await send(OPEN, "GET")).json()
    nobody = await send(f"{OPEN}/assign", json={"actor": "li", "assignee": ""})
    over = await send(f"{RESOLVED}/assign", json={"actor": "li", "assignee": "duty-lead"})

    assert await first.json() == {"id": "0", "action": "assign"}
    assert topic.taken[0].assignee == "duty-lead"
    assert shown["assigned"] == {"by": "wang", "to": "payments team"}
    assert (nobody.status, (await nobody.json())["field"], over.status) == (400, "assignee", 409)


async def test_the_time_line_has_actions_among_the_transitions(send: Any, now: int) -> None:
    await send(f"{OPEN}/ack", json={"actor": "li", "note": "on it", "minutes": 5})
    await send(f"{OPEN}/feedback", json={"actor": "li", "verdict": "confirmed"})
    *transitions, ack, feedback = (await (await send(OPEN, "GET")).json())["timeline"]

    assert transitions[0]["change"] == "pharos.anomaly.opened"
    assert ack == {
        "id": "0",
        "action": "ack",
        "actor": "li",
        "note": "on it",
        "time": now,
        "until": "2026-11-10T16:17:30.000Z",
        "verdict": None,
        "assignee": None,
    }
    assert (feedback["action"], feedback["verdict"], feedback["until"]) == ("feedback", "confirmed", None)


async def test_an_action_changes_the_content_of_the_board(send: Any) -> None:
    first = await send("/api/v1/board", "GET")
    await send(f"{OPEN}/ack", json=ACK)
    second = await send("/api/v1/board", "GET", headers={"If-None-Match": first.headers["ETag"]})

    assert second.status == 200


@pytest.mark.parametrize("action", WRITES)
async def test_what_nobody_knows_is_404(send: Any, topic: ActionsTopic, action: str) -> None:
    answer = await send(f"/api/v1/anomalies/none/{action}", json={"actor": "li", "minutes": 5, "verdict": "expected"})

    assert answer.status == 404
    assert (await answer.json())["reason"] == "unknown"
    assert topic.taken == []


@pytest.mark.parametrize(("action", "status"), [("ack", 409), ("snooze", 409), ("feedback", 202)])
async def test_what_is_resolved_takes_feedback_only(send: Any, topic: ActionsTopic, action: str, status: int) -> None:
    answer = await send(f"{RESOLVED}/{action}", json={"actor": "li", "minutes": 5, "verdict": "false_alarm"})

    assert answer.status == status
    assert len(topic.taken) == (status == 202)
    if status == 409:
        assert (await answer.json()) == {
            "error": "This anomaly is resolved, so there is nothing to hold back: send feedback instead.",
            "reason": "resolved",
        }


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("ack", b"", ""),
        ("ack", b"{}", "actor"),
        ("snooze", b'{"actor": "li"}', "minutes"),
        ("feedback", b'{"actor": "li"}', "verdict"),
        ("feedback", b'{"actor": "li", "verdict": "confirmed", "note": "\\u0007"}', "note"),
    ],
)
async def test_a_faulty_body_is_400_with_the_field(
    send: Any, topic: ActionsTopic, action: str, body: bytes, field: str
) -> None:
    answer = await send(f"{OPEN}/{action}", data=body, headers=JSON)
    said = await answer.json()

    assert answer.status == 400
    assert said["field"] == field
    assert "must be" in said["error"]
    assert topic.taken == []


async def test_a_body_without_bounds_is_refused(send: Any) -> None:
    assert (await send(f"{OPEN}/ack", data=b" " * 70_000, headers=JSON)).status == 413


@pytest.mark.parametrize("delivery", [delivery for delivery in Delivery if delivery is not Delivery.TAKEN])
async def test_what_the_brokers_do_not_take_is_503_with_the_reason(
    send: Any, topic: ActionsTopic, delivery: Delivery
) -> None:
    topic.delivery = delivery
    answer = await send(f"{OPEN}/ack", json=ACK)

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert await answer.json() == {"error": delivery.value, "reason": delivery.name.lower()}


@pytest.mark.parametrize("action", WRITES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_reading_never_acts(send: Any, topic: ActionsTopic, action: str, method: str) -> None:
    body = {} if method in ("GET", "HEAD") else {"json": ACK}

    assert (await send(f"{OPEN}/{action}", method, **body)).status == 405
    assert topic.taken == []


@pytest.mark.parametrize("action", WRITES)
@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({"Host": "evil.example"}, 403, "host"),
        ({"Origin": "https://evil.example"}, 403, "origin"),
        ({"Origin": "null"}, 403, "origin"),
        ({"X-Forwarded-For": "10.0.0.1"}, 403, "forwarded"),
        ({"Content-Type": "text/plain"}, 415, "content_type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "content_type"),
    ],
)
async def test_what_another_site_could_make_a_browser_send_is_refused(
    send: Any, topic: ActionsTopic, action: str, headers: dict[str, str], status: int, reason: str
) -> None:
    body = b'{"actor": "li", "minutes": 5, "verdict": "confirmed"}'
    answer = await send(f"{OPEN}/{action}", data=body, headers=JSON | headers)

    assert answer.status == status
    assert (await answer.json())["reason"] == reason
    assert topic.taken == []


async def test_the_page_itself_may_write(start: Any) -> None:
    send = await start()
    host = (await send("/healthz", "GET")).url.authority

    assert (await send(f"{OPEN}/ack", json=ACK, headers={"Origin": f"http://{host}"})).status == 202


@pytest.mark.parametrize("action", WRITES)
async def test_with_tokens_a_write_needs_the_role_of_those_on_call(
    start: Any, topic: ActionsTopic, action: str
) -> None:
    send = await start(Security(tokens=(VIEWER, RESPONDER)))
    body = {"actor": "li", "minutes": 5, "verdict": "confirmed"}
    tokens = {"": None, "wrong": "Bearer wrong", "viewer": VIEWER.secret, "responder": RESPONDER.secret}
    statuses = {}
    for name, secret in tokens.items():
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        statuses[name] = (await send(f"{OPEN}/{action}", json=body, headers=headers)).status

    assert statuses == {"": 401, "wrong": 401, "viewer": 403, "responder": 202}
    assert [taken.actor for taken in topic.taken] == ["li"]


async def test_who_may_not_write_does_not_learn_what_there_is(start: Any) -> None:
    send = await start(Security(tokens=(VIEWER,)))
    headers = {"Authorization": f"Bearer {VIEWER.secret}"}
    answers = [await send(f"/api/v1/anomalies/{name}/ack", json=ACK, headers=headers) for name in ("a1b2c3", "none")]

    assert [answer.status for answer in answers] == [403, 403]


async def test_the_cookie_of_a_browser_opens_what_its_token_does(start: Any, topic: ActionsTopic) -> None:
    send = await start(Security(tokens=(VIEWER, NAMED)))
    statuses = []
    for token in (VIEWER, NAMED):
        cookie = {"Cookie": f"pharos_session={token.session()}"}
        statuses.append((await send(f"{OPEN}/ack", json=ACK, headers=cookie)).status)

    assert statuses == [403, 202]
    assert topic.taken[0].actor == "Li Wei"


async def test_who_has_a_token_with_a_name_acts_under_it(start: Any, topic: ActionsTopic) -> None:
    send = await start(Security(tokens=(NAMED,)))
    headers = {"Authorization": f"Bearer {NAMED.secret}"}
    for body in ({"actor": "somebody else"}, {}):
        assert (await send(f"{OPEN}/ack", json=body, headers=headers)).status == 202

    assert [taken.actor for taken in topic.taken] == ["Li Wei", "Li Wei"]


@pytest.mark.parametrize("action", WRITES)
async def test_answers_to_writes_carry_the_security_headers_and_are_kept_by_no_cache(send: Any, action: str) -> None:
    answer = await send(f"{OPEN}/{action}", json={})

    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_body_that_does_not_come_is_not_waited_for(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_desk, "_BODY_LIMIT_S", 0.1)
    send = await start()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1.0)
        yield b"}"

    assert (await send(f"{OPEN}/ack", data=slowly(), headers=JSON)).status == 408


async def test_hostile_words_travel_as_json_strings(send: Any) -> None:
    hostile = '</script><script>alert(1)</script>"'
    await send(f"{OPEN}/ack", json={"actor": hostile, "note": hostile})
    shown = await send(OPEN, "GET")

    assert shown.headers["Content-Type"] == "application/json"
    assert (await shown.json())["acked"]["note"] == hostile


async def test_an_ack_ends_with_its_incident_for_whoever_looks(
    send: Any, topic: ActionsTopic, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition], now: int
) -> None:
    await send(f"{OPEN}/ack", json=ACK)
    again = anomaly(detected_at="2026-11-10T16:13:00Z")
    topic.board.transition(transition(again, time=now + 30_000))
    shown = await (await send(OPEN, "GET")).json()

    assert shown["acked"] is None
    assert [entry.get("action") or entry["change"] for entry in shown["timeline"]] == [
        "pharos.anomaly.opened",
        "pharos.anomaly.updated",
        "ack",
        "pharos.anomaly.opened",
    ]
