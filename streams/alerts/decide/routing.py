"""Which transitions are worth telling people, and why not the others."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams.catalogue.metric import Severity
from streams.events.event_time import event_time_ms
from streams.records.anomaly import Anomaly, Change, Episode, Transition, Why
from streams.register.handling import UNHANDLED, Handling
from streams.register.muting import MuteReason

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from streams.register.muting import Mute

STALE_MS = 15 * 60_000
_MOST_REMEMBERED = 20_000
_WORTH_TELLING = {Why.ESCALATED, Why.WORSENED}


class Ruling(enum.StrEnum):
    """What is done with a transition, and the reason."""

    NOTIFY = "notify"
    INFO = "info"  # good or merely interesting: never sent
    SYMPTOM = "symptom"  # its cause speaks for it
    NO_WORSE = "no_worse"  # a change that wakes nobody
    REPEAT = "repeat"  # seen before, or told before a restart
    OUTDATED = "outdated"  # people know of it by now, and what was new of it is too old
    HELD = "held"  # too old to page: if it is still open when the worker has caught up, a digest tells
    OVER = "over"  # over before the worker had caught up: nobody hears of it
    UNANNOUNCED = "unannounced"  # the end of something nobody was told of
    SNOOZED = "snoozed"  # somebody wants to hear of it later: when the snooze is over, what is still open is told
    ACKED = "acked"  # somebody has it already: its opening is no news
    UNROUTED = "unrouted"  # no receiver is meant to hear of it now
    SILENCED = "silenced"  # a silence holds it back: when it is over, what is still open is told
    MAINTENANCE = "maintenance"  # planned to be broken; as with a silence
    INHIBITED = "inhibited"  # another that is open speaks for it


class Circumstances(NamedTuple):
    """What is known beside the transition: what people did, what mutes it, and whether anybody is meant to hear.

    Of an opening also whether it was told before.
    """

    handling: Handling = UNHANDLED
    mute: Mute | None = None
    routed: bool = True
    told: bool = False


_USUAL = Circumstances()
_MUTED = {
    MuteReason.SILENCE: Ruling.SILENCED,
    MuteReason.MAINTENANCE: Ruling.MAINTENANCE,
    MuteReason.INHIBITION: Ruling.INHIBITED,
}


class Routing(msgspec.Struct):
    """Remembers what was told, so that every end that is told had a beginning.

    Attributes:
        told: fingerprints whose opening was sent and whose end was not.
        held: by fingerprint, the newest transition of what opened too long ago.
        latest: by fingerprint, the time of the newest transition and the ids seen at that time.
        unended: what people may have heard of, by another worker, so that its end is told.
        grave: fingerprints of what was told as critical.

    """

    told: set[str] = set()
    held: dict[str, Transition] = {}
    latest: dict[str, tuple[int, list[str]]] = {}
    unended: set[Episode] = set()
    grave: set[str] = set()

    def rule(self, transition: Transition, clock_ms: int, around: Circumstances = _USUAL) -> Ruling:
        """Transitions of an anomaly come in order. `clock_ms` is the worker's clock (docs/semantics.md).

        A snooze, and what mutes, hold back everything but the end of what was told; an ack holds back repeats, but no
        news for the worse. A graver anomaly is not snoozed any more: see `streams.register.handling`.
        """
        if self._repeated(transition):
            return Ruling.REPEAT
        if transition.change is Change.RESOLVED:
            return self._rule_end(transition.anomaly)
        if around.told:
            self.told.add(transition.anomaly.fingerprint)
            return Ruling.REPEAT
        ruling = self._rule_open(transition, clock_ms, around)
        if ruling is Ruling.NOTIFY:
            self._tell(transition.anomaly)
        elif ruling is Ruling.HELD:
            self.held[transition.anomaly.fingerprint] = transition
        elif ruling is Ruling.SYMPTOM:
            self.held.pop(transition.anomaly.fingerprint, None)
        return ruling

    def release(self, clock_ms: int, handled_ms: int, quiet: Container[str] = ()) -> list[Transition]:
        """What is still open of the held ones, once ticks are handled up to `STALE_MS` behind the clock.

        Those that are `quiet` are let go untold: the end of the snooze, or of what mutes them, tells of them.
        """
        if not self.caught_up(clock_ms, handled_ms):
            return []
        due = [held for fingerprint, held in self.held.items() if fingerprint not in quiet]
        for held in due:
            self._tell(held.anomaly)
        self.held.clear()
        return sorted(due, key=lambda t: (t.time, t.anomaly.fingerprint))

    def caught_up(self, clock_ms: int, handled_ms: int) -> bool:
        """Whether something is held, and the time has come to tell of it."""
        return bool(self.held) and clock_ms - handled_ms <= STALE_MS

    def remind(self, anomaly: Anomaly, around: Circumstances) -> Ruling:
        """Whether to tell of an anomaly, open as before, whose snooze is over, or that nothing mutes any more."""
        if anomaly.severity == Severity.INFO:
            return Ruling.INFO
        if anomaly.caused_by is not None:
            return Ruling.SYMPTOM
        if anomaly.fingerprint in self.held:
            return Ruling.HELD
        ruling = _rule_known(around)
        if ruling is Ruling.NOTIFY:
            self._tell(anomaly)
        return ruling

    def has_read(self, anomaly: Anomaly) -> bool:
        """Whether the opening was read here, so that this memory knows best."""
        time, _ = self.latest.get(anomaly.fingerprint, (-1, []))
        return time >= (event_time_ms(anomaly.detected_at) or 0)

    def resume(
        self,
        told: Iterable[Anomaly],
        untold: Iterable[Anomaly] = (),
        perhaps: Iterable[Anomaly] = (),
        grave: Iterable[str] = (),
    ) -> None:
        """Takes over from another worker, or after a restart: what is open was told, or not.

        `perhaps`: what may have been told, open or over; `grave`: fingerprints of what was told as critical.
        """
        forgotten = {anomaly.fingerprint for anomaly in untold}
        self.told -= forgotten
        self.told.update(anomaly.fingerprint for anomaly in told)
        self.grave = (self.grave - forgotten) | set(grave)
        self.unended = {anomaly.episode for anomaly in perhaps}

    def _rule_open(self, transition: Transition, clock_ms: int, around: Circumstances) -> Ruling:
        anomaly = transition.anomaly
        if anomaly.severity == Severity.INFO:
            return Ruling.INFO
        if anomaly.caused_by is not None:
            return Ruling.SYMPTOM
        if anomaly.fingerprint in self.held:
            return Ruling.HELD
        if transition.change is not Change.OPENED and transition.why not in _WORTH_TELLING:
            return Ruling.NO_WORSE
        if clock_ms - transition.time > STALE_MS:
            return Ruling.OUTDATED if self._is_known(anomaly) else Ruling.HELD
        return _rule_news(transition, around)

    def _rule_end(self, anomaly: Anomaly) -> Ruling:
        """Whoever was told hears of the end, however late."""
        fingerprint = anomaly.fingerprint
        missed = anomaly.episode in self.unended
        self.unended.discard(anomaly.episode)
        held = self.held.pop(fingerprint, None) is not None
        if fingerprint not in self.told and not missed:
            return Ruling.OVER if held else Ruling.UNANNOUNCED
        self.told.discard(fingerprint)
        self.grave.discard(fingerprint)
        return Ruling.NOTIFY

    def _tell(self, anomaly: Anomaly) -> None:
        self.told.add(anomaly.fingerprint)
        if anomaly.severity == Severity.CRITICAL:
            self.grave.add(anomaly.fingerprint)

    def _is_known(self, anomaly: Anomaly) -> bool:
        """Whether people were told of it, and of nothing less grave."""
        fingerprint = anomaly.fingerprint
        return fingerprint in self.told and (anomaly.severity != Severity.CRITICAL or fingerprint in self.grave)

    def _repeated(self, transition: Transition) -> bool:
        time, ids = self.latest.get(transition.anomaly.fingerprint, (-1, []))
        if transition.time < time or transition.id in ids:
            return True
        if len(self.latest) >= _MOST_REMEMBERED:
            self._forget_oldest()
        same_tick = ids if transition.time == time else []
        self.latest[transition.anomaly.fingerprint] = (transition.time, [*same_tick, transition.id])
        return False

    def _forget_oldest(self) -> None:
        """Half of what is over: its repeats would have come long ago."""
        over = sorted((time, f) for f, (time, _) in self.latest.items() if f not in self.told and f not in self.held)
        for _, fingerprint in over[: len(over) // 2]:
            del self.latest[fingerprint]


def _rule_news(transition: Transition, around: Circumstances) -> Ruling:
    ruling = _rule_known(around)
    return Ruling.NOTIFY if ruling is Ruling.ACKED and transition.change is not Change.OPENED else ruling


def _rule_known(around: Circumstances) -> Ruling:
    if around.mute is not None:
        return _MUTED[around.mute.reason]
    if not around.routed:
        return Ruling.UNROUTED
    if around.handling.snoozed is not None:
        return Ruling.SNOOZED
    return Ruling.NOTIFY if around.handling.acked is None else Ruling.ACKED
