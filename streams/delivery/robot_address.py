"""Whose robot an address belongs to, and whether its key is in it: another make's address takes nothing of ours.

Only the makers' own hosts are known. A relay, a server of one's own (Mattermost for `slack`) may have any address.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

_ANY: Final = frozenset({"apprise"})  # it knows the addresses of all makes


class Make(NamedTuple):
    """One make of robots.

    Attributes:
        hosts: its own.
        path: an expression for the whole path.
        key: the parameter of the query that must have a value; empty where the key is in the path.
        example: an address without a secret.

    """

    hosts: frozenset[str]
    path: str
    key: str
    example: str


MAKES: Final = {
    "dingtalk": Make(
        frozenset({"oapi.dingtalk.com", "api.dingtalk.com"}),
        r"/robot/send",
        "access_token",
        "https://oapi.dingtalk.com/robot/send?access_token=...",
    ),
    "wecom": Make(
        frozenset({"qyapi.weixin.qq.com"}),
        r"/cgi-bin/webhook/send",
        "key",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=...",
    ),
    "feishu": Make(
        frozenset({"open.feishu.cn", "open.larksuite.com"}),
        r"/open-apis/bot/v2/hook/[^/]+",
        "",
        "https://open.feishu.cn/open-apis/bot/v2/hook/...",
    ),
    "slack": Make(
        frozenset({"hooks.slack.com", "hooks.slack-gov.com"}),
        r"/services/[^/]+/[^/]+/[^/]+",
        "",
        "https://hooks.slack.com/services/T.../B.../...",
    ),
    "pagerduty": Make(
        frozenset({"events.pagerduty.com", "events.eu.pagerduty.com"}),
        r"/v2/enqueue",
        "",
        "https://events.pagerduty.com/v2/enqueue",
    ),
}


def address_fault(kind: str, url: str) -> str:
    """What is wrong with the address of a receiver of this kind; empty where nothing is known against it.

    The message holds no part of the address.

    >>> address_fault("dingtalk", "https://hooks.slack.com/services/T/B/x")
    'an address of slack is kept there; set `kind: slack`, or keep the address of a dingtalk receiver there'
    >>> address_fault("slack", "https://chat.example/hooks/x")
    ''
    """
    make = make_of(url)
    if not make or kind in _ANY:
        return ""
    if make != kind:
        return f"an address of {make} is kept there; set `kind: {make}`, or keep the address of a {kind} receiver there"
    wanted = MAKES[make]
    parts = urlsplit(url)
    if not re.fullmatch(wanted.path, parts.path.rstrip("/")):
        return f"what is kept there is not the whole address of a robot; copy it again, as {wanted.example}"
    if wanted.key and not any(value.strip() for value in parse_qs(parts.query).get(wanted.key, [])):
        return f"the address that is kept there lacks its {wanted.key}; copy it again, as {wanted.example}"
    return ""


def make_of(url: str) -> str:
    """The kind of receiver whose makers' host this is; empty for any other."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return next((kind for kind, make in MAKES.items() if host in make.hosts), "")
