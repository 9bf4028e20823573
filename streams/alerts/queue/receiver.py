"""What an outbox needs of a receiver, and what a receiver says of a delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.delivery.result import Result


DIGESTED = "digested"  # delivered as a line of a digest
DROPPED = "dropped"  # counted in a later digest, and not sent


class Receiver(Protocol):
    """One place where people or systems are notified."""

    @property
    def name(self) -> str: ...

    async def deliver(self, notification: Notification) -> Result:
        """Tries once. Should not raise; an exception counts as RETRY."""
        ...


@runtime_checkable
class Upkeep(Protocol):
    """Of a receiver that forgets what it is not sent again and again."""

    async def keep_up(self) -> None:
        """Never returns, and never raises."""
        ...


class NotificationCounts(Protocol):
    """Where outcomes are counted."""

    def notified(self, receiver: str, outcome: str, count: int = 1) -> None: ...

    def delivery_took(self, receiver: str, seconds: float) -> None:
        """From the outbox to the receiver's yes, with what it waited for its turn."""
        ...

    def delivery_failed(self, receiver: str, reason: str) -> None: ...
