"""Mail over SMTP (RFC 5321), encrypted by STARTTLS (RFC 3207) or from the first byte (RFC 8314)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import TYPE_CHECKING

import aiosmtplib

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need, PartError, Parts
from streams.alerts.words.fitting import fitted, shown
from streams.alerts.words.message import DIGEST
from streams.alerts.words.plain_text import plain
from streams.delivery.result import CREDENTIALS_REST_S, DELIVERED, Cause, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice
    from streams.settings.located_yaml import Path
    from streams.settings.settings import MailSettings, ReceiverSettings

# Nobody's limit: how much mail a person can bear.
ALLOWANCE = Allowance((Limit(18, 60.0),), kept=6, digest_above=5)

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_MOST_SUBJECT, _MOST_LINE, _MOST_TEXT = 400, 4_000, 64_000
_ADDRESS = re.compile(r"[^\s@,<>]+@[^\s@,<>]+")
_GOODBYE_S = 1.0
_DOMAIN = "pharos.invalid"  # of names that nobody answers to

_log = logging.getLogger(__name__)


class EmailReceiver:
    """Some addresses behind one server.

    Args:
        mail: server, addresses and encryption.
        password: goes with `mail.username`.
        timeout_s: for the whole attempt.
        clock: seconds since the epoch, the wall's.
        context: verifies the server; None: with the authorities that this machine trusts.

    """

    def __init__(
        self,
        name: str,
        mail: MailSettings,
        password: str,
        timeout_s: float,
        clock: Callable[[], float],
        voice: Voice,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self._mail = mail
        self._password = password
        self._timeout_s = timeout_s
        self._clock = clock
        self._voice = voice
        self._context = context

    def __repr__(self) -> str:
        return f"EmailReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """The server's code decides: 4xx is tried again, 5xx is not."""
        mail = self._mail
        client = aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port or _PORTS[mail.encryption],
            username=mail.username or None,
            password=self._password or None,
            timeout=self._timeout_s,
            use_tls=mail.encryption == "tls",
            start_tls=mail.encryption == "starttls",
            tls_context=self._context,
        )
        message = message_of(notification, self._voice, mail, self._clock())
        try:
            async with asyncio.timeout(self._timeout_s):
                await client.connect()
                refused, _ = await client.send_message(message, sender=mail.sender, recipients=list(mail.recipients))
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=_GOODBYE_S)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _result_of(error)
        finally:
            client.close()
        if refused:
            _log.warning("receiver %s: the server refused %d of the addresses", self.name, len(refused))
        return DELIVERED


def message_of(notification: Notification, voice: Voice, mail: MailSettings, now_s: float) -> EmailMessage:
    """Plain text. All mail of one anomaly makes one conversation; every attempt has the same Message-ID."""
    text = voice.text(notification)
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message["Subject"] = shown(text.title, _MOST_SUBJECT)
    message["Date"] = formatdate(now_s)
    message["Message-ID"] = f"<{notification.id}@{_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    if notification.kind != DIGEST and notification.anomalies:
        message["References"] = f"<{notification.anomalies[0].fingerprint}@{_DOMAIN}>"
    if notification.critical:
        message["Importance"] = "high"
    facts = fitted([shown(fact, _MOST_LINE) for fact in text.facts], _MOST_TEXT, voice.more)
    links = [link.written_out for link in text.links]
    message.set_content(
        "\n".join([shown(text.title, _MOST_LINE), "", *facts, "", *links, plain(text.name)]).rstrip() + "\n"
    )
    return message


def _result_of(error: Exception) -> Result:
    """Never the words of the server: they may repeat addresses and names."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = min(error.recipients, key=lambda refused: refused.code)  # as long as one may take it later
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _result_of_code(error.code, isinstance(error, aiosmtplib.SMTPAuthenticationError))
    if isinstance(error, TimeoutError):
        return Result(Outcome.RETRY, "timeout", cause=Cause.TIMEOUT)
    if _is_of_tls(error):
        return Result(Outcome.RETRY, f"tls: {type(error).__name__}", cause=Cause.TLS)
    if isinstance(error, OSError):
        return Result(Outcome.RETRY, f"connection: {type(error).__name__}", cause=Cause.CONNECTION)
    # What is left says that the server knows no STARTTLS, or no way to log in.
    return Result(Outcome.REJECTED, type(error).__name__, CREDENTIALS_REST_S, Cause.CREDENTIALS)


def _result_of_code(code: int, of_login: bool) -> Result:
    reason = f"code {code}"
    if 400 <= code < 500:
        return Result(Outcome.RETRY, reason, cause=Cause.THROTTLED if code in {421, 450, 452} else Cause.OUT_OF_ORDER)
    if of_login or code in {530, 534, 535, 538}:
        return Result(Outcome.REJECTED, reason, CREDENTIALS_REST_S, Cause.CREDENTIALS)
    return Result(Outcome.REJECTED, reason, cause=Cause.TOO_LONG if code == 552 else Cause.REFUSED)


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def faults_of(receiver: ReceiverSettings) -> Iterator[tuple[Path, str]]:
    """Mistakes of the setting `mail`: where, and what to do about it."""
    mail = receiver.mail
    if mail is None:
        yield (), "email needs `mail: {host: ..., sender: ..., recipients: [...]}`"
        return
    if not mail.host:
        yield ("mail", "host"), "name the server"
    if not 0 <= mail.port < 65_536:
        yield ("mail", "port"), f"{mail.port} is not a port; leave it out, or choose one up to 65535"
    if not _ADDRESS.fullmatch(mail.sender):
        yield ("mail", "sender"), f'"{mail.sender}" is not an address; write pharos@example.com'
    if not mail.recipients:
        yield ("mail", "recipients"), "name at least one address"
    for place, address in enumerate(mail.recipients):
        if not _ADDRESS.fullmatch(address):
            yield ("mail", "recipients", place), f'"{address}" is not an address; write duty@example.com'
    if mail.username and mail.encryption == "none":
        yield ("mail", "encryption"), "a password is not sent in the clear: use starttls or tls"
    if bool(mail.username) != bool(receiver.secret_env or receiver.secret_file):
        yield ("mail",), "`username` and `secret_env` or `secret_file`, the password, go together"


def _made_of(parts: Parts) -> EmailReceiver:
    mail = parts.settings.mail
    if mail is None:
        raise PartError("mail", "missing; name host, sender and recipients")
    timeout_s, clock = parts.settings.timeout_s, parts.context.clock
    return EmailReceiver(parts.name, mail, parts.secret, timeout_s, clock, parts.voice)


CHANNEL = Channel(
    "email",
    _made_of,
    url=Need.NEVER,
    secret=Need.MAY,
    secret_meaning="the password",  # noqa: S106 - the word for it, no secret
    allowance=ALLOWANCE,
    mail=True,
    faults=faults_of,
)
