"""One receiver with its budget, and its rest after a failure."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.queue.budget import Allowance, Budget, Hold
from streams.delivery.result import Outcome

if TYPE_CHECKING:
    from streams.alerts.queue.receiver import Receiver
    from streams.delivery.backoff import Backoff
    from streams.delivery.result import Result

_log = logging.getLogger(__name__)


class Member(NamedTuple):
    """A receiver, what it bears, and the group in which it stands in for others; "" for a group of its own."""

    receiver: Receiver
    allowance: Allowance = Allowance()
    group: str = ""


class Robot:
    """Knows when its receiver may be sent the next message. Sends nothing itself.

    Attributes:
        failures: in a row.
        reason: of the last attempt that was not delivered.

    """

    def __init__(self, receiver: Receiver, allowance: Allowance, backoff: Backoff) -> None:
        self.receiver = receiver
        self.failures = 0
        self.reason = ""
        self._allowance = allowance
        self._budget = Budget(allowance)
        self._backoff = backoff
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        return self.receiver.name

    @property
    def apart(self) -> bool:
        """See `Allowance.apart`."""
        return self._allowance.apart

    def resting(self, now: float) -> bool:
        return now < self._rests_until

    def hold(self, now: float, chance: float, wall: float, *, critical: bool) -> tuple[float, Hold]:
        """Seconds until it may be sent a message, 0 for now, and what it waits for."""
        if self.resting(now):
            return self._rests_until - now, Hold.RESTING
        return self._budget.hold(now, chance, critical=critical, wall=wall)

    def room(self, now: float, within_s: float) -> float:
        return self._budget.room(now, within_s)

    def begin(self, now: float, *, critical: bool) -> None:
        self._budget.spend(now, critical=critical)

    def end(self, result: Result, now: float, chance: float) -> None:
        """The attempt that began last has ended so."""
        self._budget.settle(now)
        if result.outcome is Outcome.DELIVERED:
            self.failures, self.reason = 0, ""
            return
        if result.outcome is Outcome.REJECTED or self.failures == 0:
            _log.warning("receiver %s: %s (%s)", self.name, result.outcome.value, result.reason)
        self.failures, self.reason = self.failures + 1, result.reason
        if result.outcome is Outcome.RETRY:
            self._rests_until = now + self._backoff.wait_s(self.failures, chance, result.retry_after_s)
        elif result.retry_after_s:
            self._rests_until = now + result.retry_after_s
