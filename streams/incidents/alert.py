"""The life-cycle of one alert from firing on: firing, recovering, resolved. Pending comes before it."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING

import msgspec

from detectors.judgement import Reason
from streams.catalogue.metric import GRAVITY, Metric, Severity
from streams.records.impact import Toll, affected_by_now, noted
from streams.records.verdicts import Contributor, Verdict  # noqa: TC001 - msgspec reads the annotation at run time

if TYPE_CHECKING:
    from streams.incidents.policy import Policy

_STALL, _DRIFT = Reason.STALL.name, Reason.DRIFT.name


class State(enum.StrEnum):
    """States of an anomaly as it is published."""

    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class TickEffect(enum.StrEnum):
    """What a tick did to an alert."""

    FROZEN = "frozen"  # nothing could be judged
    STALE = "stale"  # nothing could be judged for too long
    HELD = "held"  # as before
    RECOVERING = "recovering"
    REFIRED = "refired"
    CLEAR = "clear"  # clear for long enough to be resolved


class Alert(msgspec.Struct, kw_only=True):
    """An alert of one series from firing on. Times are event time in ms; 0 stands for not yet.

    Attributes:
        opened: the tick at which it fired.
        started: when the data shows that it began.
        judged: the last tick at which it could be judged.
        clear_since: the first tick of the present stretch below the clear threshold.
        resolved: the tick at which it was resolved.
        verdict: the newest that could be judged.
        title, unit, runbook: the metric's, kept so that the alert can end after the metric has gone.
        peak, peak_deviation: the value furthest from its expectation, and how far.
        peak_rate, peak_excess: the largest excess so far, per second and as it is: what this alert can account for.
        contributors, contributors_score: where it came from when that was clearest, and how surprising it was then.
        severity: the highest so far.
        toll: how many events were affected so far, by time.
        published_at, published_score, published_effect: what was published last; the effect in minimum effects.
        host: the alert that this one is attached to; such a one is not published itself.
        changes: ticks at which this series opened, fired again or ended, for flapping.

    """

    fingerprint: str
    metric: str
    title: str
    unit: str
    runbook: str
    touchpoint: str
    scope: dict[str, str]
    good: bool
    direction: str
    opened: int
    started: int
    judged: int
    verdict: Verdict
    peak: float
    peak_deviation: float
    peak_rate: float
    peak_excess: float
    severity: Severity
    incident: str
    state: State = State.FIRING
    clear_since: int = 0
    resolved: int = 0
    published_at: int = 0
    published_score: float = 0.0
    published_effect: float = 0.0
    caused_by: str | None = None
    toll: Toll = []
    host: str | None = None
    contributors: list[Contributor] = []
    contributors_score: float = 0.0
    changes: list[int] = []

    @property
    def open(self) -> bool:
        return self.state is not State.RESOLVED

    @property
    def ended(self) -> int:
        """When it became normal, or 0."""
        return self.clear_since or self.resolved if self.state is State.RESOLVED else 0

    def step(self, verdict: Verdict | None, now: int, policy: Policy) -> TickEffect:  # noqa: PLR0911 - a step each
        """Takes the verdict of this tick; None or an insufficient one freezes the alert as it is."""
        if verdict is None or verdict.insufficient or not math.isfinite(verdict.value):
            if verdict is None and self.clear_since and now - self.clear_since >= self.keep_ms(now, policy):
                return TickEffect.CLEAR  # it was clear for so long that it is no longer reported
            return TickEffect.STALE if now - self.judged >= policy.stale_ms else TickEffect.FROZEN
        self.judged = now
        self.verdict = verdict
        score = verdict.score if self.same_kind(verdict) else 0.0
        if score >= policy.clear_score:
            self.clear_since = 0
            if deviation(verdict) > self.peak_deviation:
                self.peak, self.peak_deviation = verdict.value, deviation(verdict)
            self.peak_rate = max(self.peak_rate, excess_rate(verdict))
            self.peak_excess = max(self.peak_excess, verdict.excess)
            if verdict.contributors and verdict.score >= self.contributors_score:
                self.contributors, self.contributors_score = verdict.contributors, verdict.score
            self.count_affected(now)
            if score >= 1 and self.state is State.RECOVERING:
                self.state = State.FIRING
                self.note_change(now, policy)
                return TickEffect.REFIRED
            return TickEffect.HELD
        self.clear_since = self.clear_since or now
        if now - self.clear_since >= self.keep_ms(now, policy):
            return TickEffect.CLEAR
        if self.state is State.FIRING and not self.flapping(now, policy):
            self.state = State.RECOVERING
            return TickEffect.RECOVERING
        return TickEffect.HELD

    @property
    def affected(self) -> float:
        """Events beyond what is normal since it began; 0 where the unit does not tell."""
        return self.toll[-1][1] if self.toll else 0.0

    def count_affected(self, now: int) -> None:
        """Adds what the newest verdict shows."""
        self.toll = noted(self.toll, now, affected_by_now(self.toll, self.verdict, self.unit, now))

    def same_kind(self, verdict: Verdict) -> bool:
        """Whether a verdict deviates the way this alert does: the rebound after a slump is another thing."""
        return verdict.good == self.good and verdict.direction == self.direction

    def note_change(self, now: int, policy: Policy) -> None:
        self.changes = [*(tick for tick in self.changes if tick > now - policy.flap_within_ms), now]

    def echoes(self, began: int, window_s: int, now: int, policy: Policy, *, by_days: bool) -> bool:
        """Whether a deviation that began then is this one's, seen through a window that reaches back before its end.

        What is found `by_days` is found after a day has ended.
        """
        reach_ms = min(1000 * window_s, policy.echo_ms) + (policy.echo_ms if by_days else 0)
        return not self.open and began <= self.ended and now - reach_ms <= self.ended

    def flapping(self, now: int, policy: Policy) -> bool:
        return sum(tick > now - policy.flap_within_ms for tick in self.changes) >= policy.flap_changes

    def keep_ms(self, now: int, policy: Policy) -> int:
        return policy.flap_keep_ms if self.flapping(now, policy) else policy.keep_firing_ms

    def escalate(self, severity: Severity) -> bool:
        """Raises the severity, never lowers it; whether it rose."""
        if GRAVITY[severity] <= GRAVITY[self.severity]:
            return False
        self.severity = severity
        return True

    def worsened(self, now: int, metric: Metric, policy: Policy) -> bool:
        """Whether it is clearly worse than what was published last, and it is time to publish it.

        Worse is a larger effect. The score grows with what has been seen, not with what is wrong.
        """
        if self.state is not State.FIRING or self.verdict.score < 1 or now - self.published_at < policy.worse_ms:
            return False
        away = effect(self.verdict, metric)
        return away >= max(self.published_effect * policy.worse_factor, self.published_effect + 1)

    def published(self, now: int, metric: Metric) -> None:
        """Notes that its present badness was published."""
        self.published_at = now
        self.published_score = max(self.published_score, self.verdict.score)
        self.published_effect = max(self.published_effect, effect(self.verdict, metric))


def deviation(verdict: Verdict) -> float:
    """Distance of the value from its expectation, in the unit of the metric; 0 where either is unknown."""
    away = abs(verdict.value - verdict.expected)
    return away if math.isfinite(away) else 0.0


def excess_rate(verdict: Verdict) -> float:
    """Excess per second, so that windows of different length compare."""
    return verdict.excess / max(verdict.window_s, 1)


def effect(verdict: Verdict, metric: Metric) -> float:
    """The deviation in minimum effects: absolute for ratios, relative to the expectation for all else."""
    unit = 1.0 if metric.unit == "ratio" else max(abs(verdict.expected), 1e-9)
    return deviation(verdict) / unit / max(metric.minimum_effect, 1e-9)


def severity_of(verdict: Verdict, metric: Metric, policy: Policy) -> Severity:
    """Critical from `policy.critical_score` on where the metric allows it; what is good is never more than info."""
    if verdict.good or metric.severity is Severity.INFO:
        return Severity.INFO
    critical = metric.severity is Severity.CRITICAL and verdict.score >= policy.critical_score
    return Severity.CRITICAL if critical else Severity.WARNING


def is_settled(verdict: Verdict, policy: Policy) -> bool:
    """Whether the detector itself has waited: a run of events that stay away is as long as certainty takes."""
    return verdict.reason == _STALL and not verdict.good and verdict.window_s * 1000 >= policy.run_ms


def by_days(verdict: Verdict) -> bool:
    """Whether it was found by whole days, after the last of them had ended."""
    return verdict.reason == _DRIFT


def began(verdict: Verdict, seen: int) -> int:
    """When what was first seen at a tick began: what is found by days stands all day and began so long before."""
    if by_days(verdict):
        return seen - 1000 * verdict.window_s
    return min(verdict.started_at or seen, seen)


def is_cliff(verdict: Verdict, metric: Metric, policy: Policy) -> bool:
    """So clear that waiting would only cost time."""
    return not verdict.good and verdict.score >= policy.cliff_score and effect(verdict, metric) >= policy.cliff_effects
