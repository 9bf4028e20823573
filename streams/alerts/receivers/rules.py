"""What must hold of the setting `receivers` beyond types."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import MailSettings, ReceiverSettings

_GO_BY_KEYWORDS = ("dingtalk", "feishu", "apprise")  # Apprise reaches such robots, too
_LONGEST_KEYWORD = 64
_NO_STAND_IN = (
    "pagerduty stands in for nobody, for what it opened must be closed there: "
    "remove it, and name the receiver in `routes` or `escalations`"
)
_MAIL_ADDRESS = re.compile(r"[^\s@,<>]+@[^\s@,<>]+")


class Need(enum.Enum):
    """Whether a kind of receiver takes a setting."""

    MUST = enum.auto()
    MAY = enum.auto()
    NEVER = enum.auto()


class Needs(NamedTuple):
    """Of one kind: its address, its secret, and what the secret is."""

    url: Need
    secret: Need
    meaning: str = "the secret of the signature"


NEEDS = {
    "console": Needs(Need.NEVER, Need.NEVER),
    "webhook": Needs(Need.MUST, Need.MAY),
    "dingtalk": Needs(Need.MUST, Need.MAY),
    "wecom": Needs(Need.MUST, Need.NEVER),
    "feishu": Needs(Need.MUST, Need.MAY),
    "slack": Needs(Need.MUST, Need.NEVER),
    "pagerduty": Needs(Need.MAY, Need.MUST, "the routing key"),
    "email": Needs(Need.NEVER, Need.MAY, "the password"),
    "alertmanager": Needs(Need.MUST, Need.MAY, "a bearer token"),
    "apprise": Needs(Need.MUST, Need.NEVER),
}


def check_receivers(receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[int, Path, str]]:
    """All faults: which receiver, which of its settings, and what to do about it."""
    names: set[str] = set()
    for index, receiver in enumerate(receivers):
        if not receiver.name or receiver.name in names:
            yield index, ("name",), "needs a name that no other receiver has"
        names.add(receiver.name)
        for key, what in _check_receiver(receiver):
            yield index, key, what
    for index, receiver in enumerate(receivers):
        others = [other for other in receivers if other.group == receiver.group and other is not receiver]
        if receiver.kind == "pagerduty" and receiver.group and others:
            yield index, ("group",), _NO_STAND_IN
        if receiver.group in names:
            yield index, ("group",), f'a receiver is named "{receiver.group}" already; name the group otherwise'


def _check_receiver(receiver: ReceiverSettings) -> Iterator[tuple[Path, str]]:
    needs = NEEDS[receiver.kind]
    yield from _check_place(receiver, "url", needs.url, "its address: addresses are secrets")
    yield from _check_place(receiver, "secret", needs.secret, needs.meaning)
    if receiver.timeout_s <= 0:
        yield ("timeout_s",), "must be above 0"
    yield from _check_keyword(receiver)
    if receiver.kind != "email":
        if receiver.mail is not None:
            yield ("mail",), f"{receiver.kind} sends no mail: remove it, or set kind to email"
    elif receiver.mail is None:
        yield (), "email needs `mail: {host: ..., sender: ..., recipients: [...]}`"
    else:
        yield from _check_mail(receiver.mail)
        if bool(receiver.mail.username) != bool(receiver.secret_env or receiver.secret_file):
            yield ("mail",), "`username` and `secret_env` or `secret_file`, the password, go together"


def _check_keyword(receiver: ReceiverSettings) -> Iterator[tuple[Path, str]]:
    keyword = receiver.keyword
    if keyword and receiver.kind not in _GO_BY_KEYWORDS:
        yield ("keyword",), f"{receiver.kind} goes by no keywords: remove it"
    elif keyword != keyword.strip() or not keyword.isprintable() or len(keyword) > _LONGEST_KEYWORD:
        yield (
            ("keyword",),
            f"write one of the robot's keywords: at most {_LONGEST_KEYWORD} characters, no space around it",
        )


def _check_place(receiver: ReceiverSettings, secret: str, need: Need, meaning: str) -> Iterator[tuple[Path, str]]:
    variable, file = f"{secret}_env", f"{secret}_file"
    named = [field for field in (variable, file) if getattr(receiver, field)]
    if need is Need.MUST and not named:
        yield (), f"{receiver.kind} needs `{variable}` or `{file}`, the place of {meaning}"
    if need is Need.NEVER and named:
        yield (named[0],), f"{receiver.kind} takes none: remove it"
    if need is not Need.NEVER and len(named) > 1:
        yield (file,), f"{variable} names another place for it: keep one of them"


def _check_mail(mail: MailSettings) -> Iterator[tuple[Path, str]]:
    if not mail.host:
        yield ("mail", "host"), "name the server"
    if not 0 <= mail.port < 65_536:
        yield ("mail", "port"), f"{mail.port} is no port; leave it out, or choose one up to 65535"
    if not _MAIL_ADDRESS.fullmatch(mail.sender):
        yield ("mail", "sender"), f'"{mail.sender}" is no address; write pharos@example.com'
    if not mail.recipients:
        yield ("mail", "recipients"), "name at least one address"
    for place, address in enumerate(mail.recipients):
        if not _MAIL_ADDRESS.fullmatch(address):
            yield ("mail", "recipients", place), f'"{address}" is no address; write duty@example.com'
    if mail.username and mail.encryption == "none":
        yield ("mail", "encryption"), "a password is not sent in the clear: use starttls or tls"
