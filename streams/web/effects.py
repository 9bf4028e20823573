"""What feedback changed, by anomaly: lines of its time line, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import msgspec

from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.records.verdicts import TickVerdicts

_ANOMALIES: Final = 1_000
_OF_AN_ANOMALY: Final = 20


class EffectEntry(msgspec.Struct, frozen=True):
    """One line for what feedback changed. `time` is the tick from which on it acts, ms.

    Attributes:
        effect: an `Opinion`.
        limit: what the limit of the series is, in times of the usual one.
        until: RFC 3339, until when nothing is said at the most; None where that is over, or is not asked for.
        level: of a new trend, what is expected in times of what was expected; None where that is not known.

    """

    id: str
    effect: str
    time: int
    limit: float
    until: str | None
    level: float | None


class Effects:
    """Those of the last thousand anomalies of which people said something. A tick that is read again adds nothing."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, dict[str, EffectEntry]] = OrderedDict()

    def tick(self, tick: TickVerdicts) -> None:
        """Takes what acts from this tick on."""
        for done in tick.assessed:
            entries = self._of.setdefault(done.fingerprint, {})
            self._of.move_to_end(done.fingerprint)
            until = rfc3339(done.until) if done.until else None
            entry = EffectEntry(done.id, done.opinion, tick.time, round(done.limit, 3), until, done.level or None)
            entries.setdefault(done.id, entry)
            if len(entries) > _OF_AN_ANOMALY:
                del entries[next(iter(entries))]
            if len(self._of) > _ANOMALIES:
                self._of.popitem(last=False)

    def of(self, fingerprint: str) -> Sequence[EffectEntry]:
        """In the order in which they came."""
        return list(self._of.get(fingerprint, {}).values())
