"""What each channel is sent for a notification: the message as people see it, and its sizes."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from streams.alerts.receivers import dingtalk, email, feishu, pagerduty, slack, webhook, wecom
from streams.alerts.receivers.apprise import AppriseReceiver
from streams.alerts.receivers.console import ConsoleReceiver
from streams.settings.settings import MailSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice

MAIL = MailSettings(host="smtp.example.com", sender="pharos@example.com", recipients=("duty@example.com",))


class Rendering(NamedTuple):
    """The headline, all that is shown, links included, and by what it is called each size that has a limit."""

    headline: str
    shown: str
    sizes: dict[str, tuple[int, int]]


def _bytes(text: str) -> int:
    return len(text.encode())


def _dingtalk(told: Notification, voice: Voice) -> Rendering:
    raw = dingtalk.body_of(told, voice)
    body = orjson.loads(raw)
    card = body[body["msgtype"]]
    return Rendering(
        card["title"],
        "\n".join([card["text"], *(button["actionURL"] for button in card.get("btns", []))]),
        {"body": (len(raw), 20_000), "title": (_bytes(card["title"]), 400)},
    )


def _wecom(told: Notification, voice: Voice) -> Rendering:
    content = orjson.loads(wecom.body_of(told, voice))["markdown"]["content"]
    return Rendering(content.splitlines()[0], content, {"content": (_bytes(content), 4_096)})


def _feishu(told: Notification, voice: Voice) -> Rendering:
    card = feishu.card_of(told, voice)
    texts = [element["text"]["content"] for element in card["elements"] if "text" in element]
    urls = [button["url"] for element in card["elements"] for button in element.get("actions", [])]
    body = orjson.dumps({"msg_type": "interactive", "card": card, "timestamp": "1" * 10, "sign": "x" * 44})
    title = card["header"]["title"]["content"]
    return Rendering(title, "\n".join([title, *texts, *urls]), {"body": (len(body), 20_000)})


def _slack(told: Notification, voice: Voice) -> Rendering:
    body = orjson.loads(slack.body_of(told, voice))
    texts = [block["text"]["text"] for block in body["blocks"]]
    return Rendering(
        texts[0].splitlines()[0],
        "\n".join(texts),
        {f"block {place}": (len(text), 3_000) for place, text in enumerate(texts)},
    )


def _pagerduty(told: Notification, voice: Voice) -> Rendering:
    event = pagerduty.event_of(told, voice)
    payload = event["payload"]
    return Rendering(
        payload["summary"],
        "\n".join([payload["summary"], *payload["custom_details"]["told"], *(ln["href"] for ln in event["links"])]),
        {
            "summary": (_bytes(payload["summary"]), 1_024),
            "dedup_key": (_bytes(event["dedup_key"]), 255),
            "body": (len(orjson.dumps(event)), 512 * 1_024),
        },
    )


def _email(told: Notification, voice: Voice) -> Rendering:
    message = email.message_of(told, voice, MAIL, 0.0)
    subject = str(message["Subject"])
    return Rendering(subject, subject + "\n" + message.get_content(), {"subject": (_bytes(subject), 400)})


def _apprise(told: Notification, voice: Voice) -> Rendering:
    got: dict[str, Any] = {}

    class Notifier:
        async def async_notify(self, **sent: Any) -> bool:
            got.update(sent)
            return True

    asyncio.run(_deliver(AppriseReceiver("tail", Notifier(), 1.0, voice), told))
    return Rendering(
        got["title"],
        f"{got['title']}\n{got['body']}",
        {"title": (_bytes(got["title"]), 250), "body": (_bytes(got["body"]), 1_700)},
    )


def _console(told: Notification, _: Voice) -> Rendering:
    written: list[str] = []
    asyncio.run(_deliver(ConsoleReceiver("console", written.append, UTC), told))
    return Rendering(written[0], "\n".join(written), {"line": (max(map(_bytes, written)), 4_100)})


def _webhook(told: Notification, _: Voice) -> Rendering:
    body = orjson.loads(webhook.payload(told))
    return Rendering(body["title"], "\n".join([body["title"], *body["lines"]]), {})


async def _deliver(receiver: Any, told: Notification) -> None:
    await receiver.deliver(told)


RENDERINGS: dict[str, Callable[[Notification, Voice], Rendering]] = {
    "dingtalk": _dingtalk,
    "wecom": _wecom,
    "feishu": _feishu,
    "slack": _slack,
    "pagerduty": _pagerduty,
    "email": _email,
    "apprise": _apprise,
    "console": _console,
    "webhook": _webhook,
}
