"""Notifications as lines of text, for a terminal or a log file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.receivers.channel import Channel, Need
from streams.alerts.words.fitting import shown
from streams.delivery.result import Outcome, Result
from streams.records.instant import clock_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from streams.alerts.words.message import Notification

_MOST_LINE = 4_000


class ConsoleReceiver:
    """`write` takes one line without its end, such as print; `zone` is whose time is shown."""

    def __init__(self, name: str, write: Callable[[str], object], zone: tzinfo) -> None:
        self.name = name
        self._write = write
        self._zone = zone

    async def deliver(self, notification: Notification) -> Result:
        """The title with the time of the tick, and the other lines indented below it."""
        text = notification.text("en")
        said = [*text.facts, *(link.written_out for link in text.links), *([text.name] if text.name else [])]
        try:
            self._write(f"{clock_time(notification.time, self._zone)} {shown(text.title, _MOST_LINE)}")
            for line in said:
                self._write(f"    {shown(line, _MOST_LINE)}")
        except OSError as error:
            return Result(Outcome.RETRY, type(error).__name__)
        return Result(Outcome.DELIVERED)


CHANNEL = Channel(
    "console",
    lambda parts: ConsoleReceiver(parts.name, parts.context.write, parts.context.zone),
    url=Need.NEVER,
    secret=Need.NEVER,
)
