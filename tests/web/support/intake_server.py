"""A server with an intake as the worker runs it, and what stands for Kafka behind it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import web

from streams.delivery.written import Delivery
from streams.intake.signature import Signature
from streams.settings.mapping import SignatureSettings
from streams.web.api import create_web_app
from streams.web.audit import AuditLog
from streams.web.audited import Auditor, add_audit
from streams.web.intake import IntakeParts, add_intake
from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import ClientResponse, ClientSession

    from streams.intake.raw_record import RawRecord

NOW_MS = 1_700_000_000_000
SHOP = Token(Role.INTAKE, "intake-secret-of-tests")
ADMIN = Token(Role.ADMIN, "admin-secret-of-tests")
BEARER = {"Authorization": f"Bearer {SHOP.secret}"}
BODY = b'{"id": 1}'


class Server(NamedTuple):
    """As the worker runs it; the one of aiohttp's tests would cancel handlers of senders who have gone."""

    port: int

    def make_url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class Kafka:
    """Says how it goes, and keeps what it takes."""

    def __init__(self) -> None:
        self.delivery = Delivery.TAKEN
        self.taken: list[RawRecord] = []
        self.counted: dict[tuple[str, str], int] = {}
        self.told = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def write(self, record: RawRecord) -> Delivery:
        await self.open.wait()
        if self.delivery is Delivery.TAKEN:
            self.taken.append(record)
        return self.delivery

    def count(self, mapping: str, outcome: str, count: int) -> None:
        if count:
            self.told.set()
        self.counted[mapping, outcome] = self.counted.get((mapping, outcome), 0) + count

    def outcomes(self, mapping: str = "signed") -> dict[str, int]:
        return {outcome: count for (name, outcome), count in self.counted.items() if name == mapping and count}


def signature() -> Signature:
    return Signature(SignatureSettings("X-Signature", prefix="sha256="), ("shared",))


def signed(body: bytes) -> dict[str, str]:
    return {"X-Signature": "sha256=" + hmac.digest(b"shared", body, hashlib.sha256).hex()}


async def serve_intake(
    security: Security, kafka: Kafka, folder: Path, body_limit_s: float = 10.0
) -> tuple[Server, web.AppRunner]:
    """With a signed mapping, and one for tokens."""
    nothing: Any = None
    app = create_web_app(nothing, nothing, nothing, security, {"/": ("text/html", b"page")})
    auditor = Auditor(AuditLog(folder / "audit.jsonl"), security, lambda: 0.0, lambda: None)
    add_audit(app, auditor, security)
    signatures = {"signed": signature(), "plain": None}
    add_intake(app, security, IntakeParts(signatures, kafka.write, lambda: NOW_MS, kafka.count, body_limit_s))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return Server(runner.addresses[0][1]), runner


async def fetch(client: ClientSession, method: str, address: Any, **options: Any) -> ClientResponse:
    response = await client.request(method, address, **options)
    await response.read()
    return response


async def spoken(port: int, sent: bytes, *more: bytes, patience_s: float = 10.0) -> bytes:
    """What a server answers to these bytes, until it closes or has nothing more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    for part in more:
        await asyncio.sleep(0.02)
        writer.write(part)
    answer = b""
    try:
        async with asyncio.timeout(patience_s):
            answer = await reader.readuntil(b"}")
    except (TimeoutError, asyncio.IncompleteReadError):
        pass
    writer.close()
    return answer


def head(*headers: bytes, mapping: bytes = b"signed", method: bytes = b"POST") -> bytes:
    return b"\r\n".join([method + b" /intake/" + mapping + b" HTTP/1.1", b"Host: localhost", *headers, b"", b""])
