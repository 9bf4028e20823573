"""A custom bot in a Feishu or Lark group.

Facts: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (the signature, 100 messages a minute and 5 a
second, a body of at most 20 KB, error 11232 at round times, codes 19021, 19022, 19024 and 9499).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any, Final

import orjson

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need
from streams.alerts.receivers.refusals import NO_KEYWORD, Refusal, RefusalKind, judged_by_code
from streams.alerts.words.fitting import fitted, shown, size
from streams.delivery.result import Cause, Result
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice
    from streams.delivery.answer import Answer
    from streams.delivery.http_post import HttpPost

ALLOWANCE = Allowance((Limit(90, 60.0), Limit(4, 1.0)), kept=30, digest_above=5, off_round_times=True)

# In bytes; a body may have 20,000, and JSON writes some characters with two.
_MOST_TITLE, _MOST_LINE, _MOST_TEXT = 600, 600, 6_000

_REFUSALS: Final = (
    Refusal(11232, RefusalKind.RATE, "too many messages", Cause.THROTTLED, 5.0),
    Refusal(9499, RefusalKind.RATE, "too many requests", Cause.THROTTLED, 5.0, words=("too many",)),
    Refusal(9499, RefusalKind.MESSAGE, "bad request", Cause.REFUSED),
    Refusal(19001, RefusalKind.ROBOT, "no such bot", Cause.CREDENTIALS),
    Refusal(19021, RefusalKind.ROBOT, "signature, or its time", Cause.CREDENTIALS),
    Refusal(19022, RefusalKind.ROBOT, "address list", Cause.CREDENTIALS),
    Refusal(19024, RefusalKind.MESSAGE, NO_KEYWORD, Cause.REFUSED),
    Refusal(19036, RefusalKind.MESSAGE, "too long", Cause.TOO_LONG),
)


class FeishuReceiver:
    """One bot.

    Args:
        url: a credential.
        secret: of the signature; empty where the bot goes by keywords or addresses.

    """

    def __init__(self, name: str, url: str, secret: str, post: HttpPost, voice: Voice) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._post = post
        self._voice = voice

    def __repr__(self) -> str:
        return f"FeishuReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """`code` decides (`StatusCode` in older answers), also beside the status 400."""
        body: dict[str, Any] = {"msg_type": "interactive", "card": card_of(notification, self._voice)}
        if self._secret:
            timestamp = int(self._post.clock())
            body |= {"timestamp": str(timestamp), "sign": signature(self._secret, timestamp)}
        answer = await self._post.send(self._url, orjson.dumps(body))
        return answer if isinstance(answer, Result) else _judge(answer)


def signature(secret: str, timestamp_s: int) -> str:
    """Time and secret are the key, and nothing is signed: the other way round than DingTalk.

    >>> signature("this is secret", 1599360473)
    '/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw='
    """
    digest = hmac.new(f"{timestamp_s}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def card_of(notification: Notification, voice: Voice) -> dict[str, Any]:
    """An interactive card of plain text only, so that nothing in it is markup."""
    text = voice.text(notification)
    lines = fitted([shown(line, _MOST_LINE) for line in text.body], _MOST_TEXT - size(voice.sender), voice.more)
    elements: list[dict[str, Any]] = [{"tag": "div", "text": _said("\n".join([*lines, voice.sender]))}]
    if text.links:
        buttons = [{"tag": "button", "text": _said(link.label), "url": link.url} for link in text.links]
        elements.append({"tag": "action", "actions": buttons})
    return {
        "config": {"wide_screen_mode": True},
        "header": {"title": _said(shown(text.title, _MOST_TITLE)), "template": _colour(notification)},
        "elements": elements,
    }


def _said(text: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": text}


def _colour(notification: Notification) -> str:
    if notification.kind == Change.RESOLVED:
        return "green"
    return "red" if notification.critical else "orange"


def _judge(answer: Answer) -> Result:
    said = (answer.fields or {}).get("msg")
    return judged_by_code(answer, "code", answer.code("code", "StatusCode"), _REFUSALS, said)


CHANNEL = Channel(
    "feishu",
    lambda parts: FeishuReceiver(parts.name, parts.url, parts.secret, parts.post, parts.voice),
    url=Need.MUST,
    secret=Need.MAY,
    allowance=ALLOWANCE,
    keywords=True,
)
