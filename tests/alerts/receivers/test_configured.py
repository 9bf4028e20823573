"""The console, and receivers from their settings."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.receivers.alertmanager import AlertmanagerReceiver
from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import ReceiverError, configured, member
from streams.alerts.receivers.console import ConsoleReceiver
from streams.alerts.receivers.dingtalk import DingTalkReceiver
from streams.alerts.receivers.email import EmailReceiver
from streams.alerts.receivers.feishu import FeishuReceiver
from streams.alerts.receivers.pagerduty import PagerDutyReceiver
from streams.alerts.receivers.slack import SlackReceiver
from streams.alerts.receivers.webhook import WebhookReceiver
from streams.alerts.receivers.wecom import WeComReceiver
from streams.alerts.words.plain_text import plain
from streams.configuration.receiver_check import settings_faults
from streams.delivery.result import Outcome
from streams.settings.settings import MailSettings, ReceiverSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.alerts.words.message import Notification

SHANGHAI = ZoneInfo("Asia/Shanghai")
URL = "https://hooks.example/secret-token"


async def test_the_console_shows_one_line_and_the_rest_indented(notification: Callable[..., Notification]) -> None:
    written: list[str] = []
    result = await ConsoleReceiver("console", written.append, SHANGHAI).deliver(notification())
    assert result.outcome is Outcome.DELIVERED
    assert written == ["2025-11-11 00:00:00 +08:00 [X] n1", "    Since now"]


async def test_a_scope_cannot_steer_the_terminal(notification: Callable[..., Notification]) -> None:
    written: list[str] = []
    hostile = msgspec.structs.replace(notification(), title="store \x1b]0;own\x07\r\n[CRITICAL] fake")
    await ConsoleReceiver("console", written.append, SHANGHAI).deliver(hostile)
    assert written[0] == "2025-11-11 00:00:00 +08:00 store \\x1b]0;own\\x07\\x0d\\x0a[CRITICAL] fake"


async def test_a_closed_terminal_is_no_end_of_the_world(notification: Callable[..., Notification]) -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError

    result = await ConsoleReceiver("console", closed, SHANGHAI).deliver(notification())
    assert (result.outcome, result.reason) == (Outcome.RETRY, "BrokenPipeError")


@given(st.text())
def test_what_is_plain_has_one_line_and_no_control_characters(text: str) -> None:
    safe = plain(text)
    assert len(safe.splitlines()) <= 1
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\ufeff" for c in safe)
    assert safe.encode().decode() == safe


def make(environment: dict[str, str] | None = None, **fields: Any) -> Any:
    settings = ReceiverSettings(**({"name": "hook", "kind": "webhook"} | fields))
    around = ReceiverContext(environment or {}, cast("Any", None), print, lambda: 0.0, SHANGHAI)
    return configured(settings, around)


def test_a_webhook_takes_its_address_from_the_environment_or_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "url"
    kept.write_text(f"{URL}\n")
    assert isinstance(make({"HOOK": URL}, url_env="HOOK"), WebhookReceiver)
    assert isinstance(make(url_file=str(kept)), WebhookReceiver)
    assert isinstance(make(kind="console"), ConsoleReceiver)


MAIL = MailSettings(host="mx", sender="p@shop.example", recipients=("d@shop.example",))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kind": "dingtalk", "url_env": "HOOK", "secret_env": "KEY"}, DingTalkReceiver),
        ({"kind": "wecom", "url_env": "HOOK"}, WeComReceiver),
        ({"kind": "feishu", "url_env": "HOOK"}, FeishuReceiver),
        ({"kind": "slack", "url_env": "HOOK"}, SlackReceiver),
        ({"kind": "pagerduty", "secret_env": "ROUTING"}, PagerDutyReceiver),
        ({"kind": "email", "mail": MAIL}, EmailReceiver),
        ({"kind": "alertmanager", "url_env": "HOOK"}, AlertmanagerReceiver),
    ],
)
def test_each_kind_makes_its_receiver_and_none_shows_its_secrets(fields: dict[str, Any], expected: type) -> None:
    made = make({"HOOK": URL, "KEY": "SECsecret-token", "ROUTING": "secret-token".ljust(32, "0")}, **fields)

    assert isinstance(made, expected)
    assert "secret-token" not in repr(made)


def test_a_member_bears_what_its_kind_bears_in_its_group() -> None:
    around = ReceiverContext({"HOOK": URL}, cast("Any", None), print, lambda: 0.0, SHANGHAI)
    settings = ReceiverSettings(name="a", kind="wecom", url_env="HOOK", group="duty")

    assert member(settings, around).allowance.limits[0].count == 18
    assert member(settings, around).group == "duty"
    assert member(ReceiverSettings(name="c", kind="console"), around).allowance.limits == ()


@pytest.mark.parametrize(
    ("environment", "fields", "remedy"),
    [
        ({}, {}, "set url_env or url_file"),
        ({}, {"url_env": "HOOK"}, "url_env: the variable HOOK is not set; export it"),
        ({"HOOK": "secret-token"}, {"url_env": "HOOK"}, "url_env: no http or https URL"),
        ({"HOOK": "https://[secret-token"}, {"url_env": "HOOK"}, "no http or https URL"),
        ({"HOOK": "https://h:secret-token"}, {"url_env": "HOOK"}, "no http or https URL"),
        ({}, {"url_file": "nowhere/url"}, "url_file: the file nowhere/url cannot be read"),
        ({"HOOK": URL}, {"url_env": "HOOK", "secret_env": "KEY"}, "variable KEY is not set; export it"),
        ({}, {"kind": "pagerduty"}, "secret_env: missing; set secret_env or secret_file"),
        ({"KEY": "secret-token"}, {"kind": "pagerduty", "secret_env": "KEY"}, "secret_env: .* has 32 characters"),
        (
            {"HOOK": URL, "KEY": "secret-token"},
            {"kind": "dingtalk", "url_env": "HOOK", "secret_env": "KEY"},
            "with SEC",
        ),
        ({"HOOK": "pigeon://secret-token"}, {"kind": "apprise", "url_env": "HOOK"}, "url_env: "),
    ],
)
def test_a_missing_address_is_refused_with_the_remedy_and_without_the_secret(
    environment: dict[str, str], fields: dict[str, str], remedy: str
) -> None:
    with pytest.raises(ReceiverError, match=remedy) as caught:
        make(environment, **fields)
    assert "secret-token" not in str(caught.value)
    assert "secret-token" not in "".join(traceback.format_exception(caught.value))


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("\n")
    with pytest.raises(ReceiverError, match=r"url_file: .* is empty; put the secret into it"):
        make(url_file=str(tmp_path / "url"))


def test_check_finds_each_receiver_that_cannot_be_made_and_where_it_is_set() -> None:
    receivers = (
        ReceiverSettings(name="console", kind="console"),
        ReceiverSettings(name="duty", kind="dingtalk", url_env="DUTY"),
        ReceiverSettings(name="pager", kind="pagerduty", secret_env="PAGER"),
    )
    faults = list(settings_faults(Settings(receivers=receivers), {"PAGER": "k" * 32}))

    assert [fault.path for fault in faults] == [("receivers", 1, "url_env")]
    assert "DUTY is not set; export it" in faults[0].what
