"""A custom robot in a DingTalk group.

Facts: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (message types, 20 messages a minute
and ten minutes of silence for who sends more) and .../customize-robot-security-settings (the signature).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

import orjson

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need
from streams.alerts.receivers.refusals import NO_KEYWORD, Refusal, RefusalKind, judged_by_code
from streams.alerts.words.fitting import fitted, shown, size
from streams.alerts.words.markup import widened
from streams.delivery.result import Cause, Result

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice
    from streams.delivery.http_post import HttpPost

# Two below the 20 that DingTalk counts, for what arrives later than it was sent.
ALLOWANCE = Allowance((Limit(18, 60.0),), kept=6, digest_above=5)

# In bytes; a body may have 20,000, and JSON writes some characters with two.
_MOST_TITLE, _MOST_LINE, _MOST_TEXT = 400, 600, 6_000

_REFUSALS: Final = (
    Refusal(-1, RefusalKind.SERVICE, "busy", Cause.OUT_OF_ORDER),
    Refusal(130101, RefusalKind.RATE, "more than 20 messages a minute", Cause.THROTTLED, 600.0),
    Refusal(410100, RefusalKind.RATE, "too many messages", Cause.THROTTLED, 600.0),
    Refusal(310000, RefusalKind.MESSAGE, NO_KEYWORD, Cause.REFUSED, words=("keyword", "关键词")),
    Refusal(310000, RefusalKind.ROBOT, "signature, its time, or address list", Cause.CREDENTIALS),
    Refusal(300001, RefusalKind.ROBOT, "no such token", Cause.CREDENTIALS),
    Refusal(400013, RefusalKind.ROBOT, "the group has been closed", Cause.CREDENTIALS),
    Refusal(400101, RefusalKind.ROBOT, "no such token", Cause.CREDENTIALS),
    Refusal(400102, RefusalKind.ROBOT, "the robot is switched off", Cause.CREDENTIALS),
    Refusal(400106, RefusalKind.ROBOT, "no such robot", Cause.CREDENTIALS),
    Refusal(460101, RefusalKind.MESSAGE, "too long", Cause.TOO_LONG),
    Refusal(101002, RefusalKind.MESSAGE, "too long", Cause.TOO_LONG),
    Refusal(430101, RefusalKind.MESSAGE, "a link that is not allowed", Cause.REFUSED),
    Refusal(430102, RefusalKind.MESSAGE, "text that is not allowed", Cause.REFUSED),
    Refusal(430104, RefusalKind.MESSAGE, "content that is not allowed", Cause.REFUSED),
)


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
        said = (answer.fields or {}).get("errmsg")
        return judged_by_code(answer, "errcode", answer.code("errcode"), _REFUSALS, said)

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
    """A card with buttons where there is something to open, else markdown; a keyword counts wherever it stands."""
    text = voice.text(notification)
    title = shown(text.title, _MOST_TITLE, widened)
    facts = [f"- {shown(fact, _MOST_LINE, widened)}" for fact in text.facts]
    name = [widened(text.name)] if text.name else []
    free = _MOST_TEXT - _MOST_TITLE - size(voice.sender)
    said = "\n".join([f"### {title}", *fitted([*facts, *name], free, voice.more), "", voice.sender])
    if not text.links:
        return orjson.dumps({"msgtype": "markdown", "markdown": {"title": title, "text": said}})
    buttons = [{"title": link.label, "actionURL": link.url} for link in text.links]
    card = {"title": title, "text": said, "btnOrientation": "1", "btns": buttons}
    return orjson.dumps({"msgtype": "actionCard", "actionCard": card})


CHANNEL = Channel(
    "dingtalk",
    lambda parts: DingTalkReceiver(parts.name, parts.url, parts.secret, parts.post, parts.voice),
    url=Need.MUST,
    secret=Need.MAY,
    allowance=ALLOWANCE,
    is_secret=(lambda secret: secret.startswith("SEC"), "begins with SEC"),
    keywords=True,
)
