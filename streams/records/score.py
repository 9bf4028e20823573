"""What a scorecard says of the shop or of a part of it."""

from __future__ import annotations

import msgspec


class ScoredIndicator(msgspec.Struct, frozen=True):
    """One indicator that has enough cases. Figures are in the unit of the metric; null is what is not known.

    Attributes:
        weight: its part of the score, 0 to 1: those of the indicators that are not missing add up to 1.
        cases: what the figure is of.
        days: on how many days of the window something could have been counted.
        value: the figure of the window with today so far.
        yesterday: the figure of the window that ended with yesterday.
        level, level_yesterday: the whole number that the score has reached.
        tonight, low, high: what the figure will be at the end of today, with nine chances in ten between low and high.
        limit: the worst figure that still has yesterday's level; null where that cannot be lost.
        chance: how likely it is, 0 to 1, that yesterday's level is lost tonight.

    """

    metric: str
    window_s: int
    unit: str
    weight: float
    cases: float
    days: int
    value: float
    score: float
    level: int
    yesterday: float | None = None
    level_yesterday: int | None = None
    tonight: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    chance: float | None = None


class MissingIndicator(msgspec.Struct, frozen=True):
    """One that is not scored, because it has too few cases: `minimum` are needed."""

    metric: str
    window_s: int
    cases: float
    minimum: float


class Score(msgspec.Struct, frozen=True):
    """A scorecard at a time.

    Attributes:
        valid_from: of the version that scores this day.
        example: it is not the rules of a platform as published.
        scope: {} is the whole shop.
        time: event time, RFC 3339.
        day: the natural day that is running.
        score, level: as it stands, with today so far.
        yesterday, level_yesterday: at the end of yesterday, by the same rules.
        tonight, low, high, chance: as of an indicator.

    """

    scorecard: str
    category: str
    valid_from: str
    example: bool
    scope: dict[str, str]
    time: str
    day: str
    score: float
    level: int
    indicators: list[ScoredIndicator]
    missing: list[MissingIndicator]
    yesterday: float | None = None
    level_yesterday: int | None = None
    tonight: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None

    @property
    def key(self) -> str:
        """Of the record: the last of each key counts."""
        return "|".join([self.scorecard, *(f"{name}={value}" for name, value in sorted(self.scope.items()))])
