"""Messages for the owners of single events: they go the way of all notifications, and somebody waits for their end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from streams.delivery.result import DELIVERED, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification

_MOST: Final = 2_000  # more than can be under way; nobody asks about what is beyond
_LOOK_S: Final = 5.0  # then whoever waits looks whether there is time left


class OwnerMessages:
    """Each message is put once, however often it is asked about, and is forgotten when its end was told."""

    def __init__(self) -> None:
        self._put: Callable[[Notification], None] | None = None
        self._ends: dict[str, asyncio.Future[bool]] = {}

    def open(self, put: Callable[[Notification], None]) -> None:
        """`put`: hands a notification to the receivers' queues, which say by `ended` what became of it."""
        self._put = put

    def ended(self, name: str, delivered: bool) -> None:
        """A notification of this id was delivered, or missed."""
        end = self._ends.get(name)
        if end is not None and not end.done():
            end.set_result(delivered)

    async def deliver(self, message: Notification) -> Result:
        """What became of a message; RETRY where that is not known yet, and asking again is what there is to do."""
        if self._put is None:
            return Result(Outcome.RETRY, "no receiver is ready yet")
        end = self._ends.get(message.id)
        if end is None:
            end = self._ends[message.id] = asyncio.get_running_loop().create_future()
            while len(self._ends) > _MOST:
                del self._ends[next(iter(self._ends))]
            self._put(message)
        await asyncio.wait((end,), timeout=_LOOK_S)
        if not end.done():
            return Result(Outcome.RETRY, "it waits for its receiver")
        del self._ends[message.id]
        return DELIVERED if end.result() else Result(Outcome.REJECTED, "the receiver did not take it")
