"""Tokens, cookies and other headers of any bytes, sent as they are: the answer is a refusal, never a fault of ours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.web.audit import AuditLog
from streams.web.audited import Auditor, add_audit
from streams.web.security import Role, Security, Token
from streams.web.silences import add_silences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.support.actions_topic import ActionsTopic

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")


@pytest_asyncio.fixture(loop_scope="session")
async def port(serve: Any, topic: ActionsTopic, tmp_path: Path, now: int) -> int:
    """Of a server with tokens, silences and the audit log."""
    rules = Security(tokens=(VIEWER,))

    def extend(app: Any) -> None:
        add_silences(app, topic.board.register, "Asia/Shanghai", rules, topic.write, lambda: now / 1000)
        log = AuditLog(tmp_path / "audit.jsonl")
        add_audit(app, Auditor(log, rules, lambda: now / 1000, lambda: pytest.fail("not audited")), rules)

    found: int = (await serve(topic.board, rules, extend=extend)).port
    return found


async def status(port: int, method: bytes, path: bytes, *headers: bytes, body: bytes = b"") -> int:
    """Of the answer to a request that no client would let through."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [
        method + b" " + path + b" HTTP/1.1",
        b"Host: localhost",
        b"Connection: close",
        b"Content-Type: application/json",
        b"Content-Length: " + str(len(body)).encode(),
        *headers,
    ]
    writer.write(b"\r\n".join([*head, b"", body]))
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("path", [b"/api/v1/board", b"/metrics", b"/api/v1/audit", b"/api/v1/session"])
@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Bearer \xff\xfe",
        b"Authorization: Bearer \xed\xa0\x80",
        b"Authorization: \xff\xfe",
        b"Cookie: pharos_session=\xff\xfe",
        b'Cookie: pharos_session="\\377\\376"',
        b"Cookie: \xff=\xfe; pharos_session=\xff",
    ],
)
async def test_a_credential_that_is_no_utf_8_is_unknown(port: int, path: bytes, header: bytes) -> None:
    assert await status(port, b"GET", path, header) == 401


@pytest.mark.parametrize(
    ("path", "header", "expected"),
    [
        (b"/healthz", b"Authorization: Bearer \xff", 200),
        (b"/healthz", b"Cookie: pharos_session=\xff", 200),
        (b"/api/v1/silences", b"Authorization: Bearer \xff", 401),
        (b"/api/v1/session", b"Origin: http://[", 403),
        (b"/api/v1/session", b"Origin: http://\xff", 403),
    ],
)
async def test_probes_and_writes_answer_as_well(port: int, path: bytes, header: bytes, expected: int) -> None:
    method = b"GET" if path == b"/healthz" else b"POST"

    assert await status(port, method, path, header, body=b"{}") == expected


@pytest.mark.parametrize("limit", [b"9" * 5_000, b"%ff", b"-1", b"\xef\xbc\x91"])
async def test_a_query_that_is_no_number_is_a_mistake_of_who_asks(
    serve: Any, topic: ActionsTopic, limit: bytes
) -> None:
    security = Security()
    server = await serve(topic.board, security, extend=lambda app: add_audit(app, None, security))  # type: ignore[arg-type]

    assert await status(server.port, b"GET", b"/api/v1/audit?limit=" + limit) == 400


@pytest.mark.parametrize("path", [b"/api/v1/silences/%ff", b"/api/v1/silences/\xff", b"/api/v1/silences/%ed%a0%80%00"])
@pytest.mark.parametrize("header", [b"X-Other: 1", b"Authorization: Bearer " + VIEWER.secret.encode()])
async def test_a_path_of_any_bytes_is_refused_and_audited(port: int, path: bytes, header: bytes) -> None:
    assert await status(port, b"DELETE", path, header, body=b"{}") in (400, 401, 403, 404)


_BYTES = st.binary(max_size=40).map(lambda raw: raw.translate(None, b"\r\n\0"))
_HEADER = st.builds(
    lambda name, prefix, raw: name + b": " + prefix + raw,
    st.sampled_from([b"Authorization", b"Cookie", b"Origin", b"Accept", b"If-None-Match", b"Content-Type", b"X-Other"]),
    st.sampled_from(
        [b"", b"Bearer ", b"bearer\t", b"pharos_session=", b'pharos_session="', b"http://", b"application/"]
    ),
    _BYTES,
)
_QUERY = _BYTES.map(lambda raw: b"?state=" + b"".join(b"%%%02X" % byte for byte in raw))
_PATHS = (b"/api/v1/board", b"/metrics", b"/api/v1/anomalies", b"/api/v1/session", b"/api/v1/silences/preview")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from([b"GET", b"POST", b"DELETE", b"HEAD"]),
    path=st.sampled_from(_PATHS),
    query=_QUERY,
    headers=st.lists(_HEADER, max_size=3),
    body=st.binary(max_size=30) | st.sampled_from([b'{"token": "\\ud800"}', b'{"token": "\xff"}']),
)
async def test_no_bytes_of_a_request_are_a_fault_of_ours(
    port: int, method: bytes, path: bytes, query: bytes, headers: list[bytes], body: bytes
) -> None:
    code = await status(port, method, path + query, *headers, body=body)

    assert code < 500
    assert code >= 400 or (method, path) == (b"DELETE", b"/api/v1/session")


async def test_a_request_that_is_no_http_leaves_no_word_of_it_in_the_log(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert await status(port, b"GET", b"/metrics", b"Authorization: Bearer my-own-token\x01") == 400

    assert "a request that is not HTTP was refused" in caplog.text
    assert "my-own-token" not in caplog.text
