"""Rules on single events: which events they are about, by the conditions that terms of metrics have too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from streams.catalogue.term import Condition, Term
from streams.catalogue.term_rules import check_events
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Path
    from streams.settings.settings import OwnerTable, SingleEventRule

_AFTER = "after"


class Watched(NamedTuple):
    """The events that a rule is about."""

    rule: str
    events: tuple[str, ...]
    where: tuple[tuple[str, Condition], ...]

    @classmethod
    def of(cls, rule: SingleEventRule) -> Watched:
        """Of a rule that `check_watched` finds no fault with."""
        conditions = {field: msgspec.convert(written, Condition) for field, written in rule.where.items()}
        return cls(rule.name, rule.events, tuple(sorted(conditions.items())))


def owner_of(table: OwnerTable, scope: Mapping[str, str]) -> str:
    """Whose business an event of this scope is."""
    return table.table.get(scope.get(table.by, ""), table.default)


def check_watched(rule: SingleEventRule, vocabulary: Vocabulary) -> Iterator[tuple[Path, str]]:
    """Faults of events, conditions and owner: the place in the rule, and what to do about it."""
    conditions: dict[str, Condition] = {}
    faults = list(_read_conditions(rule.where, conditions))
    if not faults:
        faults = [*check_events(Term(rule.events, conditions), vocabulary)]
        faults += [fault for place, event in enumerate(rule.events) for fault in _check_type(place, event, vocabulary)]
    yield from faults
    if not faults and not any(rule.owner.by in vocabulary.dimensions[event] for event in rule.events):
        yield ("owner", "by"), f"no event of this rule has a {rule.owner.by}; name another dimension"


def _check_type(place: int, event: str, vocabulary: Vocabulary) -> Iterator[tuple[Path, str]]:
    if event not in vocabulary.types:
        yield ("events", place), f"no topic brings {event}{suggestion(event, vocabulary.types)}"


def _read_conditions(where: Mapping[str, Mapping[str, Any]], found: dict[str, Condition]) -> Iterator[tuple[Path, str]]:
    for field, written in where.items():
        try:
            condition = msgspec.convert(written, Condition)
        except msgspec.ValidationError as error:
            what, _, inner = str(error).partition(" - at `$")
            yield ("where", field, *filter(None, inner.rstrip("`").split("."))), what[:1].lower() + what[1:]
            continue
        if any(name.partition(".")[0] == _AFTER for name in (field, condition.start, condition.to)):
            yield ("where", field), "a rule on single events knows no earlier event; test fields of this one"
        found[field] = condition
