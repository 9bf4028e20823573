"""The long tail: with the library, with one that stands in for it, and without."""

from __future__ import annotations

import asyncio
import logging
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from streams.alerts.receivers.apprise import AppriseReceiver, notifier_of
from streams.alerts.words.voice import Voice
from streams.delivery.result import Cause, Outcome
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification

    Told = Callable[..., Notification]

VOICE = Voice("en", "https://board/")


class Notifier:
    """What `apprise.Apprise` is to us."""

    def __init__(self, answer: Any = True) -> None:
        self.added: list[str] = []
        self.told: list[dict[str, Any]] = []
        self._answer = answer

    def add(self, url: str) -> bool:
        self.added.append(url)
        return url.startswith("tgram://")

    async def async_notify(self, **told: Any) -> bool:
        self.told.append(told)
        if self._answer == "hang":
            await asyncio.Event().wait()
        return bool(self._answer)


async def test_title_body_and_type_are_those_of_apprise(told: Told) -> None:
    notifier = Notifier()
    receiver = AppriseReceiver("tail", notifier, 1.0, VOICE)
    result = await receiver.deliver(told())
    await receiver.deliver(told(Change.RESOLVED, state="resolved", ended_at="2025-11-10T16:10:00.000Z"))
    await receiver.deliver(told(severity="warning"))

    assert result.outcome is Outcome.DELIVERED
    assert notifier.told[0]["title"].startswith("[CRITICAL] Payment success")
    assert notifier.told[0]["body"].endswith("Runbook: https://runbooks/payment\nPharos")
    assert [one["notify_type"] for one in notifier.told] == ["failure", "success", "warning"]


async def test_a_digest_fits_the_narrowest_services(digest: Callable[[int], Notification]) -> None:
    notifier = Notifier()
    await AppriseReceiver("tail", notifier, 1.0, VOICE).deliver(digest(500))

    assert len((notifier.told[0]["title"] + notifier.told[0]["body"]).encode()) <= 2_000
    assert notifier.told[0]["body"].endswith("more\nBoard: https://board/\nPharos")


@pytest.mark.parametrize(("answer", "cause"), [(False, Cause.REFUSED), ("hang", Cause.TIMEOUT)])
async def test_a_no_and_no_answer_are_tried_again(told: Told, answer: Any, cause: Cause) -> None:
    result = await AppriseReceiver("tail", Notifier(answer), 0.05, VOICE).deliver(told())

    assert (result.outcome, result.cause) == (Outcome.RETRY, cause)


def test_an_address_that_apprise_does_not_know_is_refused_without_naming_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", SimpleNamespace(Apprise=Notifier))

    assert notifier_of("tgram://t0ken/1").added == ["tgram://t0ken/1"]
    with pytest.raises(ValueError, match="Apprise does not know this address") as caught:
        notifier_of("pigeon://t0ken")
    assert "t0ken" not in str(caught.value)


def test_without_the_library_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ValueError, match=r"pip install 'pharos\[apprise\]'"):
        notifier_of("tgram://t0ken/1")


@pytest.mark.filterwarnings("default")  # its own affair
async def test_the_library_itself_delivers_and_writes_no_address(
    channel: Any, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("apprise", reason="an optional extra")
    channel.answers((200, {}), (500, {}))
    caplog.set_level(logging.CRITICAL, "aiohttp.access")  # the server's, not ours
    with caplog.at_level(logging.DEBUG):
        notifier = notifier_of(channel.url.replace("http", "json", 1) + "/t0ken")
        receiver = AppriseReceiver("tail", notifier, 2.0, VOICE)
        delivered = await receiver.deliver(told())
        refused = await receiver.deliver(told())

    assert (delivered.outcome, refused.outcome) == (Outcome.DELIVERED, Outcome.RETRY)
    assert channel.got[0].json["title"].startswith("[CRITICAL] Payment success")
    assert "t0ken" not in caplog.text
