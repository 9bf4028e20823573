"""Open anomalies that something keeps quiet: so that it is noticed when that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly
    from streams.register.inhibition import OpenAnomalies
    from streams.register.muting import Mute, Muting


class Freed(NamedTuple):
    """An anomaly that is still open, and what kept it quiet until now."""

    anomaly: Anomaly
    mute: Mute


class Quieted:
    """Remembers by fingerprint what kept an anomaly quiet when it was last looked at."""

    def __init__(self, muting: Muting) -> None:
        self._muting = muting
        self._mutes: dict[str, tuple[str, Mute]] = {}

    def note(self, anomaly: Anomaly, mute: Mute) -> None:
        self._mutes[anomaly.fingerprint] = anomaly.detected_at, mute

    def forget(self, fingerprint: str) -> None:
        """It was told after all, or is over."""
        self._mutes.pop(fingerprint, None)

    def resume(self, told: Iterable[Anomaly], now: int, since: int, others: OpenAnomalies) -> None:
        """After a restart: of what people were told, what is quiet now, or was until after `since` (ms).

        Nobody may have run when that was over, so it is told again, once.
        """
        for anomaly in told:
            self.forget(anomaly.fingerprint)
            mute = self._muting.of(anomaly, now, others) or self._muting.ended(anomaly, since, now)
            if mute is not None:
                self.note(anomaly, mute)

    def freed(self, open_anomalies: Iterable[Anomaly], now: int, others: OpenAnomalies) -> list[Freed]:
        """What nothing keeps quiet any more, each once; what something else keeps quiet by now waits on."""
        before, self._mutes = self._mutes, {}
        freed = []
        for anomaly in open_anomalies:
            mute = self._muting.of(anomaly, now, others)
            detected_at, last = before.get(anomaly.fingerprint, ("", None))
            if mute is not None:
                self.note(anomaly, mute)
            elif last is not None and detected_at == anomaly.detected_at:
                freed.append(Freed(anomaly, last))
        return freed
