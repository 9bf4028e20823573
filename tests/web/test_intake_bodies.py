"""Bodies at the intake that are large, slow, compressed, broken or too many: refused, unread where possible."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import pytest

from streams.topics.wanted import LARGEST_BODY
from streams.web.security import Security
from tests.web.support.intake_server import BODY, Kafka, fetch, head, signed, spoken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientSession


async def test_a_mebibyte_is_taken_and_a_byte_more_is_not(post: Any, kafka: Kafka) -> None:
    largest = b"x" * LARGEST_BODY
    taken, refused = [
        await post("signed", io.BytesIO(body), **signed(body), Content_Length=str(len(body)))
        for body in (largest, largest + b"x")
    ]

    assert (taken.status, refused.status) == (200, 413)
    assert [record.value for record in kafka.taken] == [largest]


async def test_a_declared_length_beyond_the_limit_is_refused_before_the_body_comes(intake: Any, kafka: Kafka) -> None:
    server = await intake(Security())

    answer = await spoken(server.port, head(b"Content-Length: 1048577"))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert kafka.outcomes() == {"too_large": 1}


async def test_a_chunked_body_is_measured_as_it_comes(intake: Any, client: ClientSession, kafka: Kafka) -> None:
    server = await intake(Security())

    async def chunks(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 1024):
            yield b"x" * 1024
        yield b"x" * (size % 1024) or b""

    async def sent(size: int) -> int:
        headers = signed(b"x" * size)
        return (
            await fetch(client, "POST", server.make_url("/intake/signed"), data=chunks(size), headers=headers)
        ).status

    assert [await sent(size) for size in (3_000, LARGEST_BODY, LARGEST_BODY + 1)] == [200, 200, 413]
    assert [len(record.value) for record in kafka.taken] == [3_000, LARGEST_BODY]


async def test_a_body_that_trickles_in_is_given_up(intake: Any, kafka: Kafka) -> None:
    server = await intake(Security(), body_limit_s=0.1)
    sent = head(b"Content-Length: 1000", b"X-Signature: sha256=00")

    answer = await spoken(server.port, sent, *[b"x"] * 20)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert kafka.outcomes() == {"too_slow": 1}


async def test_a_sender_that_goes_away_is_counted_and_its_place_is_free(intake: Any, kafka: Kafka) -> None:
    server = await intake(Security())
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(head(b"Content-Length: 1000", b"X-Signature: sha256=00") + b"x")
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.wait_for(kafka.told.wait(), 10)

    assert kafka.outcomes() == {"cut_short": 1}


async def test_chunks_that_are_not_valid_end_in_a_refusal(intake: Any, kafka: Kafka) -> None:
    server = await intake(Security(), body_limit_s=0.2)
    sent = head(b"Transfer-Encoding: chunked", b"X-Signature: sha256=00")

    answer = await spoken(server.port, sent, b"5\r\nabcde\r\n", b"zz\r\n")

    assert answer.startswith(b"HTTP/1.1 4")
    assert kafka.taken == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity, gzip", "GZIP", "aes128gcm"])
async def test_a_compressed_body_is_refused_unread(post: Any, kafka: Kafka, encoding: str) -> None:
    answer = await post("signed", **signed(BODY), Content_Encoding=encoding)

    assert answer.status == 415
    assert kafka.outcomes() == {"encoded": 1}


async def test_an_empty_body_is_refused_and_identity_is_no_compression(post: Any) -> None:
    empty = await post("signed", b"", **signed(b""))
    plain = await post("signed", **signed(BODY), Content_Encoding="identity")

    assert (empty.status, plain.status) == (400, 200)


async def test_a_sender_that_waits_for_permission_gets_it_once_its_head_is_accepted(intake: Any, kafka: Kafka) -> None:
    server = await intake(Security())
    expects = (b"Expect: 100-continue", b"Content-Length: 9")
    sign = f"X-Signature: {signed(BODY)['X-Signature']}".encode()

    unsigned = await spoken(server.port, head(*expects))
    large = await spoken(server.port, head(expects[0], b"Content-Length: 1048577", sign))
    taken = await spoken(server.port, head(*expects, sign), BODY)
    odd = await spoken(server.port, head(b"Expect: a miracle", b"Content-Length: 9", sign), patience_s=0.5)

    assert unsigned.startswith(b"HTTP/1.1 401 ")
    assert large.startswith(b"HTTP/1.1 413 ")
    assert taken.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    assert b"HTTP/1.1 200" not in odd
    assert len(kafka.taken) == 1


async def test_while_kafka_is_slow_no_more_bytes_wait_than_there_is_room_for(post: Any, kafka: Kafka) -> None:
    kafka.open.clear()
    body = b"x" * (1000 * 1024)
    waiting = [asyncio.ensure_future(post("signed", body, **signed(body))) for _ in range(34)]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    first = done.pop().result()
    kafka.open.set()
    statuses = [(await one).status for one in waiting]
    after = await post("signed", body, **signed(body))

    assert first.status == 503
    assert statuses.count(503) == 2
    assert statuses.count(200) == len(kafka.taken) - 1 == 32
    assert after.status == 200
