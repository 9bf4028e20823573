"""What somebody thinks of an anomaly, on its way to the detectors: part of a record of topic pharos-cells."""

from __future__ import annotations

from typing import Final

import msgspec

EFFECT_MS: Final = 60_000
"""So long after its time feedback acts, at the first tick that is judged then.

A partition without records promises no more than `lateness_s` and 15 s less than the clock: with a minute to spare
pharos-actions holds back no tick, and every worker, replay and backtest has read what acts at a tick before that tick.
"""


class Assessment(msgspec.Struct, array_like=True, frozen=True, order=True):
    """One feedback, times in ms since the epoch. It sorts by its time, then by what makes it unique.

    Attributes:
        time: when it was given.
        source, id: unique together; a repeat of both changes nothing.
        fingerprint: of the anomaly; it names metric and scope.
        opinion: an `Opinion`.
        since, until: when the anomaly began, and ended; None where that is not known, or it has not ended.

    """

    time: int
    source: str
    id: str
    fingerprint: str
    opinion: str
    since: int | None = None
    until: int | None = None

    @property
    def effective_ms(self) -> int:
        """From this tick on it acts."""
        return self.time + EFFECT_MS
