"""One scorecard of one part of the shop: its indicators, the score that they make, and how it will end today."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from streams.records.instant import rfc3339
from streams.records.score import MissingIndicator, Score, ScoredIndicator
from streams.scorecards import points
from streams.scorecards.outlook import chance_below, chance_of_loss, interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.catalogue.metric import Metric
    from streams.catalogue.scorecard import Indicator, Scorecard


class PartFigures(NamedTuple):
    """The figures of one metric, window and part: see `DayFigures`."""

    days: int
    cases: float
    value: float | None
    yesterday: float | None
    before: float | None
    tonight: float | None
    spread: float | None


Figures = dict[tuple[str, int], PartFigures]
"""By metric and window."""

_NONE = PartFigures(0, 0.0, None, None, None, None, None)


def score_of(
    card: Scorecard, part: str, figures: Figures, metrics: Mapping[str, Metric], time_ms: int, day: int
) -> Score | None:
    """What the card says; None where no indicator with a weight has enough cases."""
    known = {i: figures.get((i.metric, i.window), _NONE) for i in card.indicators}
    scored = {i: (of, of.value) for i, of in known.items() if of.value is not None and of.cases >= i.minimum_cases}
    weights = sum(indicator.weight for indicator in scored)
    if not weights > 0:
        return None
    indicators = [
        _indicator(indicator, found, value, metrics[indicator.metric].unit, indicator.weight / weights)
        for indicator, (found, value) in scored.items()
    ]
    total = sum(one.weight * one.score for one in indicators)
    yesterday = _sum(list(scored), [(one.weight, one.yesterday) for one in indicators])
    held = None if yesterday is None else points.level(yesterday)
    tonight = _sum(list(scored), [(one.weight, one.tonight) for one in indicators])
    low = high = chance = None
    if tonight is not None:
        spread = _spread(scored, indicators)
        low, high = interval(tonight, spread)
        chance = None if held is None else chance_below(tonight, spread, held)
    return Score(
        scorecard=card.name,
        category=card.category,
        valid_from=card.valid_from,
        example=card.example,
        scope={card.of: part} if card.of else {},
        time=rfc3339(time_ms),
        day=date.fromordinal(day).isoformat(),
        score=total,
        level=points.level(total),
        indicators=indicators,
        missing=[
            MissingIndicator(indicator.metric, indicator.window, found.cases, indicator.minimum_cases)
            for indicator, found in known.items()
            if indicator not in scored
        ],
        yesterday=yesterday,
        level_yesterday=held,
        tonight=tonight,
        low=low,
        high=high,
        chance=chance,
    )


def _indicator(indicator: Indicator, found: PartFigures, value: float, unit: str, weight: float) -> ScoredIndicator:
    reached = points.score(indicator, value)
    held = None if found.yesterday is None else points.level(points.score(indicator, found.yesterday))
    limit = None if held is None else points.limit(indicator, held)
    low = high = chance = None
    if found.tonight is not None and found.spread is not None:
        low, high = interval(found.tonight, found.spread)
        chance = 0.0 if limit is None else chance_of_loss(indicator, found.tonight, found.spread, limit)
    return ScoredIndicator(
        metric=indicator.metric,
        window_s=indicator.window,
        unit=unit,
        weight=weight,
        cases=found.cases,
        days=found.days,
        value=value,
        score=reached,
        level=points.level(reached),
        yesterday=found.yesterday,
        level_yesterday=held,
        tonight=found.tonight,
        low=low,
        high=high,
        limit=limit,
        chance=None if held is None else chance,
    )


def _sum(indicators: list[Indicator], figures: list[tuple[float, float | None]]) -> float | None:
    """The score of other figures of the same indicators; None where one of them is not known."""
    total = 0.0
    for indicator, (weight, figure) in zip(indicators, figures, strict=True):
        if figure is None and weight > 0:
            return None
        total += weight * points.score(indicator, figure) if figure is not None else 0.0
    return total


def _spread(scored: Mapping[Indicator, tuple[PartFigures, float]], indicators: list[ScoredIndicator]) -> float:
    """Of the score at the end of today, as if its figures had nothing to do with one another."""
    squares = 0.0
    for (indicator, (found, _)), one in zip(scored.items(), indicators, strict=True):
        if found.tonight is not None and found.spread is not None:
            squares += (one.weight * points.slope(indicator, found.tonight) * found.spread) ** 2
    return math.sqrt(squares)
