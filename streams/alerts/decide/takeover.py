"""What was open when this worker began to tell people, and nobody is known to have told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly, Episode

SETTLE_MS: Final = 30_000  # by then the opening of what is open has been read, if nobody has handled it before


class Takeover:
    """Waits a little with each: mostly its opening is yet to be read, and tells by itself. `now` is in ms."""

    def __init__(self) -> None:
        self._waiting: set[Episode] = set()
        self._since = 0

    def begin(self, untold: Iterable[Anomaly], now: int) -> None:
        self._waiting = {anomaly.episode for anomaly in untold}
        self._since = now

    def read(self, anomaly: Anomaly) -> None:
        """Its opening came after all."""
        self._waiting.discard(anomaly.episode)

    def due(self, open_anomalies: Iterable[Anomaly], now: int) -> list[Anomaly]:
        """Those that are still open, as they are now, each once."""
        if not self._waiting or now - self._since < SETTLE_MS:
            return []
        due = [anomaly for anomaly in open_anomalies if anomaly.episode in self._waiting]
        self._waiting = set()
        return due
