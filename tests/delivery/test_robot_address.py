"""An address of another make, or without its key, is said before anything is lost; and no part of it is repeated."""

from __future__ import annotations

from datetime import UTC
from typing import Any, cast

import pytest

from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import ReceiverError, configured
from streams.settings.settings import ReceiverSettings

DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=CONFIDENTIAL"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=CONFIDENTIAL"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/CONFIDENTIAL"
SLACK = "https://hooks.slack.com/services/T0/B0/CONFIDENTIAL"


def faults(kind: str, url: str) -> list[str]:
    secret = {"secret_env": "KEY"} if kind == "pagerduty" else {}
    receiver = ReceiverSettings("duty", kind, url_env="URL", **secret)  # type: ignore[arg-type]
    around = ReceiverContext({"URL": url, "KEY": "k" * 32}, cast("Any", None), print, lambda: 0.0, UTC)
    try:
        configured(receiver, around)
    except ReceiverError as error:
        return [str(error)]
    return []


@pytest.mark.parametrize(
    ("kind", "url", "what"),
    [
        ("dingtalk", SLACK, "an address of slack is kept there; set `kind: slack`"),
        ("dingtalk", WECOM, "an address of wecom"),
        ("slack", DINGTALK, "an address of dingtalk"),
        ("feishu", DINGTALK.upper().replace("HTTPS", "https"), "an address of dingtalk"),
        ("wecom", FEISHU, "an address of feishu"),
        ("webhook", DINGTALK, "an address of dingtalk"),
        ("alertmanager", SLACK, "an address of slack"),
        ("pagerduty", SLACK, "an address of slack"),
        ("slack", "https://events.pagerduty.com/v2/enqueue", "an address of pagerduty"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send", "lacks its access_token"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=", "lacks its access_token"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?token=CONFIDENTIAL", "lacks its access_token"),
        ("dingtalk", "https://oapi.dingtalk.com/?access_token=CONFIDENTIAL", "not the whole address"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?ky=CONFIDENTIAL", "lacks its key"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/", "not the whole address"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/hook/CONFIDENTIAL", "not the whole address"),
        ("slack", "https://hooks.slack.com/services/T0/CONFIDENTIAL", "not the whole address"),
        ("slack", "https://hooks.slack.com/workflows/T0/B0/CONFIDENTIAL", "not the whole address"),
        ("pagerduty", "https://events.pagerduty.com/generic/CONFIDENTIAL", "not the whole address"),
    ],
)
def test_an_address_that_takes_nothing_of_ours_is_said(kind: str, url: str, what: str) -> None:
    (said,) = faults(kind, url)

    assert said.startswith("receiver duty: url_env: ")
    assert what in said
    assert "confidential" not in said.lower()


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("dingtalk", DINGTALK),
        ("wecom", WECOM),
        ("feishu", FEISHU),
        ("feishu", FEISHU.replace("feishu.cn", "larksuite.com")),
        ("slack", SLACK),
        ("slack", "https://mattermost.example/hooks/x"),
        ("dingtalk", "http://127.0.0.1:18080/relay"),
        ("webhook", "https://duty.example/"),
        ("pagerduty", "https://events.eu.pagerduty.com/v2/enqueue"),
    ],
)
def test_a_right_address_and_one_of_a_relay_are_taken(kind: str, url: str) -> None:
    assert faults(kind, url) == []
