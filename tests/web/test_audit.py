"""Every write leaves a line, whatever came of it."""

from __future__ import annotations

import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from streams.settings.secrets import ConfigurationError
from streams.settings.settings import Settings
from streams.web.actions import add_actions
from streams.web.audit import Audited, AuditLog, address_class
from streams.web.audited import Auditor, add_audit, open_audit
from streams.web.security import Role, Security, Token
from tests.web.support.actions_topic import ActionsTopic

if TYPE_CHECKING:
    from pathlib import Path

    from streams.web.board import Board

NAMED = Token(Role.RESPONDER, "responder-secret-of-tests", "Li Wei")
ADMIN = Token(Role.ADMIN, "admin-secret-of-these-tests")
VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
ACK = "/api/v1/anomalies/a1b2c3/ack"


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "deep" / "audit.jsonl")


@pytest.fixture
def lost() -> list[int]:
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def ask(serve: Any, troubled_board: Board, log: AuditLog, lost: list[int], now: int) -> Any:
    topic, security = ActionsTopic(troubled_board), Security(tokens=(NAMED, ADMIN, VIEWER))

    def extend(app: Any) -> None:
        add_actions(app, troubled_board.register, security, topic.write, lambda: now / 1000, lambda: "id-1")
        add_audit(app, Auditor(log, security, lambda: now / 1000, lambda: lost.append(1)), security)

    server = await serve(troubled_board, security, extend=extend)

    async def send(method: str, path: str, token: Token | None = None, **options: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token.secret}"} if token else {}
        async with (
            ClientSession(headers=headers) as client,
            client.request(method, server.make_url(path), **options) as answer,
        ):
            return answer.status, await answer.json()

    return send


async def test_who_did_what_when_and_from_where(ask: Any, log: AuditLog) -> None:
    await ask("POST", ACK, NAMED, json={"actor": "somebody else", "note": "x"})
    await ask("POST", ACK, ADMIN, json={"actor": "wang"})
    first, second = reversed(log.last(10))

    assert first == {
        "time": "2026-11-10T16:12:30.000Z",
        "who": "Li Wei",
        "role": "responder",
        "actor": "Li Wei",
        "from": "loopback",
        "method": "POST",
        "what": "/api/v1/anomalies/{fingerprint}/ack",
        "about": "a1b2c3",
        "status": 202,
        "reason": "",
        "id": "id-1",
        "unlisted": 0,
    }
    assert (second["who"], second["role"], second["actor"]) == ("", "admin", "wang")


async def test_what_is_refused_is_there_too_and_reads_are_not(ask: Any, log: AuditLog) -> None:
    await ask("GET", "/api/v1/anomalies", NAMED)
    await ask("POST", ACK, json={"actor": "li"})
    await ask("POST", ACK, VIEWER, json={"actor": "li"})
    await ask("POST", "/api/v1/nowhere", NAMED, json={})
    await ask("POST", ACK, NAMED, data=b"x", headers={"Content-Type": "text/plain"})
    await ask("POST", "/api/v1/session", json={"token": NAMED.secret})

    found = [(entry["status"], entry["reason"], entry["who"]) for entry in reversed(log.last(10))]
    assert found == [
        (401, "token_missing", ""),
        (403, "role", ""),
        (404, "", "Li Wei"),
        (415, "content_type", "Li Wei"),
        (200, "", "Li Wei"),
    ]


async def test_no_secret_and_no_address_is_in_the_log(ask: Any, tmp_path: Path) -> None:
    await ask("POST", "/api/v1/session", json={"token": NAMED.secret})
    await ask("POST", ACK, NAMED, json={"actor": "li"})
    await ask("POST", ACK, Token(Role.ADMIN, "a-token-that-nobody-knows"), json={"actor": "li"})
    text = (tmp_path / "deep" / "audit.jsonl").read_text()

    assert NAMED.secret not in text
    assert "nobody-knows" not in text
    assert "127.0.0.1" not in text


async def test_a_flood_of_refusals_is_counted_and_does_not_push_out_what_was_done(ask: Any, log: AuditLog) -> None:
    for _ in range(80):
        await ask("POST", ACK, json={})
    await ask("POST", ACK, NAMED, json={})
    entries = log.last(1_000)

    assert len(entries) == 61
    assert (entries[0]["status"], entries[0]["unlisted"]) == (202, 20)


async def test_an_admin_reads_the_last_entries_and_nobody_else(ask: Any) -> None:
    for number in range(3):
        await ask("POST", ACK, ADMIN, json={"actor": f"a{number}"})
    status, body = await ask("GET", "/api/v1/audit?limit=2", ADMIN)

    assert (status, [entry["actor"] for entry in body["entries"]]) == (200, ["a2", "a1"])
    assert [(await ask("GET", "/api/v1/audit", token))[0] for token in (NAMED, VIEWER, None)] == [403, 403, 401]
    assert [(await ask("GET", f"/api/v1/audit?limit={text}", ADMIN))[0] for text in ("0", "x", "1001", "-1")] == [
        400
    ] * 4


async def test_with_a_full_disk_one_can_still_act_and_the_loss_is_told(
    ask: Any, log: AuditLog, lost: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_entry: Audited) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log, "append", full)

    assert (await ask("POST", ACK, NAMED, json={}))[0] == 202
    assert lost == [1]


def entry(number: int) -> Audited:
    return Audited(time=str(number), who="<b>\n|li", role="", actor="", from_="loopback")


def test_the_log_turns_over_and_stays_bounded(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", largest=2_000, kept=3)
    for number in range(100):
        log.append(entry(number))
    files = sorted(tmp_path.iterdir())

    assert [file.name for file in files] == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2", "audit.jsonl.3"]
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert [found["time"] for found in log.last(12)] == [str(number) for number in range(99, 87, -1)]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_new_worker_goes_on_where_the_last_one_stopped_even_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    AuditLog(path).append(entry(1))
    with path.open("ab") as file:
        file.write(b'{"time":"cut o')
    log = AuditLog(path)
    log.append(entry(2))
    log.append(entry(3))

    assert [found["time"] for found in log.last(10)] == ["3", "2", "1"]


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", largest=5_000, kept=50)
    threads = [
        threading.Thread(target=lambda start=start: [log.append(entry(start + n)) for n in range(50)])
        for start in (0, 100, 200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [line for file in tmp_path.iterdir() for line in file.read_text().splitlines()]

    assert len(lines) == 150


def test_a_file_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"file"):
        AuditLog(tmp_path / "file" / "audit.jsonl")


def test_where_the_settings_put_it_that_cannot_be_written_the_remedy_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match=r"audit\.jsonl cannot be written.*set audit_file"):
        open_audit(Settings(state_dir=str(tmp_path / "file")))
    open_audit(Settings(audit_file=str(tmp_path / "own.jsonl"), state_dir=str(tmp_path / "file")))
    assert (tmp_path / "own.jsonl").exists()


def test_behind_a_proxy_the_address_says_nothing() -> None:
    assert address_class("8.8.8.8", behind_proxy=True) == "proxied"
    assert address_class("fe80::1%eth0") == "private"


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "9" * 5_000, "\u0663", "1e2", " 5", ""])
async def test_a_limit_that_is_no_such_number_is_refused(ask: Any, limit: str) -> None:
    status, answer = await ask("GET", "/api/v1/audit", ADMIN, params={"limit": limit})

    assert (status, answer["error"]) == (400, "limit must be a whole number from 1 to 1000.")


async def test_a_body_that_cannot_be_unpacked_is_the_fault_of_who_sent_it(ask: Any) -> None:
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json", "Authorization": f"Bearer {ADMIN.secret}"}

    status, answer = await ask("POST", ACK, headers=packed, data=b'{"actor": "li"}')

    assert (status, answer["error"]) == (400, "The body cannot be unpacked: send it as it is.")
