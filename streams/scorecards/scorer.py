"""Scores all parts at a tick, once the figures of all cells partitions are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.register.natural_days import NaturalDays
from streams.scorecards import points
from streams.scorecards.card import PartFigures, score_of
from streams.scorecards.levels import levels
from streams.scorecards.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from streams.catalogue.metric import Metric
    from streams.catalogue.scorecard import Scorecard
    from streams.records.day_figures import DayFigures
    from streams.records.score import Score
    from streams.records.verdicts import Verdict
    from streams.scorecards.card import Figures

TOLD_AGAIN_MS: Final = 900_000  # a score that has the same level is told every quarter of an hour


class ToldScores(msgspec.Struct):
    """What was told last of each score, by its key, and when: what a snapshot holds."""

    last: dict[str, tuple[str, int]] = {}


class Scored(msgspec.Struct, frozen=True):
    """What a tick gave: verdicts of levels, and the scores that are to be told."""

    verdicts: list[Verdict]
    scores: list[Score]


class Scorer:
    """The same figures give the same scores.

    Args:
        cards: every version of every scorecard.
        metrics: by name.
        timezone: of the shop, whose midnight ends a day.

    Attributes:
        told: which scores are told again only when they change.

    """

    def __init__(self, cards: Iterable[Scorecard], metrics: Mapping[str, Metric], timezone: str) -> None:
        by_name: dict[str, list[Scorecard]] = {}
        for card in cards:
            by_name.setdefault(card.name, []).append(card)
        self._versions = [Versions(versions) for versions in by_name.values()]
        self._metrics = metrics
        self._natural = NaturalDays(timezone)
        self.told = ToldScores()

    def score(self, now_ms: int, told: Iterable[DayFigures]) -> Scored:
        """Scores every part that figures are there of. Most ticks have none."""
        figures = list(told)
        result = Scored([], [])
        if not figures or not self._versions:
            return result
        day = max(one.day for one in figures)
        midnight_ms = self._natural.begins_ms(day)
        parts = _by_part(figures)
        for versions in self._versions:
            for part in sorted(parts.get(versions.of, ())):
                card = versions.on(day, part)
                found = parts[versions.of][part]
                score = None if card is None else score_of(card, part, found, self._metrics, now_ms, day)
                if card is None or score is None:
                    continue
                result.verdicts.extend(levels(card, score, found, midnight_ms))
                if self._is_news(score, now_ms):
                    result.scores.append(score)
        return result

    def _is_news(self, score: Score, now_ms: int) -> bool:
        ends = None if score.tonight is None else points.level(score.tonight)
        state = "|".join(map(str, [score.day, score.valid_from, score.level, ends, *(m.metric for m in score.missing)]))
        before, since = self.told.last.get(score.key, ("", 0))
        if state == before and now_ms - since < TOLD_AGAIN_MS:
            return False
        self.told.last[score.key] = (state, now_ms)
        return True


def _by_part(figures: Iterable[DayFigures]) -> dict[str, dict[str, Figures]]:
    """By dimension and part. Each metric is told by one partition, so that no order matters."""
    found: dict[str, dict[str, Figures]] = {}
    for one in figures:
        parts = found.setdefault(one.dimension, {})
        columns: Iterator[tuple[str, PartFigures]] = (
            (part, PartFigures(one.days, *numbers))
            for part, *numbers in zip(
                one.parts, one.cases, one.value, one.yesterday, one.before, one.tonight, one.spread, strict=True
            )
        )
        for part, numbers in columns:
            parts.setdefault(part, {})[one.metric, one.window_s] = numbers
    return found
