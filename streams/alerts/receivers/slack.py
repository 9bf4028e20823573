"""An incoming webhook of Slack.

Facts: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (answers and their words),
https://docs.slack.dev/apis/web-api/rate-limits (one message a second, 429 with Retry-After),
https://docs.slack.dev/reference/block-kit/blocks/section-block (3,000 characters) and
https://docs.slack.dev/messaging/formatting-message-text (the three signs that are escaped).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from streams.alerts.budget import Allowance, Limit
from streams.alerts.receiver import CREDENTIALS_REST_S, DELIVERED, Cause, Outcome, Result
from streams.alerts.receivers.fitting import cut, fitted
from streams.alerts.receivers.http_post import failure_of, garbage
from streams.alerts.receivers.markup import slack_escaped

if TYPE_CHECKING:
    from streams.alerts.message import Notification
    from streams.alerts.receivers.http_post import Answer, HttpPost
    from streams.alerts.receivers.voice import Voice

ALLOWANCE = Allowance((Limit(1, 1.0),), digest_above=5)
MOST_SECTION = 3_000

_MOST_TITLE = 600
_OF_CREDENTIALS = {
    b"invalid_token",
    b"no_service",
    b"no_service_id",
    b"no_team",
    b"no_active_hooks",
    b"action_prohibited",
    b"team_disabled",
    b"channel_not_found",
    b"channel_is_archived",
    b"posting_to_general_channel_denied",
}
_OF_THE_MESSAGE = {b"invalid_payload", b"no_text", b"user_not_found", b"too_many_attachments"}


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
    title = cut(slack_escaped(text.title), _MOST_TITLE)
    facts = [slack_escaped(line) for line in text.body]
    said = "\n".join([f"*{title}*", *fitted(facts, MOST_SECTION - _MOST_TITLE - 3, voice.more)])
    blocks = [_section(said)]
    links = " ".join(f"<{link.url.replace('&', '&amp;')}|{link.label}>" for link in text.links)
    if links and len(links) <= MOST_SECTION:
        blocks.append(_section(links))
    return orjson.dumps({"text": title, "blocks": blocks, "unfurl_links": False, "unfurl_media": False})


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _judge(answer: Answer) -> Result:
    word = answer.body.strip()
    if word == b"ok" and answer.status == 200:
        return DELIVERED
    if word in _OF_CREDENTIALS:
        return Result(Outcome.REJECTED, word.decode(), CREDENTIALS_REST_S, Cause.CREDENTIALS)
    if word in _OF_THE_MESSAGE:
        return Result(Outcome.REJECTED, word.decode(), cause=Cause.REFUSED)
    return failure_of(answer) or garbage(answer)
