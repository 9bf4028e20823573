"""Which types of event a rule can give, found without a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from streams.mapping.expression import Node
    from streams.mapping.rule import ReadRule


def types_of(rule: ReadRule, tables: Mapping[str, Mapping[str, str]], known: Collection[str]) -> frozenset[str]:
    """Those of the known types; all of them where that only shows with a record."""
    if rule.rule.ignore:
        return frozenset()
    if rule.type:
        return frozenset({rule.type})
    if "type" not in rule.expressions:
        return frozenset()
    texts = possible_texts(rule.expressions["type"].root, tables)
    return frozenset(known) if texts is None else texts.intersection(known)


def possible_texts(node: Node, tables: Mapping[str, Mapping[str, str]]) -> frozenset[str] | None:
    """The texts that an expression can give; None where they are not known."""
    kind, children = node["type"], node["children"]
    if kind == "literal":
        return frozenset({node["value"]}) if isinstance(node["value"], str) else frozenset()
    if kind == "function_expression" and node["value"] == "lookup":
        return frozenset(tables.get(children[0]["value"], {}).values())
    if kind == "and_expression":  # what is on the left is given only where it is no type
        return possible_texts(children[1], tables)
    if kind == "or_expression" or (kind == "function_expression" and node["value"] in ("not_null", "first")):
        found = [possible_texts(child, tables) for child in children]
        return None if None in found else frozenset().union(*(texts for texts in found if texts is not None))
    return None
