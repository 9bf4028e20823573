"""Open anomalies that something keeps quiet: so that it is noticed when that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.gathering import LONGEST_WAIT_MS
from streams.events.event_time import event_time_ms
from streams.incidents.inhibition import spoke_for
from streams.incidents.muting import Mute, MuteReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from streams.incidents.anomaly import Anomaly
    from streams.incidents.inhibition import OpenAnomalies
    from streams.incidents.muting import Muting


class Heard(NamedTuple):
    """An anomaly that counts as told, since when (ms), and whether it was for certain."""

    anomaly: Anomaly
    at: int
    sure: bool


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

    def resume(
        self,
        open_anomalies: Iterable[Anomaly],
        now: int,
        since: int,
        others: OpenAnomalies,
        ended: Collection[tuple[int, Anomaly]],
    ) -> list[Heard]:
        """After a restart: returns those that somebody heard of, as far as is known.

        What was kept quiet when it opened or soon after, or until some moment after `since` (ms), is told again once
        nothing does: nobody may have run when that was over. `ended`: when (ms) and what ended of late.
        """
        heard = []
        for anomaly in open_anomalies:
            opened = event_time_ms(anomaly.detected_at) or 0
            at = self._muting.quiet_until(anomaly, opened, now)
            # What went quiet soon after it opened may have done so before anybody ran who could tell of it.
            soon = self._muting.begins(anomaly, opened, opened + LONGEST_WAIT_MS)
            last = self._muting.ended(anomaly, min(since, opened) if at > opened or soon else since, now)
            spoke = spoke_for(anomaly, opened, opened + LONGEST_WAIT_MS, ended)
            if spoke is not None:
                at, last = max(at, spoke[0]), last or Mute(MuteReason.INHIBITION, (spoke[1].fingerprint,))
            mute = self._muting.of(anomaly, now, others) or last
            if mute is not None:
                self.note(anomaly, mute)
            inhibitor = others.inhibitor_of(anomaly)
            before = inhibitor and (event_time_ms(inhibitor.anomaly.detected_at) or 0) - opened
            if at <= now and (before is None or before > 0):
                heard.append(
                    Heard(anomaly, at, sure=at == opened and not soon and (before is None or before > LONGEST_WAIT_MS))
                )
        return heard

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
