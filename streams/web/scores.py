"""What scorecards say, as every worker reads it of pharos-scores: over HTTP, and for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from streams.records.score_event import decode
from streams.web.guard import facts_of, json_response, needs
from streams.web.security import Role, Security
from streams.web.series_labels import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aiohttp import web

    from streams.catalogue.metric import Metric
    from streams.catalogue.scorecard import Scorecard
    from streams.records.score import Score
    from streams.web.data_scope import DataScope

PATH: Final = "/api/v1/scorecards"
SHOWN: Final = 200
_MOST: Final = 20_000


class ScoreBook:
    """The last score of each scorecard and part.

    Attributes:
        undecodable: records that were no scores.

    """

    def __init__(self) -> None:
        self.undecodable = 0
        self._scores: dict[str, Score] = {}

    def take(self, value: bytes | None) -> None:
        """One record of pharos-scores. Never raises."""
        try:
            score = decode(value or b"")
        except msgspec.DecodeError:
            self.undecodable += 1
            return
        before = self._scores.pop(score.key, None)
        if before is not None and before.time > score.time:
            score = before
        self._scores[score.key] = score
        if len(self._scores) > _MOST:
            del self._scores[next(iter(self._scores))]  # the one that was told longest ago

    def of(self, data_scope: DataScope) -> list[Score]:
        """What loses a level first, then the lowest scores."""
        seen = [score for score in self._scores.values() if data_scope.sees(score.scope)]
        return sorted(seen, key=lambda score: (-_worst(score), score.score, score.key))


def add_scorecards(
    app: web.Application, book: ScoreBook, cards: Sequence[Scorecard], metrics: Iterable[Metric], security: Security
) -> None:
    """Adds the route `PATH`: ?scorecard=NAME and ?store=VALUE choose, ?limit=N shows more or fewer."""
    names = {card.name: card for card in cards}
    titles = {metric.name: [metric.title, metric.title_zh] for metric in metrics}

    async def listed(request: web.Request) -> web.Response:
        asked = dict(request.query)
        limit = asked.pop("limit", str(SHOWN))
        if not limit.isascii() or not limit.isdigit() or not 0 < int(limit) <= _MOST:
            return json_response({"error": f"`limit` is a number from 1 to {_MOST:,}."}, 400)
        name = asked.pop("scorecard", None)
        chosen = [
            score
            for score in book.of(security.data_scope_of(facts_of(request)))
            if name in {None, score.scorecard} and asked.items() <= score.scope.items()
        ]
        return json_response(
            {
                "scorecards": [_card(card) for card in names.values()],
                "titles": {one: titles[one] for one in sorted(_metrics_of(cards)) if one in titles},
                "scores": [msgspec.to_builtins(score) for score in chosen[: int(limit)]],
                "more": max(len(chosen) - int(limit), 0),
            }
        )

    app.router.add_get(PATH, needs(Role.VIEWER, security, listed, in_part=True))


def score_lines(scores: Iterable[Score]) -> Iterator[tuple[str, str, list[str]]]:
    """Families of Prometheus with their lines: name, what it is, lines."""
    told = list(scores)
    for name, described, attribute in (
        ("pharos_scorecard_score", "The score of a scorecard, today so far.", "score"),
        ("pharos_scorecard_level", "The whole number that the score has reached.", "level"),
        ("pharos_scorecard_tonight", "What the score will be at the end of today, as it goes.", "tonight"),
        ("pharos_scorecard_loss_probability", "How likely it is that yesterday's level is lost tonight.", "chance"),
    ):
        lines = [(score, getattr(score, attribute)) for score in told]
        yield name, described, [f"{name}{{{_labels(score)}}} {of:.6g}\n" for score, of in lines if of is not None]


def _labels(score: Score) -> str:
    dimensions = sorted(score.scope.items())
    labels = [f'scorecard="{escaped(score.scorecard)}"', f'scope="{"+".join(score.scope)}"']
    return ",".join([*labels, *(f'{name}="{escaped(value)}"' for name, value in dimensions)])


def _worst(score: Score) -> float:
    chances = [score.chance, *(one.chance for one in score.indicators)]
    return max((chance for chance in chances if chance is not None), default=0.0)


def _card(card: Scorecard) -> dict[str, Any]:
    return {
        "name": card.name,
        "title": card.title,
        "title_zh": card.title_zh,
        "of": card.of,
        "example": card.example,
        "source": card.source,
    }


def _metrics_of(cards: Iterable[Scorecard]) -> set[str]:
    return {indicator.metric for card in cards for indicator in card.indicators}
