"""Mistakes in one rule of a mapping, found before the first record."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from streams.events.declaration import TYPE_NAME
from streams.mapping.event_types import types_of
from streams.mapping.expression import Expression, NotAnExpressionError, read_expression
from streams.mapping.place import Made, Place, read
from streams.mapping.rule import ReadRule, texts
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Path as Where
    from streams.settings.mapping import MappingRule, MappingSettings

_NEEDED = ("id", "source", "time")


def check_rule(rule: MappingRule, mapping: MappingSettings, vocabulary: Vocabulary) -> Iterator[Fault]:
    """All faults of a rule; `mapping` has the tables and values of the shipped one as well."""
    if rule.ignore:
        for field in ("each", "type", *_NEEDED, "subject", "data"):
            if getattr(rule, field):
                yield Fault((field,), "a rule with `ignore` has nothing else but `when`; remove one of them")
        yield from _check_texts(rule, mapping, vocabulary)[1]
        return
    expressions, faults = _check_texts(rule, mapping, vocabulary)
    yield from faults
    if not rule.type:
        yield Fault(("type",), "is missing; write a type of event, or `ignore` where records that fit are none")
    for field in _NEEDED:
        if not getattr(rule, field):
            yield Fault((field,), "is missing; every event needs it")
        elif field in expressions:
            yield from _check_values(field, expressions[field], mapping)
    if "id" in expressions:
        yield from _check_id(rule, expressions)
    if not faults:
        yield from _check_data(rule, ReadRule.of(rule, vocabulary.types), mapping, vocabulary)


def where_of(field: str) -> Where:
    """The place of a field in a rule: `data.amount` lies in `data`."""
    group, point, name = field.partition(".")
    return (group, name) if point else (field,)


def _check_texts(
    rule: MappingRule, mapping: MappingSettings, vocabulary: Vocabulary
) -> tuple[dict[str, Expression], list[Fault]]:
    found: dict[str, Expression] = {}
    faults: list[Fault] = []
    for field, text in texts(rule):
        if field == "type" and text in vocabulary.types:
            continue
        if field == "type" and (meant := _meant_type(text, vocabulary)):
            faults.append(Fault(("type",), meant))
            continue
        try:
            expression = read_expression(text)
        except NotAnExpressionError as error:
            faults.append(Fault(where_of(field), str(error)))
            continue
        found[field] = expression
        for kind, used, known in (
            ("table", expression.tables, mapping.tables),
            ("value", expression.values, mapping.values),
        ):
            faults += [
                Fault(where_of(field), f'no {kind} is named "{name}"{suggestion(name, known)}')
                for name in sorted(used - known.keys())
            ]
    return found, faults


def _meant_type(text: str, vocabulary: Vocabulary) -> str:
    """What to say of a text that looks like a type of event, and is none; empty where it is an expression."""
    if not TYPE_NAME.fullmatch(text) or text.startswith(("item.", "record.")):
        return ""
    near = difflib.get_close_matches(text, vocabulary.types, n=1, cutoff=0.7)
    remedy = f'did you mean "{near[0]}"?' if near else "a catalogue may declare it;"
    return f'no event has the type "{text}"; {remedy} a path is @.{text}'


def _check_values(field: str, expression: Expression, mapping: MappingSettings) -> Iterator[Fault]:
    node = expression.root
    if node["type"] == "function_expression" and node["value"] == "value":
        name = node["children"][0]["value"]
        if mapping.values.get(name) == "":
            yield Fault((field,), f"the value {name} is empty, and every event needs it; set it under `values`")


def _check_id(rule: MappingRule, expressions: dict[str, Expression]) -> Iterator[Fault]:
    record, item = Place(), Place()
    around = (Made(fields={"item": (item,), "record": (record,)}),) if rule.each else (record,)
    found = read(expressions["id"], around)
    whole = any(found_place in (record, item) or isinstance(found_place, Made) for found_place in found)
    if not whole and not _is_read(record) and not _is_read(item):
        yield Fault(("id",), "reads nothing of the record: all events would have one id; use what names it")
    elif rule.each and not whole and not _is_read(item):
        yield Fault(("id",), "reads nothing of `item`: all events of a record would have one id; use what names it")


def _is_read(place: Place) -> bool:
    return place.whole or place.tested or bool(place.fields) or place.element_place is not None


def _check_data(
    rule: MappingRule, expressions: ReadRule, mapping: MappingSettings, vocabulary: Vocabulary
) -> Iterator[Fault]:
    types = types_of(expressions, mapping.tables, vocabulary.types)
    if not types:
        if rule.type:
            yield Fault(("type",), "gives no type of event that is known; write the type, or a table of types")
        return
    if not rule.data:
        yield Fault(("data",), "is missing; every event needs the first field of its type")
    certain = len(types) < len(vocabulary.types)
    for name in rule.data:
        without = sorted(kind for kind in types if name not in vocabulary.fields[kind])
        if without and (certain or len(without) == len(types)):
            fields = vocabulary.fields[without[0]]
            what = f"{without[0]} has no such field" if certain else "no event has such a field"
            yield Fault(("data", name), f"{what}{suggestion(name, fields) if certain else '; remove it'}")
    if certain and rule.data:
        firsts = {next(iter(vocabulary.kinds[kind])): kind for kind in sorted(types)}
        for first, kind in firsts.items():
            if first not in rule.data:
                yield Fault(("data",), f"{first} is missing; every {kind} needs it")
