"""One POST against a server that behaves badly in every way we know of."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from streams.delivery.answer import Answer, failure_of, garbage
from streams.delivery.result import Cause, Outcome, Result

if TYPE_CHECKING:
    from streams.delivery.http_post import HttpPost


@pytest.mark.parametrize(
    ("behaviour", "reason", "cause"),
    [("hang", "timeout", Cause.TIMEOUT), ("cut", "connection: ServerDisconnectedError", Cause.CONNECTION)],
)
async def test_what_does_not_come_back_is_tried_again(
    channel: Any, post: HttpPost, behaviour: str, reason: str, cause: Cause
) -> None:
    channel.answers(behaviour)

    assert await post.send(f"{channel.url}/t0ken", b"{}") == Result(Outcome.RETRY, reason, cause=cause)


async def test_an_endless_answer_is_read_up_to_a_limit(channel: Any, post: HttpPost) -> None:
    channel.answers("endless")
    answer = await post.send(channel.url, b"{}")

    assert isinstance(answer, Answer)
    assert len(answer.body) == 65_536
    assert garbage(answer).cause is Cause.GARBAGE


async def test_nobody_listening_is_tried_again(post: HttpPost) -> None:
    result = await post.send("http://127.0.0.1:9/t0ken", b"{}")

    assert result == Result(Outcome.RETRY, "connection: ClientConnectorError", cause=Cause.CONNECTION)


async def test_a_certificate_that_nobody_vouches_for_is_no_receiver_of_ours(
    untrusted: Any, post: HttpPost, caplog: pytest.LogCaptureFixture
) -> None:
    untrusted.answers((200, {}))
    with caplog.at_level(logging.DEBUG):
        result = await post.send(f"{untrusted.url}/t0ken", b"{}")

    assert result == Result(Outcome.RETRY, "tls: ClientConnectorCertificateError", cause=Cause.TLS)
    assert untrusted.got == []
    assert "t0ken" not in caplog.text


async def test_who_does_not_speak_tls_is_tried_again(channel: Any, post: HttpPost) -> None:
    result = await post.send(channel.url.replace("http:", "https:"), b"{}")

    assert isinstance(result, Result)
    assert (result.outcome, result.cause) == (Outcome.RETRY, Cause.TLS)


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://127.0.0.1:99999999/", "ftp://127.0.0.1/"])
async def test_an_address_that_is_none_waits_for_a_person(post: HttpPost, url: str) -> None:
    assert await post.send(url, b"{}") == Result(Outcome.REJECTED, "invalid address", 300.0, Cause.CREDENTIALS)


@pytest.mark.parametrize(
    ("status", "outcome", "rest_s", "cause"),
    [
        (302, Outcome.REJECTED, 300.0, Cause.CREDENTIALS),
        (400, Outcome.REJECTED, None, Cause.REFUSED),
        (401, Outcome.REJECTED, 300.0, Cause.CREDENTIALS),
        (403, Outcome.REJECTED, 300.0, Cause.CREDENTIALS),
        (404, Outcome.REJECTED, 300.0, Cause.CREDENTIALS),
        (408, Outcome.RETRY, 7.0, Cause.OUT_OF_ORDER),
        (413, Outcome.REJECTED, None, Cause.TOO_LONG),
        (429, Outcome.RETRY, 7.0, Cause.THROTTLED),
        (503, Outcome.RETRY, 7.0, Cause.OUT_OF_ORDER),
    ],
)
def test_a_status_says_who_is_at_fault(status: int, outcome: Outcome, rest_s: float | None, cause: Cause) -> None:
    failure = failure_of(Answer(status, b"", 7.0))

    assert failure is not None
    assert (failure.outcome, failure.retry_after_s, failure.cause) == (outcome, rest_s, cause)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"errcode":0}', 0),
        (b'{"errcode":130101,"errmsg":"x"}', 130101),
        (b'{"errcode":"0"}', None),
        (b'{"errcode":true}', None),
        (b'{"other":0}', None),
        (b"[0]", None),
        (b"<html>", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_code_is_a_whole_number_in_a_json_object(body: bytes, code: int | None) -> None:
    assert Answer(200, body, None).code("errcode") == code


async def test_redirects_are_not_followed(channel: Any, post: HttpPost) -> None:
    channel.answers((307, b"", {"Location": "/elsewhere"}), (200, b""))
    answer = await post.send(channel.url, b"{}")

    assert isinstance(answer, Answer)
    assert answer.status == 307
    assert [request.path for request in channel.got] == ["/"]
