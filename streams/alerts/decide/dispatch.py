"""From a transition to a notification: the core of the notify agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from streams.alerts.decide.episodes import Episodes
from streams.alerts.decide.notification_log import NotificationLog
from streams.alerts.decide.reminders import Reminders
from streams.alerts.decide.routes import Routes, by_lanes, union
from streams.alerts.decide.situation import Situation, Sources
from streams.alerts.decide.stages import STALE_MS, Occasion, Ruling, rule
from streams.alerts.words.message import Titles, compose, digest_of
from streams.records.anomaly import Change, Why
from streams.register.actions import ActionBook
from streams.register.muting import Muting
from streams.register.silences import SilenceBook

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence
    from datetime import tzinfo

    from streams.alerts.decide.episode import Episode
    from streams.alerts.decide.repeats import Repeats
    from streams.alerts.decide.stages import Candidate
    from streams.alerts.words.message import Lanes, Notification
    from streams.records.anomaly import Anomaly, Transition


class Dispatch:
    """Decides and composes; sending is the caller's (`Outbox.put`), so that backtest lists what would be sent.

    All times are in ms.

    Args:
        titles: what people call the metrics.
        zone: in whose time messages name times.
        actions: what people and Pharos did, filled by whoever reads it; none in a backtest.
        muting: what keeps anomalies quiet; nothing in a backtest.
        routes: whom to notify of what.
        repeats: repeats and chains of escalation; none in a backtest.
        open_anomalies: all that are open, as far as another source than `handle` knows.

    """

    def __init__(
        self,
        titles: Titles,
        zone: tzinfo,
        *,
        actions: ActionBook | None = None,
        muting: Muting | None = None,
        routes: Routes | None = None,
        repeats: Repeats | None = None,
        open_anomalies: Callable[[], Iterable[Anomaly]] = tuple,
    ) -> None:
        self._titles = titles
        self._zone = zone
        book = ActionBook() if actions is None else actions
        self.log = NotificationLog(book)
        self._episodes = Episodes()
        self._sources = Sources(
            self._episodes, book, self.log, muting or Muting(SilenceBook()), routes or Routes(), open_anomalies
        )
        self.reminders = Reminders(self._sources, titles, zone, repeats)

    def handle(self, transition: Transition, now: int, *, sole: bool = False) -> tuple[Ruling, Notification | None]:
        """The ruling, and the notification where it is NOTIFY. `sole`: whether no other worker has read it."""
        anomaly = transition.anomaly
        situation = Situation(self._sources, now)
        episode = self._episodes.of(anomaly)
        candidate = situation.candidate(anomaly, episode, transition)
        ruling = rule(Occasion.NEWS, candidate)
        if ruling is Ruling.REPEAT:
            return ruling, None
        if transition.change is Change.RESOLVED:
            lanes = union(episode.receivers, candidate.logged.receivers) or None
        else:
            lanes = candidate.lanes
            _follow(episode, ruling, candidate, sole=sole)
        self._episodes.read(episode, transition)
        if ruling is not Ruling.NOTIFY:
            return ruling, None
        return ruling, replace(compose(transition, self._titles, situation.others, self._zone), lanes=lanes)

    def leave_group(self, waited: Sequence[Notification], now: int) -> list[Notification]:
        """Of news that waited in a group, what is still to be sent: not what was muted meanwhile, but each end."""
        newest = {one.anomalies[0].episode: one for one in waited if one.kind != Change.RESOLVED}
        situation = Situation(self._sources, now)
        return [
            one
            for one in waited
            if one.kind == Change.RESOLVED
            or self._is_news(one.anomalies[0], situation, is_newest=newest[one.anomalies[0].episode] is one)
        ]

    def caught_up(self, now: int, handled: int) -> bool:
        """Whether something is held, and anomalies are handled up to `STALE_MS` before `now`."""
        return now - handled <= STALE_MS and bool(self._episodes.held())

    def digests(self, now: int, handled: int, everybody: Sequence[str] = ()) -> list[Notification]:
        """Of what was held and is still open, once the worker has caught up, one digest for each receiver.

        Those who hear of the same share one. `everybody`: all names, for what the routes leave to all.
        """
        if not self.caught_up(now, handled):
            return []
        situation = Situation(self._sources, now)
        due, first = [], set()
        for episode, held in self._episodes.held():
            candidate = situation.candidate(held.anomaly, episode, held)
            episode.held = None
            episode.mute = candidate.mute or episode.mute
            if rule(Occasion.DIGEST, candidate) is not Ruling.NOTIFY:
                continue
            if not episode.informed:
                first.add(held.id)
            episode.notify(held.anomaly, candidate.lanes, now)
            due.append((held, candidate.lanes))
        return [self._digest(held, lanes, first, situation) for lanes, held in by_lanes(due, everybody).items()]

    def _is_news(self, then: Anomaly, situation: Situation, *, is_newest: bool) -> bool:
        """What counts is the anomaly as it is by now; of how it was, while that is muted, only the newest is sent."""
        episode = self._episodes.of(then)
        latest = episode.anomaly or then
        ruling = rule(Occasion.GROUP, situation.candidate(latest, episode))
        if ruling is Ruling.NOTIFY:
            episode.leave_group()
            return is_newest or situation.mute(then) is None
        episode.withdraw(situation.mute(latest))
        return False

    def _digest(
        self, held: Sequence[Transition], lanes: Lanes, first: Container[str], situation: Situation
    ) -> Notification:
        """`first`: ids of what nobody was notified of: to a system it opens now, whatever happened to it since."""
        apart = (replace(one, change=Change.OPENED, why=Why.OPENED) if one.id in first else one for one in held)
        parts = (compose(one, self._titles, situation.others, self._zone) for one in apart)
        return replace(digest_of(held, self._titles, tuple(replace(part, lanes=lanes) for part in parts)), lanes=lanes)


def _follow(episode: Episode, ruling: Ruling, candidate: Candidate, *, sole: bool) -> None:
    """What a ruling on news of an open episode changes."""
    episode.mute = None if ruling is Ruling.NOTIFY else candidate.mute or episode.mute
    if ruling is Ruling.LOGGED:
        episode.recall(candidate.logged)
    elif ruling is Ruling.HELD:
        episode.held = candidate.transition
    elif ruling is Ruling.SYMPTOM:
        episode.held = None
    elif ruling is Ruling.NOTIFY:
        episode.queue(candidate.anomaly, candidate.lanes, candidate.now, sole=sole)
