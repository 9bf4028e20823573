"""What settings mention by name must be there: what no metric is named never notifies, silences or plans anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.calendar_rules import check_planned
from streams.catalogue.change_rules import check_compared
from streams.catalogue.load import load
from streams.catalogue.single_events import check_watched
from streams.configuration.mappings import check_mappings
from streams.configuration.rules import check_settings
from streams.register.label_values import LabelValues
from streams.register.matcher import Matcher, MatcherError, Op, read_matchers
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.catalogue.load import Catalogue
    from streams.settings.located_yaml import Path as Place
    from streams.settings.settings import LinkageMatch, Settings


def check_with_catalogue(settings: Settings) -> Iterator[Fault]:
    """What `check_settings` finds, and every name that the catalogue of these settings does not know.

    Raises LocatedError for a catalogue that is wrong itself.
    """
    yield from check_settings(settings)
    catalogue = load(settings.catalogue, settings.scorecards, settings.lean)
    yield from check_names(settings, catalogue)
    yield from check_mappings(settings, catalogue.vocabulary)
    for index, rule in enumerate(settings.on):
        for place, what in check_watched(rule, catalogue.vocabulary):
            yield Fault(("on", index, *place), what)


def check_names(settings: Settings, catalogue: Catalogue) -> Iterator[Fault]:
    """All faults of settings that `check_settings` has no fault of."""
    labels = LabelValues(catalogue.spoken_of)
    for field in ("routes", "maintenance", "escalations"):
        for index, entry in enumerate(getattr(settings, field)):
            for place, what in check_matched(entry.match, labels):
                yield Fault((field, index, "match", *place), what)
    yield from _check_lean(settings, catalogue)
    yield from _check_calendar(settings, catalogue)
    for index, rule in enumerate(settings.linkage):
        for place, what in _check_linked(rule.match, labels):
            yield Fault(("linkage", index, "match", *place), what)


def _check_lean(settings: Settings, catalogue: Catalogue) -> Iterator[Fault]:
    known = catalogue.vocabulary.all_dimensions
    for index, dimension in enumerate(settings.lean):
        if dimension not in known:
            yield Fault(("lean", index), f'no event carries the dimension "{dimension}"{suggestion(dimension, known)}')


def _check_calendar(settings: Settings, catalogue: Catalogue) -> Iterator[Fault]:
    for index, planned in enumerate(settings.calendar):
        for number, what in check_planned(planned, catalogue.by_name):
            yield Fault(("calendar", index, "metrics", number), what)
    for index, change in enumerate(settings.changes):
        for number, what in check_compared(change, catalogue.by_name):
            yield Fault(("changes", index, "metrics", number), what)


def check_matched(texts: Sequence[str], labels: LabelValues) -> Iterator[tuple[Place, str]]:
    """Faults of the values of matchers: the place in the list, and what to do about it."""
    try:
        matchers = read_matchers(texts)
    except MatcherError:  # said by `check_settings`
        return
    for place, what in labels.faults(matchers):
        yield () if place is None else (place,), what


def _check_linked(match: LinkageMatch, labels: LabelValues) -> Iterator[tuple[Place, str]]:
    """A list of a rule is alternatives, and any of them that cannot match is a mistake."""
    found: list[tuple[Place, str]] = []
    wanted = [Matcher(dimension, Op.LIKE, ".+") for dimension in match.scope]
    for field, name in (("metrics", "metric"), ("touchpoints", "touchpoint")):
        words: tuple[str, ...] = getattr(match, field)
        alone = [Matcher(name, Op.EQUAL, word) for word in words]
        found += [((field, place), what) for place, one in enumerate(alone) if (what := labels.fault(one))]
        wanted += [Matcher(name, Op.LIKE, "|".join(words))] if words else []
    found += [(("scope", one.name), what) for one in wanted if one.value == ".+" and (what := labels.fault(one))]
    yield from found
    if not found:
        yield from (((), what) for _, what in labels.faults(wanted))
