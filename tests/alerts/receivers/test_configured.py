"""The console, and receivers from their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.receiver import Outcome
from streams.alerts.receivers.configured import configured
from streams.alerts.receivers.console import ConsoleReceiver
from streams.alerts.receivers.plain_text import plain
from streams.alerts.receivers.webhook import WebhookReceiver
from streams.settings import ReceiverSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.alerts.message import Notification

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
    return configured(settings, environment or {}, cast("Any", None), print, lambda: 0.0, SHANGHAI)


def test_a_webhook_takes_its_address_from_the_environment_or_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "url"
    kept.write_text(f"{URL}\n")
    assert isinstance(make({"HOOK": URL}, url_env="HOOK"), WebhookReceiver)
    assert isinstance(make(url_file=str(kept)), WebhookReceiver)
    assert isinstance(make(kind="console"), ConsoleReceiver)


@pytest.mark.parametrize(
    ("environment", "fields", "remedy"),
    [
        ({}, {}, "set url_env or url_file"),
        ({}, {"url_env": "HOOK"}, "variable HOOK is empty; set it"),
        ({"HOOK": "secret-token"}, {"url_env": "HOOK"}, "no http or https URL"),
        ({}, {"url_file": "nowhere/url"}, "cannot be read"),
        ({"HOOK": URL}, {"url_env": "HOOK", "secret_env": "KEY"}, "variable KEY is empty; set it"),
    ],
)
def test_a_missing_address_is_refused_with_the_remedy_and_without_the_secret(
    environment: dict[str, str], fields: dict[str, str], remedy: str
) -> None:
    with pytest.raises(ValueError, match=remedy) as caught:
        make(environment, **fields)
    assert "secret-token" not in str(caught.value)
