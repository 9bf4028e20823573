"""What holds at one moment beside what people know: what is open, quiet, routed to whom, and how it is handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.decide.stages import Candidate
from streams.register.handling import handling_of
from streams.register.inhibition import OpenAnomalies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.alerts.decide.episode import Episode
    from streams.alerts.decide.episodes import Episodes
    from streams.alerts.decide.notification_log import NotificationLog
    from streams.alerts.decide.routes import Routes
    from streams.records.anomaly import Anomaly, Transition
    from streams.register.actions import ActionBook
    from streams.register.muting import Mute, Muting


class Sources(NamedTuple):
    """Where a situation is read from.

    Attributes:
        open_anomalies: all that are open, as far as another source than `episodes` knows.

    """

    episodes: Episodes
    actions: ActionBook
    log: NotificationLog
    muting: Muting
    routes: Routes
    open_anomalies: Callable[[], Iterable[Anomaly]]


class Situation:
    """The situation at `now` (ms).

    Attributes:
        others: by fingerprint, what is open: as this worker has read it, else as others have.

    """

    def __init__(self, sources: Sources, now: int) -> None:
        self.now = now
        known = {anomaly.fingerprint: anomaly for anomaly in sources.open_anomalies()}
        self.others = known | sources.episodes.anomalies()
        self._sources = sources
        self._open = OpenAnomalies(self.others.values())

    def mute(self, anomaly: Anomaly) -> Mute | None:
        """What keeps it quiet."""
        return self._sources.muting.of(anomaly, self.now, self._open)

    def mute_ended(self, anomaly: Anomaly, since: int) -> Mute | None:
        """What kept it quiet and ended after `since` (ms), as far as is known."""
        return self._sources.muting.ended(anomaly, since, self.now)

    def candidate(self, anomaly: Anomaly, episode: Episode, news: Transition | None = None) -> Candidate:
        """What the stages are asked. `news`: what is new of it."""
        sources = self._sources
        return Candidate(
            episode,
            anomaly,
            self.now,
            news,
            self.mute(anomaly),
            handling_of(sources.actions.of(anomaly.fingerprint), anomaly, self.now),
            sources.routes.lanes(anomaly, self.now),
            sources.log.of(anomaly),
        )
