"""A scorecard is data: which figures of 30, 60 or 90 days it scores, by which break points, with which weights."""

from __future__ import annotations

import enum

import msgspec


class Polarity(enum.StrEnum):
    """Which way a figure is better."""

    MORE = "more_is_better"
    LESS = "less_is_better"


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure of a scorecard.

    Attributes:
        metric: name of a metric that tells this window.
        window: in seconds, one of the metric's `told`.
        weight: beside those of the others; they need not add up to 1.
        breakpoints: (figure in the unit of the metric, score), figures ascending; between them the score is on a
            straight line, beyond them it stays.
        minimum_cases: with less the indicator is missing, and its weight goes to the others.

    """

    metric: str
    polarity: Polarity
    breakpoints: tuple[tuple[float, float], ...]
    window: int = 2_592_000
    weight: float = 1.0
    minimum_cases: float = 30.0


class Scorecard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a scorecard.

    Attributes:
        name: of all its versions, and the name under which its level raises an anomaly.
        category: of the goods that it is for; "" for parts that no other category of the name lists.
        valid_from: the first natural day, as 2026-10-01, that is scored by it; the version before it holds until then.
        of: the dimension whose values are scored, as store; "" where the shop as a whole is.
        only: the values that belong to the category.
        example: not the rules of a platform as it published them: said wherever a score of it is shown.
        source: where the rules are published.

    """

    name: str
    title: str
    valid_from: str
    indicators: tuple[Indicator, ...]
    title_zh: str = ""
    category: str = ""
    of: str = ""
    only: tuple[str, ...] = ()
    example: bool = False
    source: str = ""
