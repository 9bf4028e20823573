"""Levels that were lost, or will be tonight, as verdicts of a detector: what follows is the life-cycle of any other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from detectors.judgement import Reason
from streams.catalogue.scorecard import Polarity
from streams.catalogue.scorecards import level_name
from streams.records.verdicts import Verdict
from streams.scorecards import points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.scorecard import Indicator, Scorecard
    from streams.records.score import Score, ScoredIndicator
    from streams.scorecards.card import Figures

SURE: Final = 0.9  # so likely a loss must be to be told
_LOST: Final = 2.0
_MOST: Final = 3.0


def levels(card: Scorecard, score: Score, figures: Figures, midnight_ms: int) -> Iterator[Verdict]:
    """One verdict for each indicator whose level is known, and one for the score."""
    by_metric = {(one.metric, one.window_s): one for one in score.indicators}
    for indicator in card.indicators:
        one = by_metric.get((indicator.metric, indicator.window))
        if one is not None and one.level_yesterday is not None:
            before = figures[indicator.metric, indicator.window].before
            yield _of_indicator(card, indicator, one, score.scope, before, midnight_ms)
    if score.level_yesterday is not None and score.yesterday is not None:
        yield _of_score(card, score)


def surprise(chance: float) -> float:
    """1 where a loss is as likely as it must be to be told.

    >>> [round(surprise(chance), 2) for chance in (0.5, 0.9, 0.99, 1.0)]
    [0.3, 1.0, 2.0, 3.0]
    """
    return min(math.log(max(1 - chance, 1e-9)) / math.log(1 - SURE), _MOST)


def _of_indicator(
    card: Scorecard,
    indicator: Indicator,
    one: ScoredIndicator,
    scope: dict[str, str],
    before: float | None,
    midnight_ms: int,
) -> Verdict:
    held = None if before is None else points.level(points.score(indicator, before))
    ends = one.value if one.tonight is None else one.tonight
    lost = (
        held is not None
        and one.level_yesterday is not None
        and held > one.level_yesterday
        and points.level(points.score(indicator, ends)) < held
    )
    if lost and held is not None and before is not None:
        limit = points.limit(indicator, held)
        shown = (one.value, before, limit)
        return _verdict(card, indicator, one, scope, held, shown, _LOST, Reason.LEVEL_LOST, midnight_ms)
    score = surprise(one.chance or 0.0)
    reason = Reason.LEVEL_AT_RISK if score >= 1 else Reason.NORMAL
    expected = one.value if one.yesterday is None else one.yesterday
    shown = (ends, expected, one.limit)
    return _verdict(card, indicator, one, scope, one.level_yesterday, shown, score, reason, 0)


def _verdict(
    card: Scorecard,
    indicator: Indicator,
    one: ScoredIndicator,
    scope: dict[str, str],
    level: int | None,
    shown: tuple[float, float, float | None],
    score: float,
    reason: Reason,
    started_at: int,
) -> Verdict:
    value, expected, limit = shown
    more = indicator.polarity is Polarity.MORE
    bound = expected if limit is None else limit
    return Verdict(
        metric=level_name(card, indicator),
        scope=scope,
        window_s=indicator.window,
        value=value,
        expected=expected,
        lower=bound if more else min(expected, value),
        upper=max(expected, value) if more else bound,
        exposure=one.cases,
        excess=0.0,
        score=score,
        direction="down" if more else "up",
        reason=reason.name,
        started_at=started_at if score >= 1 else 0,
        level=level,
    )


def _of_score(card: Scorecard, score: Score) -> Verdict:
    value = score.score if score.tonight is None else score.tonight
    held, yesterday = score.level_yesterday or 0, score.yesterday or 0.0
    risk = surprise(score.chance or 0.0)
    return Verdict(
        metric=card.name,
        scope=score.scope,
        window_s=max(one.window_s for one in score.indicators),
        value=value,
        expected=yesterday,
        lower=float(held),
        upper=max(yesterday, value),
        exposure=sum(one.cases for one in score.indicators),
        excess=0.0,
        score=risk,
        direction="down",
        reason=(Reason.LEVEL_AT_RISK if risk >= 1 else Reason.NORMAL).name,
        level=held,
    )
