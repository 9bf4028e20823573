"""The scorecards of a catalogue, those that are shipped beside it, and the metrics that their levels are told as."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from streams.catalogue.metric import Direction, Metric, Severity
from streams.catalogue.scorecard import Indicator, Polarity, Scorecard
from streams.catalogue.scorecard_rules import check_scorecard
from streams.catalogue.told import DAY_S, TOLD_DAYS
from streams.settings.located_yaml import Document, LocatedError, read_document, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SHIPPED: Final = Path(__file__).with_name("shipped_scorecards")
RUNBOOK: Final = "scorecard-level"


def read_scorecards(document: Document, metrics: Mapping[str, Metric], above: Sequence[Scorecard]) -> list[Scorecard]:
    """Those under `scorecards`. `above`: of other files. Raises LocatedError."""
    entries = document.value.get("scorecards", []) if isinstance(document.value, dict) else None
    if not isinstance(entries, list):
        what = "a list of scorecards, each with name, title, valid_from and indicators"
        raise document.error(("scorecards",), what)
    cards: list[Scorecard] = []
    for index in range(len(entries)):
        card = document.convert(("scorecards", index), Scorecard, (Scorecard, Indicator))
        for fault in check_scorecard(card, metrics, [*above, *cards]):
            raise document.error(("scorecards", index, *fault.path), fault.what)
        cards.append(card)
    return cards


def scorecards_of(names: Iterable[str], metrics: Mapping[str, Metric], above: Sequence[Scorecard]) -> list[Scorecard]:
    """Those of the setting `scorecards`: names of shipped ones, or paths of files. Raises LocatedError."""
    cards: list[Scorecard] = []
    for name in names:
        document = read_document(_path(name))
        if not isinstance(document.value, dict) or set(document.value) != {"scorecards"}:
            raise document.error((), "a file of scorecards has the key `scorecards`, and no other")
        cards += read_scorecards(document, metrics, [*above, *cards])
    return cards


def level_metrics(cards: Sequence[Scorecard], metrics: Mapping[str, Metric]) -> Iterator[Metric]:
    """What an anomaly of a level is said to be of: each indicator of each card once, then the card itself.

    They are counted by nobody; they lend their names, units and scopes to incidents, messages and boards.
    """
    for name in dict.fromkeys(card.name for card in cards):
        versions = [card for card in cards if card.name == name]
        named = {level_name(card, indicator): indicator for card in versions for indicator in card.indicators}
        card, scopes = versions[-1], ((versions[-1].of,) if versions[-1].of else (),)
        for own_name, indicator in named.items():
            metric, days = metrics[indicator.metric], indicator.window // DAY_S
            yield msgspec.structs.replace(
                metric,
                name=own_name,
                title=f"{card.title}: {metric.title}, {days} days",
                title_zh=f"{card.title_zh or card.title} · {metric.title_zh or metric.title} {days} 天",
                direction=Direction.DOWN if indicator.polarity is Polarity.MORE else Direction.UP,
                windows=(indicator.window,),
                told=(),
                scopes=scopes,
                severity=Severity.WARNING,
                target=None,
                threshold=None,
                symptom_of=(metric.name,),
                symptom_where={},
                symptom_after_s={},
                leading=False,
                runbook=RUNBOOK,
            )
        heaviest = max(card.indicators, key=lambda indicator: indicator.weight)
        yield Metric(
            id="N1",
            name=name,
            title=f"{card.title}: score",
            title_zh=f"{card.title_zh or card.title} · 得分",
            touchpoint=metrics[heaviest.metric].touchpoint,
            unit="number",
            signal="mean",
            direction=Direction.DOWN,
            minimum_effect=0.01,
            minimum_exposure=1,
            scopes=scopes,
            windows=(heaviest.window,),
            symptom_of=tuple(named),
            runbook=RUNBOOK,
        )


def level_name(card: Scorecard, indicator: Indicator) -> str:
    """The metric that the level of an indicator is told as."""
    days = indicator.window // DAY_S
    return f"{card.name}_{indicator.metric}" + (f"_{days}d" if days != TOLD_DAYS[0] else "")


def _path(name: str) -> Path:
    shipped = {file.stem: file for file in sorted(SHIPPED.glob("*.yaml"))}
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return path
    what = f'"{name}" is neither a scorecard that is shipped nor a file NAME.yaml{suggestion(name, shipped)}'
    raise LocatedError("scorecards", 1, 1, "scorecards", what)
