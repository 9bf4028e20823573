"""What each chat answers decides, not the status 200."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.alerts.receivers.dingtalk import DingTalkReceiver
from streams.alerts.receivers.feishu import FeishuReceiver
from streams.alerts.receivers.slack import SlackReceiver
from streams.alerts.receivers.wecom import WeComReceiver
from streams.alerts.words.voice import Voice
from streams.delivery.result import Cause, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.queue.receiver import Receiver
    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost

VOICE = Voice()
OK, AGAIN, NEVER = Outcome.DELIVERED, Outcome.RETRY, Outcome.REJECTED


def make(kind: str, url: str, post: HttpPost) -> Receiver:
    if kind == "dingtalk":
        return DingTalkReceiver("duty", f"{url}/robot/send?access_token=t0ken", "SECs3cret", post, VOICE)
    if kind == "wecom":
        return WeComReceiver("duty", f"{url}/cgi-bin/webhook/send?key=t0ken", post, VOICE)
    if kind == "feishu":
        return FeishuReceiver("duty", f"{url}/open-apis/bot/v2/hook/t0ken", "s3cret", post, VOICE)
    return SlackReceiver("duty", f"{url}/services/t0ken", post, VOICE)


SIGNATURE = "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中;"
KEYWORD = "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;"


def said(code: int, key: str = "errcode", text: str = "t0ken is what the server says") -> dict[str, Any]:
    return {key: code, "errmsg" if key == "errcode" else "msg": text}


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("dingtalk", (200, said(0)), (OK, Cause.NONE, None)),
        ("dingtalk", (200, said(130101)), (AGAIN, Cause.THROTTLED, 600.0)),
        ("dingtalk", (200, said(410100)), (AGAIN, Cause.THROTTLED, 600.0)),
        ("dingtalk", (200, said(310000, text=SIGNATURE)), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("dingtalk", (200, said(310000, text="ip 1.2.3.4 not in whitelist")), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("dingtalk", (200, said(310000, text="keywords not in content, more: [u]")), (NEVER, Cause.REFUSED, None)),
        ("dingtalk", (200, said(310000, text=KEYWORD)), (NEVER, Cause.REFUSED, None)),
        ("dingtalk", (200, said(400102)), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("dingtalk", (200, said(430102)), (NEVER, Cause.REFUSED, None)),
        ("dingtalk", (200, said(460101)), (NEVER, Cause.TOO_LONG, None)),
        ("dingtalk", (200, said(101002)), (NEVER, Cause.TOO_LONG, None)),
        ("dingtalk", (200, said(-1)), (AGAIN, Cause.OUT_OF_ORDER, None)),
        ("dingtalk", (200, said(40035)), (NEVER, Cause.REFUSED, None)),
        ("wecom", (200, said(0)), (OK, Cause.NONE, None)),
        ("wecom", (200, said(45009)), (AGAIN, Cause.THROTTLED, 60.0)),
        ("wecom", (200, said(93000)), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("wecom", (200, said(40058)), (NEVER, Cause.TOO_LONG, None)),
        ("wecom", (200, said(45002)), (NEVER, Cause.TOO_LONG, None)),
        ("wecom", (200, said(40008)), (NEVER, Cause.REFUSED, None)),
        ("feishu", (200, said(0, "code")), (OK, Cause.NONE, None)),
        ("feishu", (200, {"StatusCode": 0, "StatusMessage": "success"}), (OK, Cause.NONE, None)),
        ("feishu", (200, said(11232, "code")), (AGAIN, Cause.THROTTLED, 5.0)),
        ("feishu", (200, said(19021, "code")), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("feishu", (200, said(19022, "code")), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("feishu", (200, said(19024, "code")), (NEVER, Cause.REFUSED, None)),
        ("feishu", (200, said(19036, "code")), (NEVER, Cause.TOO_LONG, None)),
        ("feishu", (400, said(9499, "code", "Too Many Request")), (AGAIN, Cause.THROTTLED, 5.0)),
        ("feishu", (400, said(9499, "code", "Bad Request")), (NEVER, Cause.REFUSED, None)),
        ("slack", (200, b"ok"), (OK, Cause.NONE, None)),
        ("slack", (400, b"invalid_payload"), (NEVER, Cause.REFUSED, None)),
        ("slack", (403, b"invalid_token"), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("slack", (404, b"channel_not_found"), (NEVER, Cause.CREDENTIALS, 300.0)),
        ("slack", (200, b"no_text"), (NEVER, Cause.REFUSED, None)),
    ],
)
async def test_a_code_has_one_outcome_and_one_cause(
    channel: Any,
    post: HttpPost,
    told: Callable[..., Notification],
    outcome: Callable[..., Any],
    kind: str,
    answer: tuple[int, Any],
    expected: tuple[Outcome, Cause, float | None],
) -> None:
    channel.answers(answer)
    result = await outcome(make(kind, channel.url, post), channel, told())

    assert (result.outcome, result.cause, result.retry_after_s) == expected


@pytest.mark.parametrize("kind", ["dingtalk", "wecom", "feishu", "slack"])
@pytest.mark.parametrize(
    ("answer", "expected", "cause"),
    [
        ((200, b"<html>maintenance</html>"), AGAIN, Cause.GARBAGE),
        ((200, b""), AGAIN, Cause.GARBAGE),
        ((200, b"[]"), AGAIN, Cause.GARBAGE),
        ((429, b"slow down", {"Retry-After": "7"}), AGAIN, Cause.THROTTLED),
        ((502, b"<html>"), AGAIN, Cause.OUT_OF_ORDER),
        ((404, b"<html>"), NEVER, Cause.CREDENTIALS),
        ("hang", AGAIN, Cause.TIMEOUT),
        ("cut", AGAIN, Cause.CONNECTION),
        ("endless", AGAIN, Cause.GARBAGE),
    ],
)
async def test_what_is_no_answer_of_the_channel_is_told_by_the_status_or_tried_again(
    channel: Any,
    post: HttpPost,
    told: Callable[..., Notification],
    outcome: Callable[..., Any],
    kind: str,
    answer: Any,
    expected: Outcome,
    cause: Cause,
) -> None:
    channel.answers(answer)
    result = await outcome(make(kind, channel.url, post), channel, told())

    assert (result.outcome, result.cause) == (expected, cause)
    assert result.retry_after_s == {Cause.THROTTLED: 7.0, Cause.CREDENTIALS: 300.0}.get(cause)


@pytest.mark.parametrize("kind", ["dingtalk", "wecom", "feishu", "slack"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_message(
    untrusted: Any, post: HttpPost, told: Callable[..., Notification], outcome: Callable[..., Any], kind: str
) -> None:
    untrusted.answers((200, b"ok"))
    result = await outcome(make(kind, untrusted.url, post), untrusted, told())

    assert (result.outcome, result.cause) == (AGAIN, Cause.TLS)
    assert untrusted.got == []
