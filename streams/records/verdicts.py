"""The record of topic pharos-verdicts: what the detectors say at one tick of one cells partition."""

from __future__ import annotations

from typing import Final

import msgspec

from streams.records.compared import Compared  # noqa: TC001 - msgspec reads it at run time
from streams.records.day_figures import DayFigures  # noqa: TC001 - msgspec reads the annotation at run time
from streams.records.staffing import StaffingNeed  # noqa: TC001 - msgspec reads the annotation at run time

CLEAR_SCORE: Final = (
    0.7  # below it a series is clear and its alert recovers; between it and 1 an alert stays what it is
)
ALMOST_SCORE: Final = 0.99  # has the evidence, and too few cases to be told by itself (`detectors.judgement.ALMOST`)
REPORTED_FOR_MS: Final = 1_200_000  # so long a series is reported after it was last not clear: an alert ends within it


class Contributor(msgspec.Struct, frozen=True):
    """A segment's part in a change: share of the whole change, split into rate and mix (docs/semantics.md).

    One with the scope of what has changed is the rest: all that is not named, so that shares add up to 1.
    """

    scope: dict[str, str]
    share: float
    rate: float
    mix: float


class Verdict(msgspec.Struct, frozen=True):
    """One series at one tick, as judged by its most surprising detector.

    Attributes:
        metric: `Metric.name`.
        score: 1 is the limit of normal, 2 twice as surprising in log-probability; never negative.
        direction: "up" or "down", where the value lies from what was expected.
        good: the deviation is in the good direction: an opportunity, severity info.
        excess: how many events too many or too few, never negative; what localisation adds up over scopes.
        reason: name of a `detectors.judgement.Reason`.
        insufficient: there was too little to judge: an open alert freezes.
        started_at: ms, when the data shows that it began; 0 below score 1.
        contributors: whom it comes from, the rest of it last; empty where no segment stands out.
        standouts: of these the ones that differ from all others, the smallest set that explains the change; None where
            nobody has looked, as for what is good.
        level: of a scorecard, the one that was lost or may be.
        staffing: of staffing, what the queue needs and has.

    """

    metric: str
    scope: dict[str, str]
    window_s: int
    value: float
    expected: float
    lower: float
    upper: float
    exposure: float
    excess: float
    score: float
    direction: str
    reason: str
    good: bool = False
    insufficient: bool = False
    started_at: int = 0
    contributors: list[Contributor] = []
    standouts: list[dict[str, str]] | None = None
    level: int | None = None
    staffing: StaffingNeed | None = None


class Pulse(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole of a metric at one tick, judged or not: what the page draws.

    `missing`: there was no case to say anything of, so that the numbers mean nothing. Where it is not known yet what is
    usual, `expected`, `lower` and `upper` are 0. `low` and `high`: the 95 % interval of the value, where it has one.
    `last_sale`: what it was at the same time of the entry of the calendar that the present one is like.
    `changes`: what it was before changes of one's own that name it, and is since.
    """

    metric: str
    value: float
    expected: float
    lower: float
    upper: float
    score: float
    missing: bool = False
    low: float | None = None
    high: float | None = None
    last_sale: float | None = None
    changes: list[Compared] = []


class SoFar(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of the cases of a cohort that were opened just now, in the whole: what is not final before their deadlines.

    Attributes:
        metric: `Metric.name`.
        share: of `cases`, what counts so far; None where none was opened.
        cases: how many were opened.

    """

    metric: str
    share: float | None = None
    cases: int = 0


class Assessed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Feedback that acts from this tick on, and what it changed.

    Attributes:
        fingerprint: of the anomaly.
        id: of the action.
        opinion: an `Opinion`.
        limit: what the limit of the series is now, in times of the usual one.
        until: ms, until when it is so at the most, where that is known; 0: for good, or until it is over.
        level: of a new trend, what is expected now in times of what was expected; 0 where that is not known.

    """

    fingerprint: str
    id: str
    opinion: str
    limit: float = 1.0
    until: int = 0
    level: float = 0.0


class TickVerdicts(msgspec.Struct, frozen=True):
    """One record a tick and cells partition, also when nothing is to be said.

    Verdicts hold every series with score >= 1, and every series that had one and was last not clear (CLEAR_SCORE)
    within REPORTED_FOR_MS of event time (so that an alert sees its recovery, or that it can no longer be judged).

    A `quiet` one is no tick: no source has had events for so long that ticks are far apart, and all is judged up to
    `time`. Once a minute `so_far` holds every cohort that has provisional values: they are judged by nobody. Every five
    minutes `figures` holds those of natural days, which scorecards score.
    """

    partition: int
    time: int
    catalogue: str
    verdicts: list[Verdict]
    pulses: list[Pulse] = []
    quiet: bool = False
    assessed: list[Assessed] = []
    so_far: list[SoFar] = []
    figures: list[DayFigures] = []
