"""The journey of an order or a customer over HTTP."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession

from streams.broker.span_reader import SpanReadError
from streams.journey.reading import Stopped
from streams.journey.subject import Subject, SubjectKind
from streams.web.audit import AuditLog
from streams.web.audited import Auditor, add_audit
from streams.web.data_scope import read_data_scope
from streams.web.security import Role, Security, Token
from tests.web.support.journeys import LATE_ORDER, Journeys, shows
from tests.web.support.shop_hour import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from streams.web.board import Board

ON_CALL = Token(Role.RESPONDER, "responder-secret-of-tests", "Li Wei")
ADMIN = Token(Role.ADMIN, "admin-secret-of-these-tests")
VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
SYSTEM = Token(Role.INTAKE, "intake-secret-of-tests")
FLAGSHIP = Token(Role.RESPONDER, "flagship-secret-of-tests", data_scope=read_data_scope("store:flagship"))
OUTLET = Token(Role.RESPONDER, "outlet-secret-of-tests", data_scope=read_data_scope("store:outlet"))
ELSEWHERE = Token(Role.RESPONDER, "elsewhere-secret-of-tests", data_scope=read_data_scope("store:elsewhere"))
TOKENS = (ON_CALL, ADMIN, VIEWER, SYSTEM, FLAGSHIP, OUTLET, ELSEWHERE)
PATH = "/api/v1/journey"
HASH = "0f" * 16


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit" / "audit.jsonl")


@pytest.fixture
def ask(serve: Any, quiet_board: Board, log: AuditLog) -> Any:
    """Sends one request to a server with these journeys, with tokens unless they are said to be none."""
    servers: dict[int, Any] = {}

    async def send(
        journeys: Journeys, query: str, token: Token | None = ON_CALL, *, tokens: Any = TOKENS, shown: bool = True
    ) -> tuple[int, Any, Any]:
        if id(journeys) not in servers:
            security = Security(tokens=tokens)

            def extend(app: Any) -> None:
                shows(journeys, security, shown=shown)(app)
                add_audit(app, Auditor(log, security, lambda: NOW / 1000, lambda: None), security)

            servers[id(journeys)] = await serve(quiet_board, security, extend=extend)
        headers = {"Authorization": f"Bearer {token.secret}"} if token else {}
        url = str(servers[id(journeys)].make_url(PATH)) + query
        async with ClientSession(headers=headers) as client, client.get(url) as answer:
            return answer.status, await answer.json(), answer.headers

    return send


async def test_an_order_is_shown_on_one_time_line_with_what_became_of_its_deadlines(ask: Any) -> None:
    journeys = Journeys(*LATE_ORDER)
    status, body, headers = await ask(journeys, "?order=TB123")

    assert status == 200
    assert [event["type"] for event in body["events"]][:4] == [
        "order.created",
        "order.paid",
        "parcel.collected",
        "parcel.scanned",
    ]
    states = {(row["name"], row["state"]) for row in body["deadlines"]}
    assert states >= {("collection_24h", "late"), ("delivery", "late"), ("promise", "overdue"), ("refund", "waiting")}
    assert [(row["accountable"], row["late_s"]) for row in body["late"]] == [("shop", 7_200)]
    assert [row["state"] for row in body["told"]] == ["contradicted"]
    assert (body["left_out"], body["stopped"], body["cut_short"], body["records"]) == (False, "beginning", False, 1_234)
    assert headers["Cache-Control"] == "no-store"
    assert journeys.asked == [(Subject(SubjectKind.ORDER, "TB123"), 45, NOW)]


async def test_a_customer_is_asked_for_by_the_hash_only(ask: Any) -> None:
    journeys = Journeys()

    status, body, _ = await ask(journeys, "?customer=ana")

    assert (status, body["reason"]) == (400, "customer")
    assert "pharos journey --customer ID --hash" in body["error"]
    assert "ana" not in str(body)
    assert (await ask(journeys, f"?customer={HASH}&days=3"))[0] == 404
    assert journeys.asked == [(Subject(SubjectKind.CUSTOMER, HASH), 3, NOW)]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "which"),
        ("?order=A&customer=" + HASH, "which"),
        ("?order=A&order=B", "which"),
        ("?order=", "order"),
        ("?order=" + "x" * 201, "order"),
        ("?order=a%0Ab", "order"),
        ("?order=A&days=0", "days"),
        ("?order=A&days=46", "days"),
        ("?order=A&days=%C2%B2", "days"),
    ],
)
async def test_what_names_nobody_is_refused_and_not_read(ask: Any, query: str, reason: str) -> None:
    journeys = Journeys(*LATE_ORDER)
    status, body, _ = await ask(journeys, query)

    assert (status, body["reason"]) == (400, reason)
    assert journeys.asked == []


async def test_only_who_is_on_call_or_more_may_look(ask: Any) -> None:
    journeys = Journeys(*LATE_ORDER)
    statuses = [(await ask(journeys, "?order=TB123", token))[0] for token in (ON_CALL, ADMIN, VIEWER, SYSTEM, None)]

    assert statuses == [200, 200, 403, 403, 401]
    assert len(journeys.asked) == 2


async def test_without_tokens_nothing_is_shown_unless_the_settings_say_so(ask: Any) -> None:
    status, body, _ = await ask(Journeys(*LATE_ORDER), "?order=TB123", None, tokens=(), shown=False)

    assert (status, body["reason"]) == (403, "off")
    assert "journey_page: always" in body["error"]
    assert (await ask(Journeys(*LATE_ORDER), "?order=TB123", None, tokens=()))[0] == 200


async def test_events_outside_the_data_scope_are_left_out_and_it_is_said_that_some_are(ask: Any) -> None:
    journeys = Journeys(*LATE_ORDER)
    _, flagship, _ = await ask(journeys, "?order=TB123", FLAGSHIP)
    _, outlet, _ = await ask(journeys, "?order=TB123", OUTLET)

    assert "case.opened" not in {event["type"] for event in flagship["events"]}
    assert len(flagship["events"]) == len(LATE_ORDER) - 1
    assert [event["type"] for event in outlet["events"]] == ["case.opened"]
    assert [row["name"] for row in outlet["deadlines"]] == ["case"]
    assert (flagship["left_out"], outlet["left_out"]) == (True, True)


@pytest.mark.parametrize("stopped", [Stopped.COMPLETE, Stopped.TIME])
async def test_an_order_of_another_store_looks_like_one_that_does_not_exist(ask: Any, stopped: Stopped) -> None:
    journeys = Journeys(*LATE_ORDER, stopped=stopped)

    assert (await ask(journeys, "?order=TB123", ELSEWHERE))[:2] == (await ask(journeys, "?order=TB9", ELSEWHERE))[:2]


async def test_one_journey_is_read_at_a_time_and_the_next_one_is_told_to_come_again(ask: Any) -> None:
    journeys = Journeys(*LATE_ORDER)
    journeys.hold.clear()
    first = asyncio.ensure_future(ask(journeys, "?order=TB123"))
    assert await asyncio.to_thread(journeys.started.wait, 10.0)
    status, body, headers = await ask(journeys, "?order=TB123")
    journeys.hold.set()

    assert (status, body["reason"], headers["Retry-After"]) == (429, "reading", "5")
    assert (await first)[0] == 200
    assert (await ask(journeys, "?order=TB123"))[0] == 200


async def test_what_was_cut_short_says_so_also_without_events(ask: Any) -> None:
    _, some, _ = await ask(Journeys(*LATE_ORDER, stopped=Stopped.RECORDS), "?order=TB123")
    status, none, _ = await ask(Journeys(stopped=Stopped.TIME), "?order=TB123")

    assert (some["stopped"], some["cut_short"]) == ("records", True)
    assert (status, none["events"], none["stopped"], none["cut_short"]) == (200, [], "time", True)
    assert "ask for fewer days" in none["reason"]


async def test_brokers_that_refuse_are_no_fault_and_the_next_one_may_read(
    ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    journeys = Journeys(*LATE_ORDER)
    journeys.fault = SpanReadError("Kafka: not authorized")
    status, body, _ = await ask(journeys, "?order=TB123")
    journeys.fault = None

    assert (status, body["reason"]) == (503, "brokers")
    assert "not authorized" not in str(body)
    assert "not authorized" in caplog.text
    assert (await ask(journeys, "?order=TB123"))[0] == 200


async def test_every_look_is_in_the_audit_log_without_the_id(ask: Any, log: AuditLog) -> None:
    journeys = Journeys(*LATE_ORDER)
    for query, token in (
        ("?order=TB123", ON_CALL),
        ("?order=TB9", ON_CALL),
        (f"?customer={HASH}", ADMIN),
        ("?order=TB123", VIEWER),
    ):
        await ask(journeys, query, token)
    entries = list(reversed(log.last(10)))

    assert [(entry["who"], entry["role"], entry["about"], entry["status"]) for entry in entries] == [
        ("Li Wei", "responder", "order mark-of-order", 200),
        ("Li Wei", "responder", "order mark-of-order", 404),
        ("", "admin", "customer mark-of-customer", 404),
        ("", "viewer", "", 403),
    ]
    assert {(entry["method"], entry["what"]) for entry in entries} == {("GET", PATH)}
    assert not {"TB123", "TB9", HASH} & set(str(entries).replace("'", " ").split())


async def test_orders_that_are_tried_one_by_one_are_all_in_the_audit_log(ask: Any, log: AuditLog) -> None:
    journeys = Journeys()
    for number in range(70):
        await ask(journeys, f"?order=TB{number}")

    assert len(log.last(1_000)) == 70


async def test_a_look_that_cannot_be_written_down_is_not_given(
    ask: Any, log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_entry: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log, "append", full)
    status, body, _ = await ask(Journeys(*LATE_ORDER), "?order=TB123")

    assert (status, body["reason"]) == (503, "not_noted")
    assert "events" not in body


async def test_no_log_has_the_id_whatever_goes_wrong(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    journeys = Journeys(*LATE_ORDER)
    await ask(journeys, "?order=TB123")
    journeys.fault = RuntimeError("a fault of ours")
    status, _, _ = await ask(journeys, "?order=TB123")

    assert status == 500
    assert "a fault of ours" in caplog.text
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]  # a worker has no such log
    assert "TB123" not in "\n".join(record.getMessage() for record in ours)
