"""A channel is one file."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, cast

import pytest

from streams.alerts import receivers
from streams.alerts.receivers.channel import ReceiverContext, channels
from streams.alerts.receivers.configured import member
from streams.configuration.load import ConfigurationError, configure
from streams.delivery.result import DELIVERED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.alerts.words.message import Notification

PIGEON = """
from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need
from streams.delivery.result import DELIVERED


class Pigeon:
    def __init__(self, name, loft, write):
        self.name, self.loft, self.write = name, loft, write

    async def deliver(self, notification):
        self.write(f"{self.loft}: {notification.title}")
        return DELIVERED


CHANNEL = Channel(
    "pigeon",
    lambda parts: Pigeon(parts.name, parts.url, parts.context.write),
    url=Need.MUST,
    secret=Need.NEVER,
    allowance=Allowance((Limit(2, 60.0),)),
    web_address=False,
)
"""
SETTINGS = "receivers:\n- {name: loft, kind: pigeon, url_env: LOFT, group: duty}\n"


@pytest.fixture
def with_pigeons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "carrier_pigeon.py").write_text(PIGEON)
    monkeypatch.setattr(receivers, "__path__", [*receivers.__path__, str(tmp_path)])


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "pharos.yaml"
    file.write_text(SETTINGS)
    return file


@pytest.mark.usefixtures("with_pigeons")
async def test_a_new_kind_of_receiver_takes_one_file(
    settings_file: Path, notification: Callable[..., Notification]
) -> None:
    (settings,) = configure(settings_file).receivers
    flown: list[str] = []
    context = ReceiverContext({"LOFT": "tower"}, cast("Any", None), flown.append, lambda: 0.0, UTC)
    made = member(settings, context)

    assert await made.receiver.deliver(notification()) == DELIVERED
    assert flown == [f"tower: {notification().title}"]
    assert (made.allowance.limits[0].count, made.group) == (2, "duty")


@pytest.mark.usefixtures("with_pigeons")
def test_the_settings_of_a_new_kind_are_checked_by_what_it_registers(settings_file: Path) -> None:
    settings_file.write_text(
        SETTINGS.replace(", url_env: LOFT", "").replace(
            "kind: pigeon", "kind: pigeon, mail: {host: mx, sender: a@b.c, recipients: [a@b.c]}"
        )
    )

    with pytest.raises(ConfigurationError, match="pigeon needs `url_env` or `url_file`"):
        configure(settings_file)


def test_a_kind_that_no_file_registers_is_refused_with_the_nearest_name(settings_file: Path) -> None:
    settings_file.write_text(SETTINGS.replace("pigeon", "dingtak"))

    with pytest.raises(
        ConfigurationError, match=r'2:16: .*no kind of receiver is named "dingtak"; did you mean "dingtalk"'
    ):
        configure(settings_file)


def test_every_channel_stands_under_its_own_name() -> None:
    assert sorted(channels()) == [
        "alertmanager",
        "apprise",
        "console",
        "dingtalk",
        "email",
        "feishu",
        "pagerduty",
        "slack",
        "webhook",
        "wecom",
    ]
