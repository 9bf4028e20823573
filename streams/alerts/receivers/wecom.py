"""A group robot of WeCom.

Facts: https://developer.work.weixin.qq.com/document/path/99110 (message types, 20 messages a minute, markdown of at
most 4,096 bytes in UTF-8) and .../path/90313 (error codes). There is no signature: the key in the address is secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need
from streams.alerts.receivers.refusals import Refusal, RefusalKind, judged_by_code
from streams.alerts.words.fitting import first_of, fitted, shown, size
from streams.alerts.words.markup import widened
from streams.alerts.words.voice import markdown_link
from streams.delivery.result import Cause, Result

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice
    from streams.delivery.http_post import HttpPost

# Whether WeCom's minute slides is not documented: a sliding one is right for both.
ALLOWANCE = Allowance((Limit(18, 60.0),), kept=6, digest_above=5)
MOST_CONTENT = 4_096

_MOST_TITLE, _MOST_LINE, _MOST_LINKS = 600, 500, 1_500

_REFUSALS: Final = (
    Refusal(-1, RefusalKind.SERVICE, "busy", Cause.OUT_OF_ORDER),
    Refusal(45009, RefusalKind.RATE, "more than 20 messages a minute", Cause.THROTTLED, 60.0),
    Refusal(45033, RefusalKind.RATE, "too many at once", Cause.THROTTLED),
    Refusal(93000, RefusalKind.ROBOT, "no such robot", Cause.CREDENTIALS),
    Refusal(93008, RefusalKind.ROBOT, "not in the group", Cause.CREDENTIALS),
    Refusal(40058, RefusalKind.MESSAGE, "too long, or a wrong parameter", Cause.TOO_LONG),
    Refusal(45002, RefusalKind.MESSAGE, "too long", Cause.TOO_LONG),
)


class WeComReceiver:
    """One robot. `url` has its key in it: a credential."""

    def __init__(self, name: str, url: str, post: HttpPost, voice: Voice) -> None:
        self.name = name
        self._url = url
        self._post = post
        self._voice = voice

    def __repr__(self) -> str:
        return f"WeComReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """`errcode` decides: 0 delivers, 45009 asks for a minute of silence."""
        answer = await self._post.send(self._url, body_of(notification, self._voice))
        if isinstance(answer, Result):
            return answer
        said = (answer.fields or {}).get("errmsg")
        return judged_by_code(answer, "errcode", answer.code("errcode"), _REFUSALS, said)


def body_of(notification: Notification, voice: Voice) -> bytes:
    """Markdown: a headline in the colour of the severity, quoted facts, links."""
    text = voice.text(notification)
    colour = "warning" if notification.critical else "comment"
    title = f'### <font color="{colour}">{shown(text.title, _MOST_TITLE, widened)}</font>'
    links = " ".join(first_of(map(markdown_link, text.links), _MOST_LINKS, " "))
    last = [links] if links else []
    facts = [f"> {shown(fact, _MOST_LINE, widened)}" for fact in text.body]
    free = MOST_CONTENT - sum(size(line) + 1 for line in (title, *last))
    content = "\n".join([title, *fitted(facts, free, voice.more), *last])
    return orjson.dumps({"msgtype": "markdown", "markdown": {"content": content}})


CHANNEL = Channel(
    "wecom",
    lambda parts: WeComReceiver(parts.name, parts.url, parts.post, parts.voice),
    url=Need.MUST,
    secret=Need.NEVER,
    allowance=ALLOWANCE,
)
