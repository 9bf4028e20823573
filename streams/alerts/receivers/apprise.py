"""The long tail: what the library Apprise can reach (https://appriseit.com/services/). Loaded only when asked for."""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import TYPE_CHECKING, Any

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need, PartError, Parts
from streams.alerts.words.fitting import first_of, fitted, shown, size
from streams.alerts.words.markup import unmarked
from streams.delivery.result import DELIVERED, Cause, Outcome, Result
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice

# What stands behind the address is not known: as little as the most careful robot bears.
ALLOWANCE = Allowance((Limit(18, 60.0),), kept=6, digest_above=5)

_TALKATIVE = ("apprise", "requests", "urllib3")  # they write addresses, and those are credentials
_MOST_TITLE, _MOST_LINE, _MOST_LINKS, _MOST_TEXT = 250, 400, 800, 1_700  # bytes; the narrowest services take 2,000


class AppriseReceiver:
    """One Apprise address.

    Args:
        notifier: see `notifier_of`.
        timeout_s: for the whole attempt.

    """

    def __init__(self, name: str, notifier: Any, timeout_s: float, voice: Voice) -> None:
        self.name = name
        self._notifier = notifier
        self._timeout_s = timeout_s
        self._voice = voice

    def __repr__(self) -> str:
        return f"AppriseReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """Apprise says yes or no; a no is tried again, because it does not say why."""
        text = self._voice.text(notification)
        last = [*first_of((link.written_out for link in text.links), _MOST_LINKS, "\n"), self._voice.sender]
        facts = [shown(line, _MOST_LINE, unmarked) for line in text.body]
        free = _MOST_TEXT - sum(size(line) + 1 for line in last)
        body = "\n".join([*fitted(facts, free, self._voice.more), *last])
        try:
            async with asyncio.timeout(self._timeout_s):
                delivered = await self._notifier.async_notify(
                    body=body,
                    title=shown(text.title, _MOST_TITLE, unmarked),
                    notify_type=_type_of(notification),
                    body_format="text",
                )
        except TimeoutError:
            return Result(Outcome.RETRY, "timeout", cause=Cause.TIMEOUT)
        return DELIVERED if delivered else Result(Outcome.RETRY, "Apprise could not deliver", cause=Cause.REFUSED)


def notifier_of(url: str) -> Any:
    """What sends to an Apprise address.

    Raises ValueError with the remedy where Apprise is not installed or does not know the address, which it never names.
    """
    try:
        apprise = importlib.import_module("apprise")
    except ImportError:
        raise ValueError("needs the library Apprise; install it by `pip install 'pharos[apprise]'`") from None
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    notifier = apprise.Apprise()
    if not notifier.add(url):
        raise ValueError("Apprise knows no such address; see https://appriseit.com/services/")
    return notifier


def _type_of(notification: Notification) -> str:
    if notification.kind == Change.RESOLVED:
        return "success"
    return "failure" if notification.critical else "warning"


def _made_of(parts: Parts) -> AppriseReceiver:
    try:
        notifier = notifier_of(parts.url)
    except ValueError as error:
        raise PartError("url", str(error)) from None
    return AppriseReceiver(parts.name, notifier, parts.settings.timeout_s, parts.voice)


CHANNEL = Channel(
    "apprise",
    _made_of,
    url=Need.MUST,
    secret=Need.NEVER,
    allowance=ALLOWANCE,
    web_address=False,
    keywords=True,  # Apprise reaches robots that go by them
)
