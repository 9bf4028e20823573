"""Notifications as lines of text, for a terminal or a log file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.receiver import Outcome, Result
from streams.alerts.receivers.plain_text import plain
from streams.incidents.instant import clock_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from streams.alerts.message import Notification


class ConsoleReceiver:
    """`write` takes one line without its end, such as print; `zone` is whose time is told."""

    def __init__(self, name: str, write: Callable[[str], object], zone: tzinfo) -> None:
        self.name = name
        self._write = write
        self._zone = zone

    async def deliver(self, notification: Notification) -> Result:
        """The title with the time of the tick, and the other lines indented below it."""
        try:
            self._write(f"{clock_time(notification.time, self._zone)} {plain(notification.title)}")
            for line in notification.lines:
                self._write(f"    {plain(line)}")
        except OSError as error:
            return Result(Outcome.RETRY, type(error).__name__)
        return Result(Outcome.DELIVERED)
