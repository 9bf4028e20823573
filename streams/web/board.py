"""What the wallboard shows beside the register, kept in bounded memory: time lines, pulses, freshness.

Pure: fed by transitions, ticks and watermarks; the time of a question is an argument.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streams.catalogue.leading import leading_signals
from streams.catalogue.metric import TOUCHPOINTS
from streams.register.actions import Noted
from streams.register.handling import handling_of
from streams.web.courses import Courses
from streams.web.data_scope import EVERYTHING
from streams.web.effects import Effects
from streams.web.entry import entry_of
from streams.web.point import Point, interval_of, last_sale_of, of_pulse
from streams.web.provisional_view import ProvisionalView
from streams.web.rolling_view import RollingView
from streams.web.signal_view import part_view, signal_view
from streams.web.sources import Sources
from streams.web.timeline import merged, proposal_view
from streams.web.touchpoints import touchpoint_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.records.anomaly import Anomaly, Transition
    from streams.records.compared import Compared
    from streams.records.verdicts import TickVerdicts
    from streams.register.register import Register
    from streams.telemetry.blindness import BlindSpot
    from streams.web.data_scope import DataScope
    from streams.web.effects import EffectEntry
    from streams.web.entry import TimelineEntry
    from streams.web.timeline import ActionEntry, StepEntry

POINT_MS: Final = 30_000
POINTS: Final = 120
TIMELINE: Final = 100
SHOWN_OPEN: Final = 200
SHOWN_RECENT: Final = 20


class Board:
    """The state behind the page and the reading API.

    Args:
        register: the anomalies, and how they are handled.
        metrics: the catalogue's metrics, in the order in which they are shown; of gauges, which have no whole, names.
        topics: the source topics whose freshness is shown.
        timezone: IANA name of the shop's time zone.
        pace: how many times faster than life the records' clock runs; for a demo or a paced replay.
        live: whether the wall clock decides what is old (`time: live`): then nothing is taken for a replay.
        levels: of scorecards, which anomalies can be of, too.

    Attributes:
        courses: the line of each anomaly's series.
        effects: what feedback changed.
        cohorts: by metric that is a forecast, what it forecasts.

    """

    def __init__(
        self,
        register: Register,
        metrics: Iterable[Metric],
        topics: Iterable[str],
        timezone: str,
        pace: float = 1.0,
        *,
        live: bool = False,
        levels: Iterable[Metric] = (),
    ) -> None:
        self.register = register
        self._levels = {metric.name: metric for metric in levels}
        self._catalogue = {metric.name: metric for metric in metrics}
        self._metrics = {name: metric for name, metric in self._catalogue.items() if () in metric.scopes}
        self.cohorts = {name: metric.forecasts for name, metric in self._catalogue.items() if metric.forecasts}
        self._leading = leading_signals(self._metrics.values())
        self.timezone = timezone
        self._live = live
        self._blind: tuple[BlindSpot, ...] = ()
        self._timelines: dict[str, deque[TimelineEntry]] = {}
        self._points: dict[str, deque[Point]] = {name: deque(maxlen=POINTS) for name in self._metrics}
        self._scores: dict[str, float] = {}
        self._intervals: dict[str, tuple[float, float] | None] = {}
        self._last_sale: dict[str, float | None] = {}
        self._changes: dict[str, list[Compared]] = {}
        self._provisional = ProvisionalView(self._metrics.values())
        self._rolling = RollingView()
        self._heard: dict[str, int] = {}
        self._sources = Sources(topics, pace, live=live)
        self.courses = Courses()
        self.effects = Effects()
        self._version = 0

    @property
    def time(self) -> int:
        """Of the latest tick or transition, event time in ms."""
        return self.register.time

    @property
    def version(self) -> int:
        """Changes with whatever the page shows."""
        return self._version + self.register.version

    def transition(self, transition: Transition) -> None:
        """Takes an anomaly's change. A repeated one changes nothing."""
        if self.register.transition(transition) is Noted.REPEAT:
            return
        anomaly = transition.anomaly
        self._timelines.setdefault(anomaly.fingerprint, deque(maxlen=TIMELINE)).append(entry_of(transition))
        self.courses.keep(anomaly)
        self._forget()

    def tick(self, tick: TickVerdicts) -> None:
        """Takes the pulses of a tick; within half a minute of event time a newer one replaces the last point."""
        self.register.advance(tick.time)
        for pulse in tick.pulses:
            points = self._points.get(pulse.metric)
            if points is None or (points and points[-1].time > tick.time):
                continue
            if points and points[-1].time // POINT_MS == tick.time // POINT_MS:
                points.pop()
            point = of_pulse(tick.time, pulse)
            points.append(point)
            self._scores[pulse.metric] = pulse.score
            self._intervals[pulse.metric] = interval_of(pulse)
            self._last_sale[pulse.metric] = last_sale_of(pulse)
            self._changes[pulse.metric] = pulse.changes
            if point.value is not None:
                self._heard[pulse.metric] = tick.time
        self._provisional.tick(tick)
        self._rolling.tick(tick)
        self.courses.tick(tick)
        self.effects.tick(tick)
        self._forget()
        self._version += 1

    def blind_to(self, spots: Iterable[BlindSpot]) -> None:
        """Why the worker sees nothing of what happens now; empty where it sees."""
        now = tuple(spots)
        if now != self._blind:
            self._blind = now
            self._version += 1

    def source(self, topic: str, watermark: int, now: int) -> None:
        """The topic's events have been read up to `watermark` (ms); `now` is the worker's clock."""
        if self._sources.moved(topic, watermark, now):
            self._version += 1

    def open_anomalies(self, data_scope: DataScope = EVERYTHING) -> list[Anomaly]:
        """Firing ones gravest first, then those that recover, then what is only noticed; the newest first in each."""
        return [
            self._seen(anomaly, data_scope)
            for anomaly in self.register.open_anomalies()
            if data_scope.sees(anomaly.scope)
        ]

    def recent_anomalies(self, data_scope: DataScope = EVERYTHING) -> list[Anomaly]:
        """Resolved within the last 24 h of event time, newest first, at most 1,000."""
        recent = (anomaly for _, anomaly in reversed(self.register.ended_anomalies()))
        return [self._seen(anomaly, data_scope) for anomaly in recent if data_scope.sees(anomaly.scope)]

    def shown(self, anomaly: Anomaly, now: int, data_scope: DataScope = EVERYTHING) -> dict[str, Any]:
        """The anomaly as it is published, and how it is handled at `now` (ms, the clock of people)."""
        register = self.register
        handling = handling_of(register.actions.of(anomaly.fingerprint), anomaly, now)
        plain: dict[str, Any] = msgspec.to_builtins(anomaly) | msgspec.to_builtins(handling)
        proposals = [proposal_view(step) for step in register.requests.waiting(anomaly.fingerprint, now)]
        flags = register.muting.flags(anomaly, now, register.others())
        if not self._is_seen(flags["inhibited_by"], data_scope):
            flags["inhibited_by"] = None
        return plain | flags | {"proposals": proposals}

    def anomaly(
        self, fingerprint: str, data_scope: DataScope = EVERYTHING
    ) -> tuple[Anomaly, list[TimelineEntry | ActionEntry | StepEntry | EffectEntry]] | None:
        """An open or recent anomaly with its time line, oldest first; None when unknown, or not seen."""
        anomaly = self.register.anomaly(fingerprint)
        if anomaly is None or not data_scope.sees(anomaly.scope):
            return None
        return self._seen(anomaly, data_scope), merged(
            self._timelines[fingerprint],
            self.register.actions.of(fingerprint),
            self.register.requests.of(fingerprint),
            self.effects.of(fingerprint),
        )

    def view(self, now: int, alerting_now: int | None = None, data_scope: DataScope = EVERYTHING) -> dict[str, Any]:
        """What the page draws, structs inside. `now` (ms, the worker's clock) judges freshness only.

        `alerting_now` is the clock of people, by which acks and snoozes end; left out, it is `now`.

        Ages are the reader's to compute: equal states give equal views, so that an ETag can save the body.
        """
        anomalies = self.open_anomalies(data_scope)
        recent = self.recent_anomalies(data_scope)
        clock = now if alerting_now is None else alerting_now
        sources = self._sources.states(now)
        return {
            "timezone": self.timezone,
            "time": self.time or None,
            "live": self._live,
            "blind": [
                {"reason": reason.value, "topic": topic, "amount": amount} for reason, topic, amount in self._blind
            ],
            "touchpoints": [
                touchpoint_state(touchpoint, anomalies, self._heard_of(touchpoint), sources, self.time)
                for touchpoint in TOUCHPOINTS
            ],
            "anomalies": [self.shown(anomaly, clock, data_scope) for anomaly in anomalies[:SHOWN_OPEN]],
            "open": len(anomalies),
            "recent": [self.shown(anomaly, clock, data_scope) for anomaly in recent[:SHOWN_RECENT]],
            "whole": data_scope.whole,
            # These are of the whole, which belongs to nobody who sees a part only.
            "metrics": self._signals() if data_scope.whole else [],
            "parts_only": [
                part_view(metric) for metric in self._catalogue.values() if metric.name not in self._metrics
            ],
            "titles": {
                name: [metric.title, metric.title_zh] for name, metric in (self._catalogue | self._levels).items()
            },
            "sources": sources,
        }

    def _seen(self, anomaly: Anomaly, data_scope: DataScope) -> Anomaly:
        return data_scope.narrowed(anomaly, lambda fingerprint: self._is_seen(fingerprint, data_scope))

    def _is_seen(self, fingerprint: str | None, data_scope: DataScope) -> bool:
        other = self.register.anomaly(fingerprint) if fingerprint else None
        return other is not None and data_scope.sees(other.scope)

    def metric(self, name: str) -> Metric | None:
        return self._catalogue.get(name) or self._levels.get(name)

    def pulses(self, metric: str) -> list[Point]:
        """The last hour of the whole of a metric; empty where it has no whole."""
        return list(self._points.get(metric, ()))

    def _heard_of(self, touchpoint: str) -> int | None:
        """When a metric of the touchpoint last had a value: 0 never, None when no metric watches it."""
        heard = [self._heard.get(name, 0) for name, metric in self._metrics.items() if metric.touchpoint == touchpoint]
        return max(heard, default=None)

    def _signals(self) -> list[dict[str, Any]]:
        return [
            signal_view(
                metric,
                self._scores.get(name),
                self._points[name],
                self._provisional.of(name),
                self._intervals.get(name),
                self._rolling.of(name),
                self._last_sale.get(name),
                self._changes.get(name, []),
                leading=name in self._leading,
            )
            for name, metric in self._metrics.items()
        ]

    def _forget(self) -> None:
        """Drops the time lines of what the register has forgotten."""
        if len(self._timelines) == len(self.register):
            return
        for fingerprint in [name for name in self._timelines if self.register.anomaly(name) is None]:
            del self._timelines[fingerprint]
            self.courses.drop(fingerprint)
