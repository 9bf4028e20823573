"""From a transition to a notification: the core of the notify agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from streams.alerts.decide.quieted import Quieted
from streams.alerts.decide.routes import Routes, by_lanes, union
from streams.alerts.decide.routing import STALE_MS, Circumstances, Routing, Ruling
from streams.alerts.decide.takeover import Takeover
from streams.alerts.decide.told import Told
from streams.alerts.words.message import (
    ACKNOWLEDGED,
    MAINTENANCE,
    Lanes,
    Notification,
    Titles,
    acknowledgement_of,
    compose,
    digest_of,
    nudge_of,
    reminder_of,
)
from streams.events.event_time import event_time_ms
from streams.records.anomaly import Change, Why
from streams.register.actions import ActionBook
from streams.register.handling import ends_at, handling_of, snooze_over
from streams.register.inhibition import OpenAnomalies
from streams.register.muting import MuteReason, Muting
from streams.register.silences import SilenceBook

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from datetime import tzinfo

    from streams.alerts.decide.insistence import Insistence
    from streams.records.action import Taken
    from streams.records.anomaly import Anomaly, Transition
    from streams.register.handling import Handling
    from streams.register.muting import Mute


class Dispatch:
    """Decides and composes; sending is the caller's (`Outbox.put`), so that backtest lists what would be sent.

    Args:
        titles: what people call the metrics.
        zone: whose time messages tell.
        routing: what was told before a restart.
        actions: what people did, filled by whoever reads it; none in a backtest.
        muting: what keeps anomalies quiet; nothing in a backtest.
        routes: whom to tell of what.
        insistence: repeats and chains of escalation; none in a backtest.
        open_anomalies: all that are open, as far as another source than `handle` knows.
        ended: when (ms) and what was resolved within a day, likewise.

    """

    def __init__(
        self,
        titles: Titles,
        zone: tzinfo,
        routing: Routing | None = None,
        actions: ActionBook | None = None,
        muting: Muting | None = None,
        routes: Routes | None = None,
        insistence: Insistence | None = None,
        open_anomalies: Callable[[], Iterable[Anomaly]] = tuple,
        ended: Callable[[], Iterable[tuple[int, Anomaly]]] = tuple,
    ) -> None:
        self._titles = titles
        self._zone = zone
        self._routing = routing or Routing()
        self._actions = ActionBook() if actions is None else actions
        self._muting = muting or Muting(SilenceBook())
        self._quieted = Quieted(self._muting)
        self._told = Told(self._actions)
        self._takeover = Takeover()
        self._routes = routes or Routes()
        self._insistence = insistence
        self._known_open = open_anomalies
        self._ended = ended
        self._told_to: dict[str, Lanes] = {}
        self._told_at: dict[str, int] = {}
        self._first_news: set[str] = set()  # what waits to be told together is the first that anybody hears of it
        self._anomalies: dict[str, Anomaly] = {}
        self._reminded: dict[tuple[str, str], int] = {}
        self._acked: set[tuple[str, str]] = set()

    @property
    def routing(self) -> Routing:
        return self._routing

    def resume(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> None:
        """After a restart, or after another worker: people know what pharos-actions says that they were told.

        Of the rest see `make_up`.
        """
        known = list(open_anomalies)
        since = [(anomaly, self._told.since(anomaly)) for anomaly in known]
        told = [anomaly for anomaly, at in since if at is not None]
        unread = [anomaly for anomaly, at in since if at is None and not self._routing.has_read(anomaly)]
        perhaps = [a for a in (*(ended for _, ended in self._ended()), *unread) if self._told.perhaps(a)]
        grave = [anomaly.fingerprint for anomaly in told if self._told.as_critical(anomaly)]
        self._routing.resume(told, unread, perhaps, grave)
        self._quieted.resume(told, clock_ms, clock_ms - STALE_MS, OpenAnomalies(known))
        self._takeover.begin(unread, clock_ms)
        self._told_at.update({anomaly.fingerprint: at for anomaly, at in since if at is not None})
        self._told_to.update({anomaly.fingerprint: self._told.whom(anomaly) for anomaly in told})

    def make_up(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> list[Notification]:
        """Of what was open at `resume`, what nobody was told of by then, nor since, and is still open."""
        others = self._open()
        found = []
        for anomaly in self._takeover.due(open_anomalies, clock_ms):
            mute = self._muting.of(anomaly, clock_ms, others)
            if mute is not None:
                self._quieted.note(anomaly, mute)
            elif self.unheard(anomaly.fingerprint) and self._may_remind(anomaly, clock_ms, others):
                last = self._muting.ended(anomaly, event_time_ms(anomaly.detected_at) or 0, clock_ms)
                found.append(self._reminder(anomaly, *(_over(last) if last else ("still open", "")), clock_ms))
        return found

    def records(self, action: str, told: Notification, receivers: Sequence[str], clock_ms: int) -> list[Taken]:
        """What to write on pharos-actions of each anomaly in it, `action` being TELLING or TOLD.

        `receivers`: all that there are, for what names none.
        """
        if told.kind in (Change.RESOLVED, ACKNOWLEDGED, MAINTENANCE):
            return []
        names = receivers if told.lanes is None else told.lanes
        found = (self._told.record(action, anomaly, names, clock_ms) for anomaly in told.anomalies)
        return [taken for taken in found if taken is not None]

    def unheard(self, fingerprint: str) -> bool:
        """Whether nobody was told of it so far, as far as is known."""
        return fingerprint not in self._routing.told

    def handle(self, transition: Transition, clock_ms: int) -> tuple[Ruling, Notification | None]:
        """The ruling, and the notification where it is NOTIFY."""
        anomaly = transition.anomaly
        self._anomalies[anomaly.fingerprint] = anomaly
        unheard = self.unheard(anomaly.fingerprint)
        around = self._around(anomaly, clock_ms, self._open())
        if transition.change is Change.OPENED:
            self._takeover.read(anomaly)
            around = around._replace(told=self._told.since(anomaly) is not None)
            if unheard:
                self._forget_told(anomaly.fingerprint)
        first = unheard or anomaly.fingerprint in self._first_news
        ruling = self._routing.rule(transition, clock_ms, around)
        notification = None
        if around.mute is not None and ruling is not Ruling.REPEAT:
            self._quieted.note(anomaly, around.mute)
        elif ruling is Ruling.NOTIFY:
            self._quieted.forget(anomaly.fingerprint)
        if ruling is Ruling.NOTIFY:
            composed = compose(transition, self._titles, self._others(), self._zone)
            notification = replace(composed, lanes=self._lanes(transition, clock_ms))
            if first:
                self._first_news.add(anomaly.fingerprint)
        if transition.change is Change.RESOLVED:
            del self._anomalies[anomaly.fingerprint]
            self._forget_told(anomaly.fingerprint)
        return ruling, notification

    def catch_up(self, clock_ms: int, handled_ms: int, everybody: Sequence[str] = ()) -> list[Notification]:
        """Of what was held and is still open, once the worker has caught up, one digest for each receiver.

        Those who hear of the same share one. `everybody`: all names, for what the routes leave to all.
        """
        if not self._routing.caught_up(clock_ms, handled_ms):
            return []
        quiet = set()
        others = self._open()
        for fingerprint, held in self._routing.held.items():
            around = self._around(held.anomaly, clock_ms, others)
            if around.mute is not None:
                self._quieted.note(held.anomaly, around.mute)
            if around.mute is not None or around.handling.snoozed is not None or not around.routed:
                quiet.add(fingerprint)
        news = {fingerprint for fingerprint in self._routing.held if self.unheard(fingerprint)}
        due = [(held, self._lanes(held, clock_ms)) for held in self._routing.release(clock_ms, handled_ms, quiet)]
        return [self._digest(held, lanes, news) for lanes, held in by_lanes(due, everybody).items()]

    def _digest(self, held: Sequence[Transition], lanes: Lanes, news: Container[str]) -> Notification:
        """`news`: what nobody has heard of, so that to a system it opens now, whatever happened to it since."""
        others = self._others()
        apart = (replace(t, change=Change.OPENED, why=Why.OPENED) if t.anomaly.fingerprint in news else t for t in held)
        parts = tuple(replace(compose(told, self._titles, others, self._zone), lanes=lanes) for told in apart)
        return replace(digest_of(held, self._titles, parts), lanes=lanes)

    def remind(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> list[Notification]:
        """Notifications of what is still open although its snooze, or what muted it, is over, each once.

        After a restart what was over for less than `STALE_MS` may come again: its id is the same.
        """
        known, others = list(open_anomalies), self._open()
        over = (*self._snoozes_over(known, clock_ms, others), *self._mutes_over(known, clock_ms, others))
        due = {told.id: told for told in over}
        return list(due.values())

    def still_news(self, gathered: Sequence[Notification], clock_ms: int) -> list[Notification]:
        """Of what has waited together, what is still to be told: what was muted meanwhile is not, the end of it is."""
        newest = {told.anomalies[0].episode: told for told in gathered if told.kind != Change.RESOLVED}
        return [
            told
            for told in gathered
            if told.kind == Change.RESOLVED
            or self._is_news(told, clock_ms, is_newest=newest[told.anomalies[0].episode] is told)
        ]

    def insist(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> list[tuple[Notification, Taken | None]]:
        """Repeats and escalations that are due, each with what to write on pharos-actions once it is delivered."""
        if self._insistence is None:
            return []
        known, others = list(open_anomalies), self._open()
        told = [
            (anomaly, self._told_at.get(anomaly.fingerprint, clock_ms))
            for anomaly in known
            if anomaly.fingerprint in self._routing.told and self._may_remind(anomaly, clock_ms, others)
        ]
        found: list[tuple[Notification, Taken | None]] = []
        for nudge in self._insistence.due(told, known, clock_ms):
            composed = nudge_of(nudge.anomaly, nudge.id, nudge.news, clock_ms, self._titles, self._others(), self._zone)
            lanes = self._tell(nudge.anomaly, clock_ms, nudge.receivers)
            found.append((replace(composed, lanes=lanes), nudge.record))
        return found

    def acknowledge(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> list[Notification]:
        """That somebody has what was told, each once: for systems that would go on calling people.

        After a restart each comes again: its id is the same.
        """
        told = [a for a in open_anomalies if a.fingerprint in self._routing.told]
        holds = {a.episode: (a, self._handling(a, clock_ms).acked) for a in told}
        acked = {key: (anomaly, hold) for key, (anomaly, hold) in holds.items() if hold is not None}
        news = [
            replace(acknowledgement_of(acked[key][0], acked[key][1].by, clock_ms), lanes=self._told_to.get(key[0]))
            for key in sorted(set(acked) - self._acked)
        ]
        self._acked = set(acked)
        return news

    def _is_news(self, told: Notification, clock_ms: int, *, is_newest: bool) -> bool:
        """What counts is the anomaly as it is by now; of how it was, while that is muted, only the newest is told."""
        then = told.anomalies[0]
        latest = self._anomalies.get(then.fingerprint, then)
        is_open = latest.episode == then.episode  # else it is over, and has come again
        now = latest if is_open else then
        others = self._open()
        mute = self._muting.of(now, clock_ms, others)
        if mute is None:
            self._first_news.discard(now.fingerprint)
            return is_newest or self._muting.of(then, clock_ms, others) is None
        if is_open:
            self._quieted.note(now, mute)
        if is_open and (told.kind == Change.OPENED or now.fingerprint in self._first_news):
            self._routing.told.discard(now.fingerprint)
            self._forget_told(now.fingerprint)
        return False

    def _snoozes_over(
        self, open_anomalies: Iterable[Anomaly], clock_ms: int, others: OpenAnomalies
    ) -> Iterator[Notification]:
        earliest = clock_ms - STALE_MS
        self._reminded = {key: ended for key, ended in self._reminded.items() if ended >= earliest}
        for anomaly in open_anomalies:
            over = snooze_over(self._actions.of(anomaly.fingerprint), anomaly, clock_ms)
            if over is None or ends_at(over) < earliest or _key(over) in self._reminded:
                continue
            self._reminded[_key(over)] = ends_at(over)
            if self._may_remind(anomaly, clock_ms, others):
                yield self._reminder(anomaly, "snooze over", over.id, clock_ms)

    def _mutes_over(
        self, open_anomalies: Iterable[Anomaly], clock_ms: int, others: OpenAnomalies
    ) -> Iterator[Notification]:
        for anomaly, mute in self._quieted.freed(open_anomalies, clock_ms, others):
            heard = mute.reason is MuteReason.INHIBITION and not self.unheard(anomaly.fingerprint)
            if not heard and self._may_remind(anomaly, clock_ms, others):
                yield self._reminder(anomaly, *_over(mute), clock_ms)

    def _may_remind(self, anomaly: Anomaly, clock_ms: int, others: OpenAnomalies) -> bool:
        return self._routing.remind(anomaly, self._around(anomaly, clock_ms, others)) is Ruling.NOTIFY

    def _reminder(self, anomaly: Anomaly, news: str, by: str, clock_ms: int) -> Notification:
        composed = reminder_of(anomaly, news, by, clock_ms, self._titles, self._others(), self._zone)
        self._told_at[anomaly.fingerprint] = clock_ms
        return replace(composed, lanes=self._tell(anomaly, clock_ms))

    def _lanes(self, transition: Transition, clock_ms: int) -> Lanes:
        """The end goes to whoever heard of the rest."""
        anomaly = transition.anomaly
        if transition.change is Change.RESOLVED:
            return self._told_to.get(anomaly.fingerprint, self._told.whom(anomaly) or None)
        return self._tell(anomaly, clock_ms)

    def _tell(self, anomaly: Anomaly, clock_ms: int, receivers: Lanes = None) -> Lanes:
        """Whom to tell now: those of the routes unless others are named. They will be told of the end."""
        self._first_news.discard(anomaly.fingerprint)
        lanes = self._routes.lanes(anomaly, clock_ms) if receivers is None else receivers
        self._told_to[anomaly.fingerprint] = union(lanes, self._told_to.get(anomaly.fingerprint, ()))
        self._told_at.setdefault(anomaly.fingerprint, clock_ms)
        return lanes

    def _forget_told(self, fingerprint: str) -> None:
        self._told_to.pop(fingerprint, None)
        self._told_at.pop(fingerprint, None)
        self._first_news.discard(fingerprint)

    def _others(self) -> dict[str, Anomaly]:
        """What is open: as `handle` knows it, else as others do."""
        return {anomaly.fingerprint: anomaly for anomaly in self._known_open()} | self._anomalies

    def _open(self) -> OpenAnomalies:
        return OpenAnomalies(self._others().values())

    def _around(self, anomaly: Anomaly, clock_ms: int, others: OpenAnomalies) -> Circumstances:
        return Circumstances(
            self._handling(anomaly, clock_ms),
            self._muting.of(anomaly, clock_ms, others),
            self._routes.lanes(anomaly, clock_ms) != (),
        )

    def _handling(self, anomaly: Anomaly, clock_ms: int) -> Handling:
        return handling_of(self._actions.of(anomaly.fingerprint), anomaly, clock_ms)


def _over(mute: Mute) -> tuple[str, str]:
    """What is said with a reminder, and by what it is told from others."""
    return f"{mute.reason} over", ",".join(mute.by)


def _key(taken: Taken) -> tuple[str, str]:
    return taken.source, taken.id
