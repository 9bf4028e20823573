"""The series that an expression asks for, from promql-parser's tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import promql_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSIDE = ("expr", "lhs", "rhs", "vector_selector", "param")


def selectors(expr: str) -> Iterator[tuple[str, set[str]]]:
    """Name and matched labels of each; raises ValueError where the expression is none."""
    yield from _of(promql_parser.parse(expr))


def _of(node: Any) -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, promql_parser.VectorSelector):
        yield node.name, {matcher.name for matcher in node.matchers.matchers}
        return
    for name in _INSIDE:
        inner = getattr(node, name, None)
        if isinstance(inner, promql_parser.Expr):
            yield from _of(inner)
    for argument in getattr(node, "args", None) or ():
        yield from _of(argument)
