"""The catalogue: all metrics, read from YAML and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from streams.catalogue.calendar_rules import check_entry, check_planned
from streams.catalogue.case_roles import links_of
from streams.catalogue.declared_events import declared_events, with_declared
from streams.catalogue.forecast_rules import check_forecast, with_cohort
from streams.catalogue.lean import made_lean
from streams.catalogue.like_rules import check_likes
from streams.catalogue.metric import Metric
from streams.catalogue.rules import check_graph, check_metric
from streams.catalogue.scorecards import level_metrics, read_scorecards, scorecards_of
from streams.catalogue.single_values import Difference
from streams.catalogue.term import After, Condition, Events, Term
from streams.events.vocabulary import SHIPPED as OWN_TYPES
from streams.events.vocabulary import Vocabulary
from streams.settings.calendar import CalendarEntry
from streams.settings.located_yaml import Document, read_document, suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from streams.catalogue.case_roles import CaseLink
    from streams.catalogue.scorecard import Scorecard

_KEYS = ("metrics", "calendar", "events", "scorecards")
SHIPPED = Path(__file__).with_name("catalogue.yaml")


@dataclass(frozen=True)
class Catalogue:
    """All metrics, in the order of the file.

    Attributes:
        by_name: metric by `Metric.name`.
        hash: of what is counted (all `Metric.key()`): a new title changes nothing, a new scope does.
        calendar: what is planned, besides what the settings say.
        vocabulary: the types of events that can be read.
        scorecards: every version, in the order of the files.
        levels: what their anomalies are said to be of; in `by_name`, too, and not counted.

    """

    metrics: tuple[Metric, ...]
    by_name: dict[str, Metric]
    hash: str
    calendar: tuple[CalendarEntry, ...] = ()
    vocabulary: Vocabulary = OWN_TYPES
    scorecards: tuple[Scorecard, ...] = ()
    levels: tuple[Metric, ...] = ()

    @classmethod
    def of(
        cls,
        metrics: tuple[Metric, ...],
        calendar: tuple[CalendarEntry, ...] = (),
        vocabulary: Vocabulary = OWN_TYPES,
        scorecards: tuple[Scorecard, ...] = (),
    ) -> Catalogue:
        """A catalogue of metrics that are known to be right (tests make their own)."""
        keys = "\n".join(sorted(metric.key() for metric in metrics))
        digest = hashlib.blake2b(keys.encode(), digest_size=8).hexdigest()
        by_name = {metric.name: metric for metric in metrics}
        levels = tuple(level_metrics(scorecards, by_name))
        by_name |= {metric.name: metric for metric in levels}
        return cls(metrics, by_name, digest, calendar, vocabulary, scorecards, levels)

    def with_metrics(self, metrics: tuple[Metric, ...]) -> Catalogue:
        """The same with others in their place."""
        return Catalogue.of(metrics, self.calendar, self.vocabulary, self.scorecards)

    @cached_property
    def judged(self) -> tuple[Metric, ...]:
        """Those that detectors look at; the others are only told."""
        return tuple(metric for metric in self.metrics if metric.judged)

    @property
    def spoken_of(self) -> tuple[Metric, ...]:
        """All that an anomaly can be of: metrics that are judged, and levels of scorecards."""
        return self.judged + self.levels

    @cached_property
    def links(self) -> tuple[CaseLink, ...]:
        """Its terms of cases, found once: every source partition asks for them."""
        return tuple(links_of(self.metrics))

    @property
    def has_cases(self) -> bool:
        """Whether events of one case meet: then ingest makes marks of them."""
        return any(term.by for metric in self.metrics for terms in metric.written().values() for term in terms)

    @cached_property
    def scored_dimensions(self) -> dict[str, tuple[str, ...]]:
        """By metric the dimensions whose values a scorecard scores."""
        found: dict[str, dict[str, None]] = {}
        for card in self.scorecards:
            for indicator in card.indicators:
                found.setdefault(indicator.metric, {}).update({card.of: None} if card.of else {})
        return {name: tuple(dimensions) for name, dimensions in found.items()}

    def dimensions(self) -> frozenset[str]:
        """All that a metric is counted by."""
        return frozenset(dimension for metric in self.metrics for scope in metric.scopes for dimension in scope)


def load(path: str | Path | None = None, scorecards: Iterable[str] = (), lean: Collection[str] = ()) -> Catalogue:
    """The catalogue of a file; without one, or with "" as the setting has it, the one shipped, which is read once.

    Args:
        path: of the file.
        scorecards: more of them, by the names of shipped ones or as files, as the setting has them.
        lean: dimensions with very many values, see `streams.catalogue.lean.made_lean`.

    Raises LocatedError (a ValueError) that names file, line, column and key, and says what to do.
    """
    more = tuple(scorecards)
    found = _catalogue(read_document(Path(path) if path else SHIPPED), more) if path or more else _shipped()
    return found.with_metrics(made_lean(found.metrics, lean, found.scored_dimensions)) if lean else found


@cache
def _shipped() -> Catalogue:
    return _catalogue(read_document(SHIPPED))


def parse(text: str, file: str) -> Catalogue:
    """The catalogue in a text; `file` is for the errors. Raises LocatedError."""
    return _catalogue(Document(text, file))


def _catalogue(document: Document, more: Iterable[str] = ()) -> Catalogue:
    top = document.value
    if not isinstance(top, dict) or not isinstance(top.get("metrics"), list) or not top["metrics"]:
        raise document.error(("metrics",), "a catalogue is a list of metrics under the key `metrics`")
    for key in top:
        if key not in _KEYS:
            raise document.error((key,), f"unknown key{suggestion(key, _KEYS)}")
    declared = declared_events(document)
    vocabulary = Vocabulary.of(declared) if declared else OWN_TYPES
    metrics: list[Metric] = []
    for index in range(len(top["metrics"])):
        metric = document.convert(("metrics", index), Metric, (Metric, Term, Condition, Difference, After, Events))
        if metric.declared:
            raise document.error(("metrics", index, "declared"), "unknown key; declare events under `events`")
        metric = with_declared(metric, declared, vocabulary)
        known = {metric.name: metric for metric in metrics}
        for fault in check_forecast(metric, known):
            raise document.error(("metrics", index, *fault.path), fault.what)
        metric = with_cohort(metric, known)
        for fault in check_metric(metric, vocabulary):
            raise document.error(("metrics", index, *fault.path), fault.what)
        metrics.append(metric)
    for number, fault in check_graph(metrics):
        raise document.error(("metrics", number, *fault.path), fault.what)
    by_name = {metric.name: metric for metric in metrics}
    cards = read_scorecards(document, by_name, ())
    cards += scorecards_of(more, by_name, cards)
    return Catalogue.of(tuple(metrics), _calendar(document, by_name), vocabulary, tuple(cards))


def _calendar(document: Document, metrics: dict[str, Metric]) -> tuple[CalendarEntry, ...]:
    entries = document.value.get("calendar", [])
    if not isinstance(entries, list):
        raise document.error(("calendar",), "a calendar is a list of entries with name, begins, ends and activity")
    calendar: list[CalendarEntry] = []
    for index in range(len(entries)):
        entry = document.convert(("calendar", index), CalendarEntry, (CalendarEntry,))
        for key, what in check_entry(entry):
            raise document.error(("calendar", index, key), what)
        for number, what in check_planned(entry, metrics):
            raise document.error(("calendar", index, "metrics", number), what)
        calendar.append(entry)
    for index, key, what in check_likes(calendar):
        raise document.error(("calendar", index, key), what)
    return tuple(calendar)
