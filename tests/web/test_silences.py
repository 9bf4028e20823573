"""Silences through a real server on loopback."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from streams.web import action_desk
from streams.web.security import Role, Security, Token
from streams.web.silences import add_silences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse, ClientSession

    from tests.web.support.actions_topic import ActionsTopic


VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
NAMED = Token(Role.RESPONDER, "responder-secret-of-tests", "Li Wei")
PATH = "/api/v1/silences"
WANTED = {"matchers": ["payment_method=alipay"], "actor": "li", "reason": "known trouble", "minutes": 60}


@pytest.fixture
def start(serve: Any, client: ClientSession, topic: ActionsTopic, now: int) -> Any:
    async def started(security: Security | None = None) -> Any:
        rules = security or Security()
        ids = iter(str(number) for number in range(1_000))
        server = await serve(
            topic.board,
            rules,
            extend=lambda app: add_silences(
                app, topic.board.register, "Asia/Shanghai", rules, topic.write, lambda: now / 1000, ids.__next__
            ),
        )

        async def send(path: str = PATH, method: str = "POST", **options: Any) -> ClientResponse:
            response = await client.request(method, server.make_url(path), **options)
            await response.read()
            return response

        return send

    return started


@pytest_asyncio.fixture(loop_scope="session")
async def send(start: Any) -> Any:
    return await start()


async def listed(send: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await (await send(method="GET")).json())["silences"]
    return found


async def test_a_silence_is_a_record_then_a_line_of_the_list_and_a_flag_of_what_it_matches(send: Any) -> None:
    answer = await send(json=WANTED)
    (silence,) = await listed(send)
    board = (await (await send("/api/v1/board", "GET")).json())["anomalies"]

    assert (answer.status, await answer.json()) == (
        202,
        {
            "id": "0",
            "begins": "2026-11-10T16:12:30.000Z",
            "until": "2026-11-10T17:12:30.000Z",
        },
    )
    assert (silence["matchers"], silence["author"], silence["reason"]) == (
        ['payment_method="alipay"'],
        "li",
        "known trouble",
    )
    assert (silence["state"], silence["matched"], silence["anomalies"][0]["fingerprint"]) == ("in_force", 1, "a1b2c3")
    assert {found["fingerprint"]: found["silenced"] for found in board}["a1b2c3"] == ["0"]
    assert {found["fingerprint"]: found["silenced"] for found in board}["d4"] == []


@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("POST", f"{PATH}/preview"), ("DELETE", f"{PATH}/0")])
async def test_a_body_that_does_not_come_is_not_waited_for(
    send: Any, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setattr(action_desk, "_BODY_LIMIT_S", 0.1)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1.0)
        yield b"}"

    answer = await send(path, method, data=slowly(), headers={"Content-Type": "application/json"})

    assert answer.status == 408


async def test_a_preview_says_what_would_be_quiet_and_writes_nothing(send: Any, topic: ActionsTopic) -> None:
    answer = await send(f"{PATH}/preview", json={"matchers": ["severity=~warning|critical", "touchpoint!=order"]})
    found = await answer.json()

    assert answer.status == 200
    assert found["matched"] == 2
    assert {anomaly["fingerprint"] for anomaly in found["anomalies"]} == {"d4", "e5"}
    assert topic.taken == []


@pytest.mark.parametrize(
    ("matcher", "status", "matched"),
    [
        ("region=~" + ".?" * 60 + r"\d", 200, 0),  # would hold Python's `re` for ever, and every worker that reads it
        ("metric=~(p.*)+", 200, 2),
        ("metric=p" + " " * 60_000 + "x", 400, None),
        (r"metric=~(p)\1", 400, None),
        (r'metric="\ud800"', 400, None),
    ],
)
@pytest.mark.parametrize("path", [PATH, f"{PATH}/preview"])
async def test_no_matcher_keeps_the_page_waiting(
    send: Any, path: str, matcher: str, status: int, matched: int | None
) -> None:
    begun = time.perf_counter()
    answer = await send(path, json=WANTED | {"matchers": [matcher]})
    found = await answer.json()
    await listed(send)

    assert answer.status == (202 if status == 200 and path == PATH else status)
    assert path == PATH or found.get("matched") == matched
    assert time.perf_counter() - begun < 1.0


async def test_a_silence_can_be_ended_and_stays_in_the_list(send: Any) -> None:
    await send(json=WANTED)
    answer = await send(f"{PATH}/0", "DELETE", json={"actor": "wang"})
    (silence,) = await listed(send)
    again = await send(f"{PATH}/0", "DELETE", json={"actor": "wang"})
    unknown = await send(f"{PATH}/nobody", "DELETE", json={"actor": "wang"})

    assert answer.status == 202
    assert (silence["state"], silence["ended_by"], silence["matched"]) == ("over", "wang", 0)
    assert (again.status, unknown.status) == (409, 404)


@pytest.mark.parametrize("begins", ["2026-11-11T02:00", "2026-11-11T02:00:00+08:00", "2026-11-10T18:00:00Z"])
async def test_a_silence_that_begins_later_is_to_come_and_can_be_called_off(send: Any, begins: str) -> None:
    answer = await send(json=WANTED | {"begins": begins})
    (to_come,) = await listed(send)
    called_off = await send(f"{PATH}/0", "DELETE", json={"actor": "wang"})
    (over,) = await listed(send)

    assert await answer.json() == {
        "id": "0",
        "begins": "2026-11-10T18:00:00.000Z",
        "until": "2026-11-10T19:00:00.000Z",
    }
    assert (to_come["state"], to_come["matched"]) == ("to_come", 0)
    assert called_off.status == 202
    assert (over["state"], over["ended_by"], over["until"]) == ("over", "wang", "2026-11-10T16:12:30.000Z")


@pytest.mark.parametrize("begins", [None, "", "2026-11-11T00:12:00+08:00"])
async def test_a_silence_that_begins_now_or_within_this_minute_is_in_force_at_once(send: Any, begins: Any) -> None:
    await send(json=WANTED | {"begins": begins})
    (silence,) = await listed(send)

    assert (silence["state"], silence["begins"]) == ("in_force", "2026-11-10T16:12:30.000Z")


@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"matchers": []}, "matchers", "at least one"),
        ({"matchers": ["regio=x"]}, "matchers", 'did you mean "region"?'),
        ({"matchers": ["region!=x"]}, "matchers", "match everything"),
        ({"matchers": ["touchpoint=orders"]}, "matchers", 'did you mean "order"?'),
        ({"matchers": ["severity=CRITICAL"]}, "matchers", 'did you mean "critical"?'),
        ({"matchers": ["severity!=high", "region=x"]}, "matchers", "known are critical, info, warning."),
        ({"matchers": ["metric=~pay_succes.*"]}, "matchers", 'did you mean "payment_success"?'),
        ({"matchers": ["metric=payment_success", "warehouse=hz1"]}, "matchers", "never hold together"),
        ({"matchers": ["region=~(?!a)"]}, "matchers", "look-ahead"),
        ({"minutes": None}, "minutes", "a silence has an end"),
        ({"minutes": 60 * 24 * 30 + 1}, "minutes", "a silence has an end"),
        ({"minutes": True}, "minutes", "whole number"),
        ({"reason": " "}, "reason", "1 to 500"),
        ({"actor": ""}, "actor", "1 to 80"),
        ({"begins": "tomorrow"}, "begins", "such as 2026-11-11T02:00+08:00"),
        ({"begins": 1_762_790_400}, "begins", "such as 2026-11-11T02:00+08:00"),
        ({"begins": "0001-01-01T00:00"}, "begins", "leave it out"),
        ({"begins": "2026-11-10T16:11:00Z"}, "begins", "lies in the past"),
        ({"begins": "2026-12-10T16:13:00Z"}, "begins", "30 days ahead at most"),
        ({"end_on_resolve": "yes"}, "end_on_resolve", "true or false"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_field_and_remedy(
    send: Any, topic: ActionsTopic, changes: dict[str, Any], field: str, remedy: str
) -> None:
    answer = await send(json=WANTED | changes)
    error = await answer.json()

    assert (answer.status, error["field"]) == (400, field)
    assert remedy in error["error"]
    assert topic.taken == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
async def test_a_body_that_is_no_object_is_refused(send: Any, body: bytes) -> None:
    for path, method in ((PATH, "POST"), (f"{PATH}/preview", "POST"), (f"{PATH}/0", "DELETE")):
        answer = await send(path, method, data=body, headers={"Content-Type": "application/json"})

        assert answer.status == 400


async def test_writes_need_the_role_and_bear_the_name_of_the_token(start: Any, topic: ActionsTopic) -> None:
    send = await start(Security(tokens=(VIEWER, NAMED)))
    viewer, named = ({"Authorization": f"Bearer {token.secret}"} for token in (VIEWER, NAMED))
    nobody = await send(json=WANTED)
    looking = await send(json=WANTED, headers=viewer)
    ending = await send(f"{PATH}/0", "DELETE", json={"actor": "x"}, headers=viewer)
    seeing = await send(f"{PATH}/preview", json={"matchers": ["region=a"]}, headers=viewer)
    made = await send(json=WANTED, headers=named)

    assert [one.status for one in (nobody, looking, ending, seeing, made)] == [401, 403, 403, 200, 202]
    assert [taken.actor for taken in topic.taken] == ["Li Wei"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"X-Forwarded-For": "1.2.3.4"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_writes_from_elsewhere_are_turned_away(
    send: Any, topic: ActionsTopic, headers: dict[str, str], status: int
) -> None:
    given = {"Content-Type": "application/json", **headers}
    for path, method in ((PATH, "POST"), (f"{PATH}/preview", "POST"), (f"{PATH}/0", "DELETE")):
        assert (await send(path, method, data=b"{}", headers=given)).status == status
    assert topic.taken == []


async def test_reading_never_makes_or_ends_one(send: Any, topic: ActionsTopic) -> None:
    assert (await send(method="GET", json=WANTED)).status == 200
    assert (await send(f"{PATH}/0", "GET")).status == 405
    assert topic.taken == []
