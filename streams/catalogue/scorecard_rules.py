"""What must hold of a scorecard: its metrics tell the windows, its break points ascend, its weights say something."""

from __future__ import annotations

import math
import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import Direction
from streams.catalogue.naming import unknown_metric
from streams.catalogue.scorecard import Polarity
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from streams.catalogue.metric import Metric
    from streams.catalogue.scorecard import Indicator, Scorecard

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_BAD_WAY: Final = {Polarity.MORE: Direction.UP, Polarity.LESS: Direction.DOWN}


def check_scorecard(card: Scorecard, metrics: Mapping[str, Metric], before: Sequence[Scorecard]) -> Iterator[Fault]:
    """All faults: where inside the card, and what to do about it. `before`: the cards above it."""
    if not _NAME.fullmatch(card.name):
        yield Fault(("name",), "write lower-case letters, digits and _, beginning with a letter")
    for metric in (card.name, *(f"{card.name}_{indicator.metric}" for indicator in card.indicators)):
        if metric in metrics:
            yield Fault(("name",), f'a metric is named "{metric}", as an anomaly of this card would be; choose another')
    if not card.title.strip():
        yield Fault(("title",), "must not be empty")
    yield from _check_versions(card, before)
    yield from _check_parts(card, before)
    if not card.indicators:
        yield Fault(("indicators",), "name at least one")
    elif not sum(indicator.weight for indicator in card.indicators) > 0:
        yield Fault(("indicators",), "the weights sum to 0; give at least one indicator a weight above 0")
    seen: set[tuple[str, int]] = set()
    for index, indicator in enumerate(card.indicators):
        for path, what in _check_indicator(indicator, card, metrics):
            yield Fault(("indicators", index, *path), what)
        if (indicator.metric, indicator.window) in seen:
            yield Fault(("indicators", index), f"{indicator.metric} of this window is scored twice; remove one of them")
        seen.add((indicator.metric, indicator.window))


def _check_versions(card: Scorecard, before: Sequence[Scorecard]) -> Iterator[Fault]:
    if not _is_day(card.valid_from):
        yield Fault(("valid_from",), f'"{card.valid_from}" is no day; write one as 2026-10-01')
    others = [other for other in before if (other.name, other.category) == (card.name, card.category)]
    if any(other.valid_from == card.valid_from for other in others):
        of = f" of category {card.category}" if card.category else ""
        yield Fault(
            ("valid_from",),
            f"two versions of {card.name}{of} begin on {card.valid_from}; give one of them another day, or remove it",
        )
    for other in before:
        if other.name == card.name and other.of != card.of:
            yield Fault(("of",), f'other versions score "{other.of}"; give what scores another dimension another name')
            return


def _check_parts(card: Scorecard, before: Sequence[Scorecard]) -> Iterator[Fault]:
    if card.category and not card.only:
        yield Fault(("category",), "name what belongs to it: `of: store` and `only: [...]`; or remove this key")
    if card.only and not card.of:
        yield Fault(("only",), "names values of a dimension; add it, as `of: store`")
    if card.only and not card.category:
        yield Fault(("only",), "lists what belongs to a category; add `category`")
    for other in before:
        if other.name == card.name and other.category != card.category:
            for place, value in enumerate(card.only):
                if value in other.only:
                    yield Fault(("only", place), f'"{value}" is in category {other.category}, too; remove one of them')


def _check_indicator(indicator: Indicator, card: Scorecard, metrics: Mapping[str, Metric]) -> Iterator[Fault]:
    metric = metrics.get(indicator.metric)
    told = {name: of for name, of in metrics.items() if of.told}
    if metric is None:
        ids = {name: of.id for name, of in metrics.items()}
        yield Fault(("metric",), unknown_metric(indicator.metric, ids, told))
    elif indicator.window not in metric.told:
        if metric.told:
            remedy = f"write {' or '.join(map(str, metric.told))}, or add it to `told` of the metric"
        else:
            remedy = f"the metric tells no window; add `told: [{indicator.window}]` to it"
        yield Fault(("window",), f"{indicator.metric} does not tell {indicator.window} s; {remedy}")
    else:
        yield from _check_measure(indicator, card, metric)
    if not 0 <= indicator.weight < math.inf:
        yield Fault(("weight",), "a number from 0 on; weights need not add up to 1")
    if not 0 < indicator.minimum_cases < math.inf:
        yield Fault(("minimum_cases",), "must be above 0: a share of no cases is no figure")
    yield from _check_breakpoints(indicator)


def _check_measure(indicator: Indicator, card: Scorecard, metric: Metric) -> Iterator[Fault]:
    if metric.direction is _BAD_WAY[indicator.polarity]:
        yield Fault(("polarity",), f"{metric.name} is bad when it goes {metric.direction}; write the other polarity")
    if card.of and (card.of,) not in metric.scopes:
        known = sorted(scope[0] for scope in metric.scopes if len(scope) == 1)
        what = f"{metric.name} is not counted by {card.of}{suggestion(card.of, known)}"
        yield Fault(("metric",), f"{what}; or add [{card.of}] to its scopes")


def _check_breakpoints(indicator: Indicator) -> Iterator[Fault]:
    points = indicator.breakpoints
    if len(points) < 2:
        yield Fault(("breakpoints",), "give at least two: [[figure, score], [figure, score]]")
    for place, ((x, score), (next_x, next_score)) in enumerate(pairwise(points), 1):
        if next_x <= x:
            what = f"{next_x:g} does not come after {x:g}: figures ascend; put them in order, each once"
            yield Fault(("breakpoints", place), what)
        elif (next_score - score) * (1 if indicator.polarity is Polarity.MORE else -1) < 0:
            how = "rises" if next_score > score else "falls"
            what = f"the score {how} from {score:g} to {next_score:g}, and {indicator.polarity}; correct one of them"
            yield Fault(("breakpoints", place), what)


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-10-01") and bool(date.fromisoformat(text))
    except ValueError:
        return False
