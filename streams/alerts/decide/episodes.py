"""The episodes that a worker knows of, in bounded memory."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from streams.alerts.decide.episode import Episode, State
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly, EpisodeKey, Transition

_MOST_RESOLVED: Final = 20_000  # what of them is read again is read soon


class Episodes:
    """One for each fingerprint and `detected_at`. What is resolved is kept apart, to recognise what is read again."""

    def __init__(self) -> None:
        self._open: dict[EpisodeKey, Episode] = {}
        self._resolved: dict[EpisodeKey, Episode] = {}

    def of(self, anomaly: Anomaly) -> Episode:
        """Open, resolved, or a new one."""
        key = anomaly.episode
        return self._open.get(key) or self._resolved.get(key) or Episode()

    def read(self, episode: Episode, transition: Transition) -> None:
        """Files the episode as open or resolved. An opening ends those before it whose end went by unread."""
        key = transition.anomaly.episode
        episode.read(transition)
        if transition.change is Change.RESOLVED:
            self._resolve(key, episode)
            return
        if transition.change is Change.OPENED:
            for other, earlier in list(self._open.items()):
                if other[0] == key[0] and other != key and earlier.anomaly is not None:
                    self._resolve(other, earlier)
        self._resolved.pop(key, None)
        self._open[key] = episode

    def standing(self, open_anomalies: Iterable[Anomaly]) -> list[tuple[Anomaly, Episode]]:
        """The episodes of what is open, as far as its end was not read here.

        Of what is not open, nothing is kept that was neither read nor notified.
        """
        known = [anomaly for anomaly in open_anomalies if anomaly.episode not in self._resolved]
        keys = {anomaly.episode for anomaly in known}
        self._open = {
            key: episode
            for key, episode in self._open.items()
            if key in keys or episode.anomaly is not None or episode.informed
        }
        return [(anomaly, self._open.setdefault(anomaly.episode, Episode())) for anomaly in known]

    def held(self) -> list[tuple[Episode, Transition]]:
        """What waits for the digest, oldest first."""
        found = [(episode, episode.held) for episode in self._open.values() if episode.held is not None]
        return sorted(found, key=lambda pair: (pair[1].time, pair[1].anomaly.fingerprint))

    def anomalies(self) -> dict[str, Anomaly]:
        """By fingerprint, what is open as this worker has read it."""
        return {key[0]: episode.anomaly for key, episode in self._open.items() if episode.anomaly is not None}

    def _resolve(self, key: EpisodeKey, episode: Episode) -> None:
        self._open.pop(key, None)
        self._resolved[key] = Episode(State.RESOLVED, read_at=episode.read_at, read_ids=episode.read_ids)
        if len(self._resolved) > _MOST_RESOLVED:
            for oldest in list(islice(self._resolved, _MOST_RESOLVED // 2)):
                del self._resolved[oldest]
