"""Mail through a real SMTP server in this process, which refuses what the test wants it to refuse."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from streams.alerts.receivers.email import EmailReceiver, message_of
from streams.alerts.words.voice import Voice
from streams.delivery.result import Cause, Outcome
from streams.records.anomaly import Change
from streams.settings.settings import MailSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import trustme

    from streams.alerts.words.message import Notification

    Told = Callable[..., Notification]
    Serve = Callable[[str], Awaitable[int]]

VOICE = Voice("en", "https://board/")
PASSWORD = "s3cret"
NOW = 1_762_790_400.0
TO = MailSettings(host="127.0.0.1", sender="pharos@shop.example", recipients=("a@shop.example", "b@shop.example"))


class Mailbox:
    """Keeps what arrives, and answers to a command with what the test set for it."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.released = asyncio.Event()

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802 - aiosmtpd's
        answer: str = self.answers.get(address, self.answers.get("RCPT", "250 OK"))
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        if self.answers.get("hang"):
            await self.released.wait()
        self.got += [(to, email.message_from_bytes(envelope.content, policy=email.policy.default))
                     for to in envelope.rcpt_tos]  # fmt: skip
        answer: str = self.answers.get("DATA", "250 OK")
        return answer

    def login(self, _: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
        if "AUTH" in self.answers:
            return AuthResult(success=False, handled=False, message=self.answers["AUTH"])
        return AuthResult(success=(data.login, data.password) == (b"pharos", PASSWORD.encode()), handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def serve(mailbox: Mailbox, authority: trustme.CA) -> AsyncIterator[Serve]:
    """Opens the mailbox to the world, encrypted as asked; returns the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    options: dict[str, dict[str, Any]] = {
        "none": {},
        "starttls": {"authenticator": mailbox.login, "auth_required": True, "tls_context": context},
        "tls": {"authenticator": mailbox.login, "auth_require_tls": False},
    }
    loop = asyncio.get_running_loop()
    servers: list[asyncio.Server] = []

    async def start(encryption: str) -> int:
        servers.append(
            await loop.create_server(
                lambda: SMTP(mailbox, loop=loop, ident="test", **options[encryption]),
                "127.0.0.1",
                0,
                ssl=context if encryption == "tls" else None,
            )
        )
        port: int = servers[0].sockets[0].getsockname()[1]
        return port

    yield start
    mailbox.released.set()
    for server in servers:
        server.close()
        await asyncio.sleep(0.05)  # connections end by themselves


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def receiver(port: int, encryption: str, context: ssl.SSLContext | None = None, password: str = PASSWORD) -> Any:
    username = "" if encryption == "none" else "pharos"
    mail = MailSettings(
        host="127.0.0.1",
        port=port,
        sender=TO.sender,
        recipients=TO.recipients,
        encryption=encryption,  # type: ignore[arg-type]
        username=username,
    )
    return EmailReceiver("mail", mail, password if username else "", 1.0, lambda: NOW, VOICE, context)


@pytest.mark.parametrize("encryption", ["none", "starttls", "tls"])
async def test_everybody_gets_it_encrypted_and_after_a_login(
    serve: Serve, mailbox: Mailbox, trusting: ssl.SSLContext, told: Told, encryption: str
) -> None:
    result = await receiver(await serve(encryption), encryption, trusting).deliver(told())

    assert result.outcome is Outcome.DELIVERED, result.reason
    assert [to for to, _ in mailbox.got] == ["a@shop.example", "b@shop.example"]
    message = mailbox.got[0][1]
    assert message["Subject"].strip() == "[CRITICAL] Payment success: 71.0%, expected 97.0% (payment_method alipay)"
    assert "Board: https://board/?fingerprint=f1" in message.get_content()
    assert message["Importance"] == "high"


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
async def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_mail(
    serve: Serve, mailbox: Mailbox, told: Told, encryption: str
) -> None:
    result = await receiver(await serve(encryption), encryption).deliver(told())

    assert (result.outcome, result.cause) == (Outcome.RETRY, Cause.TLS)
    assert mailbox.got == []


async def test_a_server_without_starttls_gets_neither_password_nor_mail(
    serve: Serve, mailbox: Mailbox, told: Told
) -> None:
    result = await receiver(await serve("none"), "starttls").deliver(told())

    assert (result.outcome, result.cause) == (Outcome.REJECTED, Cause.CREDENTIALS)
    assert mailbox.got == []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"DATA": "451 try later"}, (Outcome.RETRY, Cause.OUT_OF_ORDER, None)),
        ({"DATA": "452 too much mail"}, (Outcome.RETRY, Cause.THROTTLED, None)),
        ({"DATA": "554 a@shop.example is spam"}, (Outcome.REJECTED, Cause.REFUSED, None)),
        ({"DATA": "552 too large"}, (Outcome.REJECTED, Cause.TOO_LONG, None)),
        ({"RCPT": "550 no such user"}, (Outcome.REJECTED, Cause.REFUSED, None)),
        ({"RCPT": "450 greylisted"}, (Outcome.RETRY, Cause.THROTTLED, None)),
        ({"RCPT": "450 later", "a@shop.example": "550 no"}, (Outcome.RETRY, Cause.THROTTLED, None)),
        ({"hang": True}, (Outcome.RETRY, Cause.TIMEOUT, None)),
    ],
)
async def test_the_code_of_the_server_decides(
    serve: Serve,
    mailbox: Mailbox,
    told: Told,
    answers: dict[str, Any],
    expected: tuple[Outcome, Cause, float | None],
) -> None:
    mailbox.answers = answers
    result = await receiver(await serve("none"), "none").deliver(told())

    assert (result.outcome, result.cause, result.retry_after_s) == expected
    assert "shop.example" not in result.reason


@pytest.mark.parametrize(
    ("answers", "password", "expected"),
    [
        ({}, "wrong", (Outcome.REJECTED, Cause.CREDENTIALS, 300.0)),
        ({"AUTH": "454 4.7.0 not now"}, PASSWORD, (Outcome.RETRY, Cause.OUT_OF_ORDER, None)),
    ],
)
async def test_a_login_that_fails_waits_for_a_person_unless_the_server_says_later(
    serve: Serve,
    mailbox: Mailbox,
    trusting: ssl.SSLContext,
    told: Told,
    answers: dict[str, Any],
    password: str,
    expected: tuple[Outcome, Cause, float | None],
) -> None:
    mailbox.answers = answers
    result = await receiver(await serve("starttls"), "starttls", trusting, password).deliver(told())

    assert (result.outcome, result.cause, result.retry_after_s) == expected


async def test_who_can_be_reached_is_told_although_another_address_is_refused(
    serve: Serve, mailbox: Mailbox, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.answers = {"a@shop.example": "550 no such user"}
    with caplog.at_level(logging.WARNING):
        result = await receiver(await serve("none"), "none").deliver(told())

    assert result.outcome is Outcome.DELIVERED
    assert [to for to, _ in mailbox.got] == ["b@shop.example"]
    assert "the server refused 1 of the addresses" in caplog.text
    assert "shop.example" not in caplog.text


async def test_nobody_listening_is_tried_again(told: Told) -> None:
    result = await receiver(9, "none").deliver(told())

    assert (result.outcome, result.cause) == (Outcome.RETRY, Cause.CONNECTION)


def test_mail_of_one_anomaly_is_one_conversation_and_an_attempt_has_the_id_of_the_last(told: Told) -> None:
    opened, again, ended = (
        message_of(told(change, **fields), VOICE, TO, NOW)
        for change, fields in (
            (Change.OPENED, {}),
            (Change.OPENED, {}),
            (Change.RESOLVED, {"state": "resolved", "ended_at": "2025-11-10T16:10:00.000Z"}),
        )
    )

    assert opened["Message-ID"] == again["Message-ID"] != ended["Message-ID"]
    assert opened["References"] == ended["References"] == "<f1@pharos.invalid>"
    assert opened["Auto-Submitted"] == "auto-generated"


def test_a_hostile_name_makes_no_header(hostile: Notification) -> None:
    message = message_of(hostile, VOICE, TO, NOW)

    assert "\\x0d\\x0a" in message["Subject"]
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "References", "Importance",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


def test_chinese_mail_is_chinese(told: Told) -> None:
    message = message_of(told(), Voice("zh"), TO, NOW)
    read = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)

    assert read["Subject"] == "【严重】支付成功率：71.0%，预期 97.0%（支付方式 alipay）"
    assert "主要来源：地区 b 50%；地区 c 30%；地区 a 10%" in read.get_content()
