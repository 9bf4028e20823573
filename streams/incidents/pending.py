"""Series whose condition holds but that have not fired: how long each has held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.incidents.policy import Policy
    from streams.records.verdicts import Verdict


class Pending(msgspec.Struct):
    """Since when a series deviates, and when that was last seen. Times are ticks in ms."""

    since: int
    seen: int
    good: bool
    direction: str


class PendingSeries(msgspec.Struct):
    """By fingerprint. What turns normal, or into the other direction, starts again; what cannot be judged waits."""

    series: dict[str, Pending] = {}

    def update(self, verdicts: Mapping[str, Verdict], now: int, policy: Policy) -> None:
        for fingerprint, verdict in verdicts.items():
            if verdict.insufficient:
                continue
            known = self.series.get(fingerprint)
            if verdict.score < 1:
                self.series.pop(fingerprint, None)
            elif known and known.good == verdict.good and known.direction == verdict.direction:
                known.seen = now
            else:
                self.series[fingerprint] = Pending(now, now, verdict.good, verdict.direction)
        forgotten = [f for f, pending in self.series.items() if now - pending.seen > policy.forget_pending_ms]
        for fingerprint in forgotten:
            del self.series[fingerprint]

    def held_ms(self, fingerprint: str, now: int) -> int:
        """How long the condition has held; -1 where it does not."""
        pending = self.series.get(fingerprint)
        return now - pending.since if pending else -1
