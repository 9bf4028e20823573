"""What an outbox needs of a receiver, and what a receiver says of a delivery."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from streams.alerts.message import Notification


class Outcome(enum.StrEnum):
    """Of one attempt. Counted as pharos_notifications_total{outcome}, with `dropped` beside them."""

    DELIVERED = "delivered"
    RETRY = "retried"
    REJECTED = "rejected"


DROPPED = "dropped"


class Result(NamedTuple):
    """Outcome of an attempt and its reason, which never contains the address: addresses are credentials."""

    outcome: Outcome
    reason: str = ""
    retry_after_s: float | None = None


class Receiver(Protocol):
    """One place where people or systems are told."""

    @property
    def name(self) -> str: ...

    async def deliver(self, notification: Notification) -> Result:
        """Tries once. Should not raise; an exception counts as RETRY."""
        ...


class NotificationCounts(Protocol):
    """Where outcomes are counted."""

    def notified(self, receiver: str, outcome: str) -> None: ...
