"""Each chat gets its idiom, within its size, and nothing from events is markup there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from streams.alerts.receivers import dingtalk, feishu, slack, wecom
from streams.alerts.receivers.dingtalk import DingTalkReceiver
from streams.alerts.receivers.feishu import FeishuReceiver
from streams.alerts.words.voice import Voice
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost

    Told = Callable[..., Notification]

ENGLISH = Voice("en", "https://board/")
CHINESE = Voice("zh", "https://board/")


def test_dingtalk_gets_a_card_with_buttons(told: Told) -> None:
    body = orjson.loads(dingtalk.body_of(told(), ENGLISH))

    assert body["msgtype"] == "actionCard"
    card = body["actionCard"]
    assert card["title"] == "［CRITICAL］ Payment success: 71.0%, expected 97.0% (payment_method alipay)"
    assert card["text"].splitlines()[:3] == [
        f"### {card['title']}",
        "- Since 2025-11-10 23:58:30 +08:00, for 1 min 30 s",
        "- Impact: about 260 orders affected in the last 1 min",
    ]
    assert card["btns"] == [
        {"title": "Board", "actionURL": "https://board/?fingerprint=f1"},
        {"title": "Runbook", "actionURL": "https://runbooks/payment"},
    ]


def test_dingtalk_gets_markdown_where_there_is_nothing_to_open(told: Told) -> None:
    body = orjson.loads(dingtalk.body_of(told(board_url="", runbook_url=""), Voice()))

    assert body["msgtype"] == "markdown"
    assert body["markdown"]["text"].startswith(f"### {body['markdown']['title']}\n- Since ")


def test_wecom_gets_quoted_facts_and_links_in_markdown(told: Told) -> None:
    content = orjson.loads(wecom.body_of(told(), CHINESE))["markdown"]["content"].splitlines()

    assert content[0] == '### <font color="warning">【严重】支付成功率：71.0%，预期 97.0%（支付方式 alipay）</font>'
    assert content[1] == "> 2025-11-10 23:58:30 +08:00 起，已 1分钟30秒"
    assert content[-1] == "[仪表盘](https://board/?fingerprint=f1) [处置手册](https://runbooks/payment)"


def test_feishu_gets_a_card_in_the_colour_of_the_severity(told: Told) -> None:
    card = feishu.card_of(told(), CHINESE)
    resolved = feishu.card_of(told(Change.RESOLVED, ended_at="2025-11-10T16:10:00.000Z", state="resolved"), CHINESE)

    assert card["header"]["title"]["content"] == "【严重】支付成功率：71.0%，预期 97.0%（支付方式 alipay）"
    assert [card["header"]["template"], resolved["header"]["template"]] == ["red", "green"]
    assert [button["url"] for button in card["elements"][1]["actions"]] == [
        "https://board/?fingerprint=f1",
        "https://runbooks/payment",
    ]


def test_slack_gets_sections_and_links(told: Told) -> None:
    body = orjson.loads(slack.body_of(told(board_url="https://board/?a=1&fingerprint=f1"), ENGLISH))
    first, second = (block["text"]["text"] for block in body["blocks"])

    assert first.splitlines()[0] == "*[CRITICAL] Payment success: 71.0%, expected 97.0% (payment_method alipay)*"
    assert second == "<https://board/?a=1&amp;fingerprint=f1|Board> <https://runbooks/payment|Runbook>"


TEXT_OF: dict[str, Callable[[Notification, Voice], str]] = {
    "dingtalk": lambda told, voice: orjson.loads(dingtalk.body_of(told, voice))["actionCard"]["text"],
    "wecom": lambda told, voice: orjson.loads(wecom.body_of(told, voice))["markdown"]["content"],
    "slack": lambda told, voice: orjson.loads(slack.body_of(told, voice))["blocks"][0]["text"]["text"],
    "feishu": lambda told, voice: feishu.card_of(told, voice)["elements"][0]["text"]["content"],
}


@pytest.mark.parametrize("chat", ["dingtalk", "wecom"])
def test_a_hostile_name_is_no_markup_mention_or_link_in_markdown(chat: str, hostile: Notification) -> None:
    text = TEXT_OF[chat](hostile, ENGLISH)
    ours = r"(?m)^### (<font color=\"warning\">)?|</font>$|^> |^- |\[(Board|Runbook)\]\(https://(board|runbooks)/\S*\)"

    assert not re.search(r"[*`\[\]<>#~|@!\\]|://", re.sub(ours, "", text))
    assert "＜＠all＞ ＜！channel＞ ＠所有人" in text
    assert "＼x1b" in text  # told, and steering nothing


def test_a_hostile_name_is_no_mention_link_or_emphasis_in_slack(hostile: Notification) -> None:
    text = TEXT_OF["slack"](hostile, ENGLISH)

    assert "&lt;!channel&gt;" in text
    assert "&amp;lt;" in text
    assert not re.search(r"[<>`~]", text)
    assert text.count("*") == 2  # ours, around the headline
    assert not re.search(r"(?<!\w)_|_(?!\w)", text)


def test_everything_that_feishu_shows_is_plain_text(hostile: Notification) -> None:
    def tags(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["tag"]} if "tag" in part else set()
            return own.union(*(tags(value) for value in part.values()))
        return set().union(*(tags(item) for item in part)) if isinstance(part, list) else set()

    assert tags(feishu.card_of(hostile, ENGLISH)) == {"div", "plain_text", "action", "button"}


@pytest.mark.parametrize("voice", [ENGLISH, CHINESE])
@pytest.mark.parametrize("count", [6, 60, 1_000])
def test_a_digest_fits_each_chat_says_how_many_are_missing_and_links_to_the_board(
    digest: Callable[[int], Notification], voice: Voice, count: int
) -> None:
    told = digest(count)
    card = {"msg_type": "interactive", "card": feishu.card_of(told, voice), "timestamp": "1" * 10, "sign": "x" * 44}
    bodies = {
        "dingtalk": dingtalk.body_of(told, voice),
        "wecom": wecom.body_of(told, voice),
        "slack": slack.body_of(told, voice),
        "feishu": orjson.dumps(card),
    }

    assert len(bodies["dingtalk"]) <= 20_000
    assert len(bodies["feishu"]) <= 20_000
    assert len(TEXT_OF["wecom"](told, voice).encode()) <= 4_096
    assert len(TEXT_OF["slack"](told, voice)) <= 3_000
    for chat, body in bodies.items():
        assert b"https://board/" in body, chat
        text = TEXT_OF[chat](told, voice)
        shown = text.count("旗舰店")
        missing = re.search(r"\+(\d+) more|另有 (\d+) 条", text)
        assert shown + (int(missing[1] or missing[2]) if missing else 0) == count, chat


@pytest.mark.parametrize("sign", ['"', "\\", "商", "<", "&", "\U0001f600", "\x00"])
def test_no_sign_makes_a_message_too_long(told: Told, sign: str) -> None:
    long = told(scope={"store": sign * 5_000}, cause_of=[f"f{n}" for n in range(300)])

    assert len(dingtalk.body_of(long, ENGLISH)) <= 20_000
    assert len(orjson.dumps(feishu.card_of(long, ENGLISH))) <= 19_500
    assert len(TEXT_OF["wecom"](long, ENGLISH).encode()) <= 4_096
    assert len(TEXT_OF["slack"](long, ENGLISH)) <= 3_000


async def test_dingtalk_is_signed_in_the_address(channel: Any, post: HttpPost, told: Told, now: float) -> None:
    channel.answers((200, {"errcode": 0}))
    url = f"{channel.url}/robot/send?access_token=t0ken"
    await DingTalkReceiver("duty", url, "this is secret", post, ENGLISH).deliver(told())
    query = channel.got[0].query

    assert query["access_token"] == "t0ken"
    assert query["timestamp"] == str(int(now * 1000))
    assert query["sign"] == dingtalk.signature("this is secret", int(now * 1000))


async def test_feishu_is_signed_in_the_body(channel: Any, post: HttpPost, told: Told, now: float) -> None:
    channel.answers((200, {"code": 0}))
    await FeishuReceiver("duty", f"{channel.url}/hook/t0ken", "this is secret", post, ENGLISH).deliver(told())
    body = channel.got[0].json

    assert body["timestamp"] == str(int(now))
    assert body["sign"] == feishu.signature("this is secret", int(now))
    assert body["msg_type"] == "interactive"


def test_signatures_are_those_of_the_documents() -> None:
    assert dingtalk.signature("this is secret", 1577808000000) == "ijHEivi6YiCNPZOq4hZstmvZ3sPfbioAiMhP30ae7W0="
    assert feishu.signature("this is secret", 1599360473) == "/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw="


async def test_without_a_secret_nothing_is_signed(channel: Any, post: HttpPost, told: Told) -> None:
    channel.answers((200, {"errcode": 0, "code": 0}))
    await DingTalkReceiver("duty", f"{channel.url}/?access_token=t0ken", "", post, ENGLISH).deliver(told())
    await FeishuReceiver("duty", channel.url, "", post, ENGLISH).deliver(told())

    assert channel.got[0].query == {"access_token": "t0ken"}
    assert "sign" not in channel.got[1].json
