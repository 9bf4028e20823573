"""A custom robot in a DingTalk group.

Facts: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (message types, 20 messages a minute
and ten minutes of silence for who sends more) and .../customize-robot-security-settings (the signature).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import orjson

from streams.alerts.budget import Allowance, Limit
from streams.alerts.receiver import CREDENTIALS_REST_S, Cause, Outcome, Result
from streams.alerts.receivers.fitting import cut, fitted
from streams.alerts.receivers.http_post import judged_by_code
from streams.alerts.receivers.markup import widened

if TYPE_CHECKING:
    from streams.alerts.message import Notification
    from streams.alerts.receivers.http_post import HttpPost
    from streams.alerts.receivers.voice import Voice

# Two below the 20 that DingTalk counts, for what arrives later than it was sent.
ALLOWANCE = Allowance((Limit(18, 60.0),), kept=6, digest_above=5)

_SILENCE_S = 600.0
_MOST_TITLE, _MOST_TEXT = 300, 6_000  # bytes; a body may have 20,000, and JSON writes some signs with two
_FAILURES = {
    -1: Result(Outcome.RETRY, "errcode -1", cause=Cause.OUT_OF_ORDER),
    130101: Result(Outcome.RETRY, "errcode 130101", _SILENCE_S, Cause.THROTTLED),
    310000: Result(Outcome.REJECTED, "errcode 310000", CREDENTIALS_REST_S, Cause.CREDENTIALS),
    300001: Result(Outcome.REJECTED, "errcode 300001", CREDENTIALS_REST_S, Cause.CREDENTIALS),
    460101: Result(Outcome.REJECTED, "errcode 460101", cause=Cause.TOO_LONG),
    101002: Result(Outcome.REJECTED, "errcode 101002", cause=Cause.TOO_LONG),
}


class DingTalkReceiver:
    """One robot.

    Args:
        url: with its access token: a credential.
        secret: of the signature, it begins with SEC; empty where the robot goes by keywords or addresses.

    """

    def __init__(self, name: str, url: str, secret: str, post: HttpPost, voice: Voice) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._post = post
        self._voice = voice

    def __repr__(self) -> str:
        return f"DingTalkReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """`errcode` decides: 0 delivers, 130101 asks for ten minutes of silence."""
        answer = await self._post.send(self._signed_url(), body_of(notification, self._voice))
        if isinstance(answer, Result):
            return answer
        return judged_by_code(answer, "errcode", answer.code("errcode"), _FAILURES)

    def _signed_url(self) -> str:
        if not self._secret:
            return self._url
        timestamp = int(self._post.clock() * 1000)
        sign = quote_plus(signature(self._secret, timestamp))
        return f"{self._url}{'&' if '?' in self._url else '?'}timestamp={timestamp}&sign={sign}"


def signature(secret: str, timestamp_ms: int) -> str:
    """The secret is the key, and also part of what is signed.

    >>> signature("this is secret", 1577808000000)
    'ijHEivi6YiCNPZOq4hZstmvZ3sPfbioAiMhP30ae7W0='
    """
    digest = hmac.new(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def body_of(notification: Notification, voice: Voice) -> bytes:
    """A card with buttons where there is something to open, else markdown."""
    text = voice.text(notification)
    title = cut(widened(text.title), _MOST_TITLE)
    facts = [f"- {widened(fact)}" for fact in text.facts]
    name = [widened(text.name)] if text.name else []
    lines = [f"### {title}", *fitted([*facts, *name], _MOST_TEXT - _MOST_TITLE, voice.more)]
    said = "\n".join(lines)
    if not text.links:
        return orjson.dumps({"msgtype": "markdown", "markdown": {"title": title, "text": said}})
    buttons = [{"title": link.label, "actionURL": link.url} for link in text.links]
    card = {"title": title, "text": said, "btnOrientation": "1", "btns": buttons}
    return orjson.dumps({"msgtype": "actionCard", "actionCard": card})
