"""Mistakes in a mapping, found before the first record."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from streams.mapping.expression import NotAnExpressionError, nodes, read_expression
from streams.mapping.merged import Merged, merged
from streams.mapping.rule_checks import check_rule
from streams.mapping.shipped import NAME, shipped, shipped_names
from streams.settings.fault import Fault
from streams.settings.located_yaml import dotted, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.events.vocabulary import Vocabulary
    from streams.settings.mapping import MappingSettings


def check_mapping(name: str, mapping: MappingSettings, vocabulary: Vocabulary) -> Iterator[Fault]:
    """All faults of a mapping by itself. Paths begin in the mapping."""
    if not NAME.fullmatch(name):
        yield Fault((), f'"{name}" cannot be the name of a mapping: write small letters, digits and -, 41 at most')
    if mapping.extends and mapping.extends not in shipped_names():
        remedy = suggestion(mapping.extends, shipped_names())
        yield Fault(("extends",), f'no mapping that comes with Pharos is named "{mapping.extends}"{remedy}')
        return
    if mapping.timezone and not _is_zone(mapping.timezone):
        yield Fault(("timezone",), f'"{mapping.timezone}" is unknown; write it as America/New_York')
    whole = merged(name, mapping, shipped_names(), shipped)
    if not whole.settings.events:
        what = f"a mapping needs `events`, or `extends` with the name of one that comes with Pharos{_offered()}"
        yield Fault(("events",), what)
    for index, rule in enumerate(mapping.events):
        for fault in check_rule(rule, whole.settings, vocabulary):
            yield Fault(("events", index, *fault.path), fault.what)
    for number, rule in enumerate(whole.settings.events[whole.own :], 1):
        for fault in check_rule(rule, whole.settings, vocabulary):
            what = f"{dotted(fault.path)} of rule {number} of {whole.extends}: {fault.what}"
            yield Fault(("extends",) if mapping.extends else (), what)
    yield from _check_together(mapping, whole)
    yield from _check_tables(mapping, whole, vocabulary)


def _check_together(mapping: MappingSettings, whole: Merged) -> Iterator[Fault]:
    """Rules of which two fit every time that one of them does."""
    if whole.settings.all:
        return
    seen: dict[str, int] = {}
    for index, rule in enumerate(mapping.events):
        condition = " ".join(rule.when.split())
        if condition in seen:
            what = f"rule {seen[condition] + 1} has the same `when`, so both fit; narrow one, or set all: true"
            yield Fault(("events", index), what)
        elif "" in seen:
            what = f"rule {seen[''] + 1} has no `when`, so both fit; give that one a `when`, or set all: true"
            yield Fault(("events", index), what)
        elif not condition and seen:
            what = "has no `when`, so it fits together with every other rule; give it one, or set all: true"
            yield Fault(("events", index), what)
        seen.setdefault(condition, index)


def _check_tables(mapping: MappingSettings, whole: Merged, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Tables that give the type of an event hold types only; those of the shipped mapping may be completed here."""
    used: set[str] = set()
    for rule in whole.settings.events:
        if rule.type and rule.type not in vocabulary.types:
            try:
                expression = read_expression(rule.type)
            except NotAnExpressionError:  # said of the rule
                continue
            calls = (node for node in nodes(expression.root) if node["type"] == "function_expression")
            used |= expression.tables if all(call["value"] in _GIVES for call in calls) else set()
    for table in sorted(used & mapping.tables.keys()):
        for entry, kind in mapping.tables[table].items():
            if kind and kind not in vocabulary.types:
                what = f'no event has the type "{kind}"{suggestion(kind, vocabulary.types)}'
                yield Fault(("tables", table, entry), what)


_GIVES = ("lookup", "not_null", "first", "text", "lower", "upper", "trim", "value", "part")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found, a folder, a path that leaves the data
        return False
    return True


def _offered() -> str:
    return f" ({', '.join(shipped_names())})" if shipped_names() else ""
