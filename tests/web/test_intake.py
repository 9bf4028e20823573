"""The intake through a real server on loopback: who may post, and what becomes of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.delivery.written import Delivery
from streams.intake.outcome import Outcome
from streams.web.security import Security, Token
from tests.web.support.intake_server import ADMIN, BEARER, BODY, NOW_MS, SHOP, Kafka, fetch, signed

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import ClientSession

PROXY = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Host": "hooks.example"}


async def test_a_signed_body_of_any_type_goes_unchanged_to_kafka(post: Any, kafka: Kafka) -> None:
    answer = await post("signed", **signed(BODY), Content_Type="application/x-www-form-urlencoded")
    (record,) = kafka.taken

    assert (answer.status, await answer.json()) == (200, {"taken": True})
    assert (record.topic, record.value, record.time_ms) == ("pharos-raw-signed", BODY, NOW_MS)
    assert record.headers == ()
    assert kafka.outcomes() == {"taken": 1}


async def test_a_webhook_that_is_sent_again_has_the_same_key(post: Any, kafka: Kafka) -> None:
    for body in (BODY, BODY, b"other"):
        await post("signed", body, **signed(body))
    first, again, other = (record.key for record in kafka.taken)

    assert first == again != other


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({}, 401, "unsigned"),
        ({"X-Signature": "sha1=00"}, 401, "unsigned"),
        ({"X-Signature": "sha256=00"}, 403, "wrong_signature"),
        (signed(b"another body"), 403, "wrong_signature"),
        ({**BEARER, "X-Signature": "sha256=00"}, 403, "wrong_signature"),
        (BEARER, 401, "unsigned"),
    ],
)
async def test_a_body_that_is_not_signed_right_never_reaches_kafka(
    post: Any, kafka: Kafka, headers: dict[str, str], status: int, reason: str
) -> None:
    answer = await post("signed", **headers)

    assert (answer.status, (await answer.json())["reason"]) == (status, reason)
    assert kafka.taken == []
    assert kafka.outcomes() == {reason: 1}


async def test_without_a_signature_only_a_token_with_the_role_intake_opens(post: Any, kafka: Kafka) -> None:
    cookie = {"Cookie": f"pharos_session={SHOP.session()}"}
    unknown, admin = {"Authorization": "Bearer unknown"}, {"Authorization": f"Bearer {ADMIN.secret}"}

    found = [(await post("plain", **headers)).status for headers in (BEARER, {}, unknown, admin, cookie, signed(BODY))]

    assert found == [200, 401, 401, 401, 401, 401]
    assert len(kafka.taken) == 1


@pytest.mark.parametrize("tokens", [(), (ADMIN,)])
async def test_where_nobody_can_prove_who_they_are_all_are_refused_and_the_log_says_why(
    intake: Any, client: ClientSession, kafka: Kafka, caplog: pytest.LogCaptureFixture, tokens: tuple[Token, ...]
) -> None:
    with caplog.at_level(logging.INFO):
        server = await intake(Security(tokens=tokens))
    answers = [
        await fetch(client, "POST", server.make_url("/intake/plain"), data=BODY, headers=headers)
        for headers in ({}, {"Authorization": f"Bearer {ADMIN.secret}"})
    ]

    assert [answer.status for answer in answers] == [403, 403]
    assert kafka.outcomes("plain") == {"closed": 2}
    assert "/intake/plain refuses every request" in caplog.text
    assert "mappings.plain.signature" in caplog.text
    assert "/intake/signed takes bodies that are signed in X-Signature" in caplog.text


async def test_the_role_intake_opens_nothing_else(intake: Any, client: ClientSession) -> None:
    server = await intake(Security(tokens=(SHOP, ADMIN)))
    reads = ["/metrics", "/api/v1/board", "/api/v1/anomalies", "/api/v1/session", "/api/v1/audit"]

    found = [(await fetch(client, "GET", server.make_url(path), headers=BEARER)).status for path in reads]
    sign_in = await fetch(client, "POST", server.make_url("/api/v1/session"), json={"token": SHOP.secret})

    assert found == [403] * len(reads)
    assert (sign_in.status, sign_in.headers.get("Set-Cookie")) == (401, None)


async def test_an_unknown_mapping_tells_nothing_of_others(post: Any, kafka: Kafka) -> None:
    before = dict(kafka.counted)
    answers = [await post("elsewhere", method=method, **BEARER) for method in ("POST", "GET")]

    assert [answer.status for answer in answers] == [404, 404]
    assert "signed" not in await answers[0].text()
    assert kafka.counted == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_than_post_are_not_taken(post: Any, kafka: Kafka, method: str) -> None:
    answer = await post("signed", None, method, **signed(b""))

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert kafka.outcomes() == {"method": 1}


@pytest.mark.parametrize(
    ("delivery", "status", "reason"),
    [
        (Delivery.LATE, 503, "late"),
        (Delivery.BUSY, 503, "full"),
        (Delivery.CLOSED, 503, "not_ready"),
        (Delivery.REFUSED, 503, "refused"),
        (Delivery.TOO_LARGE, 413, "too_large"),
    ],
)
async def test_what_kafka_does_not_take_is_said_and_asked_for_again(
    post: Any, kafka: Kafka, delivery: Delivery, status: int, reason: str
) -> None:
    kafka.delivery = delivery
    answer = await post("signed", **signed(BODY))

    assert (answer.status, (await answer.json())["reason"]) == (status, reason)
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert kafka.outcomes() == {reason: 1}


async def test_a_proxy_and_its_host_are_expected_as_everywhere(intake: Any, client: ClientSession) -> None:
    direct = await intake(Security(tokens=(SHOP,)))
    behind = await intake(Security(allowed_hosts=("hooks.example",), tokens=(SHOP,), behind_proxy=True))
    nameless = await intake(Security(tokens=(SHOP,), behind_proxy=True))

    found = [
        await fetch(client, "POST", server.make_url("/intake/signed"), data=BODY, headers={**PROXY, **signed(BODY)})
        for server in (direct, behind, nameless)
    ]

    assert [answer.status for answer in found] == [403, 200, 403]
    assert "allowed_hosts" in await found[2].text()


async def test_an_origin_is_no_matter_at_the_intake_but_at_all_other_writes(intake: Any, client: ClientSession) -> None:
    server = await intake(Security(tokens=(SHOP, ADMIN)))
    headers = {**signed(BODY), "Origin": "https://elsewhere.example"}

    found = [
        (await fetch(client, "POST", server.make_url(path), data=BODY, headers=headers)).status
        for path in ("/intake/signed", "/api/v1/session", "/intake/../api/v1/session", "/intake/signed/more")
    ]

    assert found == [200, 403, 403, 403]


async def test_headers_of_a_binary_event_come_from_a_token_only_for_no_signature_covers_them(
    post: Any, kafka: Kafka
) -> None:
    event = {"ce-id": "1", "ce-source": "/s", "Content-Type": "application/json"}
    await post("plain", **BEARER, **event)
    await post("signed", **signed(BODY), **event)

    assert [dict(record.headers) for record in kafka.taken] == [
        {"ce_id": b"1", "ce_source": b"/s", "content-type": b"application/json"},
        {},
    ]


async def test_webhooks_are_not_in_the_audit_log(post: Any, tmp_path: Path) -> None:
    await post("signed", **signed(BODY))
    await post("signed")

    assert not (tmp_path / "audit.jsonl").read_text()


async def test_nothing_of_a_request_is_in_the_log(post: Any, kafka: Kafka, caplog: pytest.LogCaptureFixture) -> None:
    kafka.delivery = Delivery.REFUSED
    with caplog.at_level(logging.DEBUG):
        for headers in ({}, signed(b"private"), {"X-Signature": "sha256=private"}):
            await post("signed", b"private", **headers)

    assert "private" not in caplog.text


async def test_every_outcome_is_shown_before_the_first_body(intake: Any, kafka: Kafka) -> None:
    await intake(Security())

    assert kafka.counted == {(name, outcome.label): 0 for name in ("signed", "plain") for outcome in Outcome}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(min_size=1, max_size=5_000), place=st.integers(0, 4_999), byte=st.integers(1, 255))
async def test_any_body_arrives_as_it_was_sent_and_none_that_was_changed_on_the_way(
    post: Any, kafka: Kafka, body: bytes, place: int, byte: int
) -> None:
    changed = bytearray(body)
    changed[place % len(body)] ^= byte
    kafka.taken.clear()

    found = [(await post("signed", sent, **signed(body))).status for sent in (body, bytes(changed))]

    assert found == [200, 403]
    assert [record.value for record in kafka.taken] == [body]
