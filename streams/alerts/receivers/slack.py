"""An incoming webhook of Slack.

Facts: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (answers and their words),
https://docs.slack.dev/apis/web-api/rate-limits (one message a second, 429 with Retry-After),
https://docs.slack.dev/reference/block-kit/blocks/section-block (3,000 characters) and
https://docs.slack.dev/messaging/formatting-message-text (the three signs that are escaped).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need
from streams.alerts.receivers.refusals import Refusal, RefusalKind, refusal_of
from streams.alerts.words.fitting import first_of, fitted, shown
from streams.alerts.words.markup import slack_escaped
from streams.delivery.answer import garbage
from streams.delivery.result import DELIVERED, Cause, Result

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice
    from streams.delivery.answer import Answer
    from streams.delivery.http_post import HttpPost

ALLOWANCE = Allowance((Limit(1, 1.0),), digest_above=5)
MOST_SECTION = 3_000

_MOST_TITLE, _MOST_LINE = 600, 600

_REFUSALS: Final = (
    *(
        Refusal(word, RefusalKind.ROBOT, "address, app or channel", Cause.CREDENTIALS)
        for word in (
            "invalid_token",
            "no_service",
            "no_service_id",
            "no_team",
            "no_active_hooks",
            "action_prohibited",
            "team_disabled",
            "channel_not_found",
            "channel_is_archived",
            "posting_to_general_channel_denied",
        )
    ),
    *(
        Refusal(word, RefusalKind.MESSAGE, "the message as it is", Cause.REFUSED)
        for word in ("invalid_payload", "no_text", "user_not_found", "too_many_attachments", "invalid_blocks")
    ),
    Refusal("rollup_error", RefusalKind.SERVICE, "out of order", Cause.OUT_OF_ORDER),
)


class SlackReceiver:
    """One channel. `url` is a credential."""

    def __init__(self, name: str, url: str, post: HttpPost, voice: Voice) -> None:
        self.name = name
        self._url = url
        self._post = post
        self._voice = voice

    def __repr__(self) -> str:
        return f"SlackReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """The word in the body decides: `ok` delivers."""
        answer = await self._post.send(self._url, body_of(notification, self._voice))
        return answer if isinstance(answer, Result) else _judge(answer)


def body_of(notification: Notification, voice: Voice) -> bytes:
    """A section with the headline and the facts, another with the links."""
    text = voice.text(notification)
    title = shown(text.title, _MOST_TITLE, slack_escaped)
    facts = [shown(line, _MOST_LINE, slack_escaped) for line in text.body]
    said = "\n".join([f"*{title}*", *fitted(facts, MOST_SECTION - _MOST_TITLE - 3, voice.more)])
    blocks = [_section(said)]
    links = first_of((f"<{link.url.replace('&', '&amp;')}|{link.label}>" for link in text.links), MOST_SECTION, " ")
    if links:
        blocks.append(_section(" ".join(links)))
    return orjson.dumps({"text": title, "blocks": blocks, "unfurl_links": False, "unfurl_media": False})


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _judge(answer: Answer) -> Result:
    word = answer.body.strip()
    if word == b"ok" and answer.status == 200:
        return DELIVERED
    refusal = refusal_of(_REFUSALS, word.decode(errors="replace"))
    return refusal.result("") if refusal else garbage(answer)


CHANNEL = Channel(
    "slack",
    lambda parts: SlackReceiver(parts.name, parts.url, parts.post, parts.voice),
    url=Need.MUST,
    secret=Need.NEVER,
    allowance=ALLOWANCE,
)
