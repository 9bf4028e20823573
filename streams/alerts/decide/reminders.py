"""Notifications of what is still open although nothing is new of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from streams.alerts.decide.episode import State
from streams.alerts.decide.situation import Situation
from streams.alerts.decide.stages import STALE_MS, Occasion, Ruling, rule
from streams.alerts.words.message import acknowledgement_of, reminder_of
from streams.events.event_time import event_time_ms
from streams.records.scope import digest as short_hash
from streams.register.handling import ends_at, handling_of, snooze_over
from streams.register.muting import MuteReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from streams.alerts.decide.episode import Episode
    from streams.alerts.decide.repeats import Repeats
    from streams.alerts.decide.situation import Sources
    from streams.alerts.words.message import Lanes, Notification, Titles
    from streams.records.action import Taken
    from streams.records.anomaly import Anomaly
    from streams.register.muting import Mute

SETTLE_MS: Final = 30_000  # by then the opening of what is open has been read, if nobody has handled it before


class Reminders:
    """For the one worker to which it falls. `open_anomalies` are those that the board knows; `now` is in ms."""

    def __init__(self, sources: Sources, titles: Titles, zone: tzinfo, repeats: Repeats | None) -> None:
        self._sources = sources
        self._titles = titles
        self._zone = zone
        self._repeats = repeats

    def take_over(self, open_anomalies: Iterable[Anomaly], now: int) -> None:
        """After a restart, or after another worker: people know what the log says that was delivered.

        What was quiet until less than `STALE_MS` ago is reminded of: perhaps nobody ran when that was over. Of the rest
        see `missed`.
        """
        situation = Situation(self._sources, now)
        for anomaly, episode in self._sources.episodes.standing(open_anomalies):
            logged = self._sources.log.of(anomaly)
            if logged.delivered_at is not None:
                episode.recall(logged)
                episode.mute = situation.mute(anomaly) or situation.mute_ended(anomaly, now - STALE_MS)
            elif not episode.informed and not episode.has_been_read:
                episode.await_opening(now)

    def missed(self, open_anomalies: Iterable[Anomaly], now: int) -> list[Notification]:
        """Of what was open at `take_over`, what nobody has been notified of since, and is still open."""
        situation, found = Situation(self._sources, now), []
        for anomaly, episode in self._sources.episodes.standing(open_anomalies):
            if episode.state is not State.AWAITED or now - episode.since < SETTLE_MS:
                continue
            episode.state = State.UNNOTIFIED
            episode.mute = situation.mute(anomaly)
            last = situation.mute_ended(anomaly, event_time_ms(anomaly.detected_at) or 0)
            found += self._remind(situation, anomaly, episode, *(_over(last) if last else ("still open", "")))
        return found

    def remind(self, open_anomalies: Iterable[Anomaly], now: int) -> list[Notification]:
        """Of what is still open although its snooze, or what muted it, is over, each once.

        After a restart what was over for less than `STALE_MS` may come again: its id is the same.
        """
        situation, found = Situation(self._sources, now), []
        standing = self._sources.episodes.standing(open_anomalies)
        for anomaly, episode in standing:
            snooze = snooze_over(self._sources.actions.of(anomaly.fingerprint), anomaly, now)
            if snooze is None or ends_at(snooze) < now - STALE_MS:
                continue
            if episode.mark_done(f"{snooze.source} {snooze.id}"):
                found += self._remind(situation, anomaly, episode, "snooze over", snooze.id)
        for anomaly, episode in standing:
            last, episode.mute = episode.mute, situation.mute(anomaly)
            heard = last is not None and last.reason is MuteReason.INHIBITION and episode.informed
            if last is not None and episode.mute is None and not heard:
                found += self._remind(situation, anomaly, episode, *_over(last))
        return found

    def repeat(self, open_anomalies: Iterable[Anomaly], now: int) -> list[tuple[Notification, Taken | None]]:
        """Repeats and escalations that are due, each with what to write on pharos-actions once it is delivered."""
        if self._repeats is None:
            return []
        situation, found = Situation(self._sources, now), []
        for anomaly, episode in self._sources.episodes.standing(open_anomalies):
            if not episode.informed:
                continue
            candidate = situation.candidate(anomaly, episode)
            if rule(Occasion.REMINDER, candidate) is not Ruling.NOTIFY:
                continue
            for due in self._repeats.due(anomaly, episode, now):
                lanes = candidate.lanes if due.receivers is None else due.receivers
                found.append((self._still_open(situation, anomaly, episode, due.id, due.news, lanes), due.record))
        return found

    def acknowledge(self, open_anomalies: Iterable[Anomaly], now: int) -> list[Notification]:
        """That somebody has what people were notified of, each once: for systems that would go on calling people.

        After a restart each comes again: its id is the same.
        """
        found = []
        standing = self._sources.episodes.standing(open_anomalies)
        for anomaly, episode in sorted(standing, key=lambda pair: pair[0].episode):
            handling = handling_of(self._sources.actions.of(anomaly.fingerprint), anomaly, now)
            hold = handling.acked if episode.informed else None
            if hold is not None and not episode.acknowledged:
                found.append(replace(acknowledgement_of(anomaly, hold.by, now), lanes=episode.receivers))
            episode.acknowledged = hold is not None
        return found

    def _remind(
        self, situation: Situation, anomaly: Anomaly, episode: Episode, news: str, by: str
    ) -> list[Notification]:
        """None where a stage stops it. `news`: what is over; `by`: its id."""
        candidate = situation.candidate(anomaly, episode)
        if rule(Occasion.REMINDER, candidate) is not Ruling.NOTIFY:
            return []
        name = short_hash([news, *anomaly.episode, by])
        reminder = self._still_open(situation, anomaly, episode, name, news, candidate.lanes)
        episode.since = situation.now
        return [reminder]

    def _still_open(
        self, situation: Situation, anomaly: Anomaly, episode: Episode, name: str, news: str, lanes: Lanes
    ) -> Notification:
        episode.notify(anomaly, lanes, situation.now)
        composed = reminder_of(anomaly, name, news, situation.now, self._titles, situation.others, self._zone)
        return replace(composed, lanes=lanes)


def _over(mute: Mute) -> tuple[str, str]:
    """What is said with a reminder, and which one is over."""
    return f"{mute.reason} over", ",".join(mute.by)
