"""Requests to the real application, with all its routes: odd paths, headers, queries and bodies, of every role."""

from __future__ import annotations

import asyncio
from functools import cache
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import orjson
from hypothesis import strategies as st

from tests.fuzz.support.odd_bytes import damaged, texts, values
from tests.fuzz.support.own_folder import own_folder

TOKENS: Final = {
    role: f"{role}-secret-of-these-tests" for role in ("intake", "viewer", "responder", "operator", "admin")
}
_PATHS: Final = [
    "/", "/metrics", "/healthz", "/readyz", "/api/v1/board", "/api/v1/session", "/api/v1/anomalies",
    "/api/v1/anomalies/a1b2c3", "/api/v1/anomalies/a1b2c3/course", "/api/v1/audit", "/api/v1/silences",
    "/api/v1/silences/preview", "/api/v1/silences/new", "/api/v1/nothing",
    "/intake/signed", "/intake/plain", "/intake/%FF",
    *(f"/api/v1/anomalies/{name}/{act}" for name in ("a1b2c3", "none")
      for act in ("ack", "snooze", "feedback", "assign", "approve", "decline")),
]  # fmt: skip
_QUERIES: Final = [
    "",
    "limit=5",
    "limit=-1",
    "limit=%FF",
    "limit=" + "9" * 5_000,
    "limit=٣",
    "state=firing",
    "state=%00&state",
    "a&&=;b",
    "severity=" + "x" * 3_000,
]
_FIELDS: Final = {
    "actor": st.one_of(st.just("li.wei"), texts),
    "note": st.one_of(st.just("on it"), texts),
    "reason": st.one_of(st.just("storm"), texts),
    "minutes": st.one_of(st.integers(1, 60), st.sampled_from([-1, 0, 2**63, 1.5, 1e308, True, "5"])),
    "verdict": st.sampled_from(["confirmed", "false_alarm", "x", 5]),
    "assignee": st.one_of(st.just("duty"), texts),
    "matchers": st.lists(
        st.one_of(st.sampled_from(["region=hz", 'store=~"a.*"', "=", 'region="']), texts, values), max_size=25
    ),
    "begins": st.one_of(
        st.sampled_from(["2026-11-11T02:00+08:00", "0001-01-01", "9999-12-31T23:59:59-23:59", "2026-11-11T02:00"]),
        texts,
    ),
    "end_on_resolve": st.one_of(st.booleans(), texts),
    "request": st.one_of(st.just("q1"), texts),
    "token": st.one_of(st.sampled_from(sorted(TOKENS.values())), texts),
}
_PIECES: Final = [
    b"[" * 100_000, b'{"a":' * 9_000, b"[" * 9_000, b"\0", b"\xff", b'"\\ud800"', b"1e400", b"9" * 5_000,
    b'"actor":"x",', b"{", b"}", b"NaN", b"-", b"\\u", b",", b" " * 70_000, b"x" * 1_200_000, b"\xef\xbb\xbf",
]  # fmt: skip
_HEADERS: Final = [
    ("Origin", "http://evil.example"), ("Origin", "null"), ("Origin", "http://["), ("Content-Type", "text/plain"),
    ("Content-Type", "application/json; charset=utf-16"), ("Content-Encoding", "gzip"), ("Accept", "\xff"),
    ("If-None-Match", "*"), ("Range", "bytes=9-1"), ("Cookie", "pharos_session=" + "a" * 64), ("Cookie", ";;=\x01"),
    ("Authorization", "Basic x"), ("Authorization", "Bearer"), ("X-Forwarded-For", "1"), ("Host", "evil"),
    ("Host", "["), ("Accept", "application/openmetrics-text; version=1.0.0; q=x"), ("Expect", "x"),
    ("Upgrade", "websocket"), ("Transfer-Encoding", "chunked"), ("X", "y" * 9_000),
    ("Content-Length", "9" * 400), ("Content-Length", "-1"), ("X-Signature", "t=1,v1=" + "0" * 64),
    ("X-Signature", "v1=\xff,t=" + "9" * 5_000), ("X-Signature", ",t=,v1="), ("CE-ID", "%FF%"), ("ce-source", '"\\"'),
]  # fmt: skip
_PATIENCE_S: Final = 1.0


class Asked(NamedTuple):
    """A request, before it is written out."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


def _written(said: Any) -> bytes:
    try:
        return orjson.dumps(said)
    except TypeError:  # a number beyond 64 bits, or half a character
        return b'{"actor":"x","minutes":99999999999999999999}'


_BODIES: Final = damaged(
    st.one_of(st.fixed_dictionaries({}, optional=_FIELDS), st.fixed_dictionaries(_FIELDS), values).map(_written),
    _PIECES,
)
_TARGETS: Final = st.tuples(
    st.one_of(
        st.sampled_from(_PATHS),
        st.sampled_from(_PATHS),
        texts.map(lambda text: "/api/v1/anomalies/" + quote(text, safe="", errors="replace")),
        st.sampled_from(["/%FF", "/%00", "/..%2f..", "//x", "/api/v1/silences/%FF", "/api/v1/anomalies/%ED%A0%80/ack"]),
    ),
    st.sampled_from(_QUERIES),
).map(lambda parts: "?".join(part for part in parts if part))
_METHODS: Final = st.sampled_from(["GET", "HEAD", "POST", "POST", "POST", "DELETE", "PUT", "OPTIONS", "PATCH"])
_BEARERS: Final = [("Authorization", f"Bearer {secret}") for secret in TOKENS.values()]
_ANYBODY: Final = st.tuples(
    st.sampled_from([[bearer] for bearer in _BEARERS] + [[]]), st.lists(st.sampled_from(_HEADERS), max_size=2)
).map(lambda parts: [*parts[0], *parts[1]])
# Whatever is odd about it, half of what is sent gets as far as a handler.
_READS: Final = st.builds(Asked, st.just("GET"), _TARGETS, st.just([_BEARERS[-1]]), st.just(b""))
_WRITES: Final = st.builds(
    Asked, st.sampled_from(["POST", "DELETE"]), st.sampled_from(_PATHS), st.just([_BEARERS[-1]]), _BODIES
)
EXAMPLES = st.one_of(_READS, _WRITES, st.builds(Asked, _METHODS, _TARGETS, _ANYBODY, _BODIES))


class _Served:
    """The application on a port of its own, and the loop that it runs in."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.port = self.loop.run_until_complete(self._start())

    async def _start(self) -> int:
        from aiohttp import web
        from prometheus_client import CollectorRegistry

        from dashboards.wallboard import pages
        from streams.delivery.written import Delivery
        from streams.intake.signature import Signature
        from streams.records.instant import rfc3339
        from streams.settings.mapping import SignatureSettings
        from streams.web.actions import add_actions
        from streams.web.api import create_web_app
        from streams.web.approvals import add_approvals
        from streams.web.audit import AuditLog
        from streams.web.audited import Auditor, add_audit
        from streams.web.exposition import Exposition
        from streams.web.intake import IntakeParts, add_intake
        from streams.web.security import TOKEN_ROLES, Security, Token
        from streams.web.silences import add_silences
        from tests.support.sample_anomaly import sample_anomaly
        from tests.web.support.actions_topic import ActionsTopic
        from tests.web.support.shop_hour import CATALOGUE, NOW, hour, tell

        board = hour(disturbed=True)
        times = (rfc3339(NOW - 300_000), rfc3339(NOW - 240_000))
        tell(board, sample_anomaly(*times, fingerprint="a1b2c3", scope={"region": "hz"}))
        topic = ActionsTopic(board)
        security = Security(tokens=tuple(Token(TOKEN_ROLES[role], secret) for role, secret in TOKENS.items()))
        exposition = Exposition(CollectorRegistry(), list, board.open_anomalies, CATALOGUE.metrics)

        def clock() -> float:
            return NOW / 1000

        ready = SimpleNamespace(alive=True, shortfalls=list)  # a worker that is not says 503, and rightly so
        app = create_web_app(board, exposition, ready, security, pages(), clock)
        add_actions(app, board.register, security, topic.write, clock)
        add_silences(app, board.register, "Asia/Shanghai", security, topic.write, clock)
        log = AuditLog(own_folder() / "audit.jsonl")
        add_audit(app, Auditor(log, security, clock, lambda: None), security)
        add_approvals(app, board.register, security, topic.write, clock)

        async def take(_: Any) -> Delivery:
            return Delivery.TAKEN

        stamped = SignatureSettings("X-Signature", prefix="v1=", timestamp_header="X-Signature", separator=".")
        signatures = {"signed": Signature(stamped, ("shared",)), "plain": None}
        add_intake(app, security, IntakeParts(signatures, take, lambda: NOW, lambda *_: None, body_limit_s=0.5))
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return int(self.runner.addresses[0][1])

    async def ask(self, asked: Asked) -> bytes:
        """The first line of the answer; empty where there is none, as to what is no HTTP, or a body cut short."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        named = {name for name, _ in asked.headers}
        headers = list(asked.headers)
        for name, value in (
            ("Host", "localhost"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(asked.body))),
        ):
            if name not in named:
                headers.append((name, value))
        head = f"{asked.method} {asked.target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers)
        try:
            writer.write(head.encode("utf-8", "surrogateescape") + b"Connection: close\r\n\r\n" + asked.body)
            return await asyncio.wait_for(reader.readline(), _PATIENCE_S)
        except (ConnectionError, TimeoutError):
            return b""
        finally:
            writer.close()

    def close(self) -> None:
        self.loop.run_until_complete(self.runner.cleanup())
        self.loop.close()


served = cache(_Served)


def take(example: Asked) -> str:
    """Sends a request; the answer must be below 500."""
    server = served()
    line = server.loop.run_until_complete(server.ask(example))
    status = line.split(b" ")[1:2]
    return "" if not status or status[0] < b"500" else f"{line!r} to {example.method} {example.target}"
