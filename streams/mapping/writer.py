"""Writes an expression as Python source: what JMESPath would find, without walking its tree for each record.

Only names of fields and numbers of elements stand in the text, as `repr` writes them; constants enter by name.
What is not written here (projections, sorting) is left to JMESPath itself.
"""

from __future__ import annotations

from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NamedTuple

from jmespath.visitor import TreeInterpreter

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.mapping.expression import Expression, Node
    from streams.mapping.functions import MappingFunctions
    from streams.mapping.place import Place

_MOST_PARENTHESES = 150  # Python reads 200, one in the other
_ORDER = {"lt": lt, "gt": gt, "lte": le, "gte": ge}
_equals: Callable[[Any, Any], bool] = TreeInterpreter.COMPARATOR_FUNC["eq"]


class NotPlainError(Exception):
    """An expression has a part that is left to JMESPath."""


class Value(NamedTuple):
    """A part of an expression that is written.

    Attributes:
        text: Python source.
        named: whether it is a name, which may be written twice.
        place: where it stands, of a record that is decoded into structs; None where the value is plain JSON.
        truth: whether it is True, False or None for certain.

    """

    text: str
    named: bool = False
    place: Place | None = None
    truth: bool = False


class Around(NamedTuple):
    """What `@` is for an expression: a record, or an element of it together with the record."""

    record: Value
    item: Value | None = None

    @property
    def whole(self) -> str:
        """Source of `@` itself."""
        if self.item is None:
            return self.record.text
        return f"{{'item': {self.item.text}, 'record': {self.record.text}}}"


class Writer:
    """Writes expressions of one mapping. `names` is what the source needs when it is run."""

    def __init__(self, functions: MappingFunctions, names: dict[str, Any]) -> None:
        self._functions = functions
        self.names = names
        self._temporaries = 0
        names["equals"], names["true"], names["nothing"] = _equals, is_true, None
        names.update({f"is_{name}": _ordered(compare) for name, compare in _ORDER.items()})

    def value(self, expression: Expression, around: Around) -> Value:
        """Source of the value. Raises NotPlainError."""
        value = self._write(expression.root, around)
        if value.text.count("(") > _MOST_PARENTHESES:
            raise NotPlainError("nested deeper than Python reads")
        return value

    def truth(self, value: Value) -> str:
        """Source of whether it is true, as JMESPath sees it."""
        return value.text if value.truth else f"true({_text(value)})"

    def constant(self, value: Any) -> str:
        """The name of a value."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def _write(self, node: Node, current: Around | Value) -> Value:
        write: Callable[[Node, Around | Value], Value] | None = getattr(self, f"_write_{node['type']}", None)
        if write is None:
            raise NotPlainError(node["type"])
        return write(node, current)

    def _write_field(self, node: Node, current: Around | Value) -> Value:
        return self._field(current, node["value"])

    def _write_subexpression(self, node: Node, current: Around | Value) -> Value:
        for child in node["children"]:
            current = self._write(child, current)
        return _plain(current)

    _write_index_expression = _write_pipe = _write_subexpression

    def _write_index(self, node: Node, current: Around | Value) -> Value:
        return self._index(_plain(current), node["value"])

    def _write_current(self, _: Node, current: Around | Value) -> Value:
        return _plain(current)

    _write_identity = _write_current

    def _write_literal(self, node: Node, current: Around | Value) -> Value:
        before, _ = self._kept(current)  # what comes before it may fail
        value = node["value"]
        name = Value(self.constant(value), named=True, truth=value is None or isinstance(value, bool))
        return _after(before, name)

    def _write_comparator(self, node: Node, current: Around | Value) -> Value:
        before, kept = self._kept(current)
        sides = [_text(self._write(child, kept)) for child in node["children"]]
        return _after(before, _compared(node["value"], sides, node["children"]))

    def _write_or_expression(self, node: Node, current: Around | Value) -> Value:
        return self._either(node, current, "or")

    def _write_and_expression(self, node: Node, current: Around | Value) -> Value:
        return self._either(node, current, "and")

    def _write_not_expression(self, node: Node, current: Around | Value) -> Value:
        before, kept = self._kept(current)
        return _after(before, Value(f"(not {self.truth(self._write(node['children'][0], kept))})", truth=True))

    def _write_multi_select_list(self, node: Node, current: Around | Value) -> Value:
        before, kept = self._kept(current)
        made = ", ".join(_text(self._write(child, kept)) for child in node["children"])
        return _after(before, _unless_null(kept, f"[{made}]"))

    def _write_multi_select_dict(self, node: Node, current: Around | Value) -> Value:
        before, kept = self._kept(current)
        pairs = ((child["value"], _text(self._write(child["children"][0], kept))) for child in node["children"])
        made = ", ".join(f"{key!r}: {text}" for key, text in pairs)
        return _after(before, _unless_null(kept, f"{{{made}}}"))

    def _write_function_expression(self, node: Node, current: Around | Value) -> Value:
        before, kept = self._kept(current)
        arguments = ", ".join(_text(self._write(child, kept)) for child in node["children"])
        name = f"call_{node['value']}"
        if name not in self.names:
            self.names[name] = _called(self._functions, node["value"])
        return _after(before, Value(f"{name}({arguments})"))

    def _field(self, current: Around | Value, name: str) -> Value:
        if isinstance(current, Around):
            if current.item is None:
                return self._field(current.record, name)
            known = {"item": current.item, "record": current.record}
            return known.get(name, Value("nothing", named=True, truth=True))
        place = current.place
        if place is None:
            first, again = self._twice(current)
            return Value(f"({again}.get({name!r}) if type({first}) is dict else None)")
        child = place.fields[name]
        inner = None if child.is_plain() else child
        attribute = f"f{list(place.fields).index(name)}"
        if current.text == "record":
            return Value(f"record.{attribute}", place=inner)
        first, again = self._twice(current)
        return Value(f"({again}.{attribute} if ({first}) is not None else None)", place=inner)

    def _index(self, value: Value, index: int) -> Value:
        first, again = self._twice(value)
        fits = f"len({again}) > {index}" if index >= 0 else f"len({again}) >= {-index}"
        inner = None
        if value.place is not None:
            inner = value.place.element()
            inner = None if inner.is_plain() else inner
        return Value(f"({again}[{index}] if type({first}) is list and {fits} else None)", place=inner)

    def _either(self, node: Node, current: Around | Value, word: str) -> Value:
        before, kept = self._kept(current)
        left, right = (self._write(child, kept) for child in node["children"])
        second = _text(right)
        if left.truth:
            return _after(before, Value(f"({left.text} {word} {second})", truth=right.truth))
        first, again = self._twice(Value(_text(left), named=left.named))
        found, other = (again, second) if word == "or" else (second, again)
        return _after(before, Value(f"({found} if true({first}) else {other})"))

    def _kept(self, current: Around | Value) -> tuple[str, Around | Value]:
        """What several parts read needs a name: the source that gives it one, and the value by that name."""
        if isinstance(current, Around) or current.named:
            return "", current
        first, again = self._twice(current)
        return first, Value(again, named=True, place=current.place)

    def _twice(self, value: Value) -> tuple[str, str]:
        """Source that computes it, and source that is it once more."""
        if value.named:
            return value.text, value.text
        self._temporaries += 1
        name = f"t{self._temporaries}"
        return f"{name} := {value.text}", name


def is_true(value: Any) -> bool:
    """What JMESPath calls true: all but null, false and what is empty. Numbers are, 0 as well."""
    return bool(value) or (value == 0 and value is not False)


def _after(before: str, value: Value) -> Value:
    return Value(f"(({before}), {value.text})[1]", truth=value.truth) if before else value


def _compared(name: str, sides: list[str], children: list[Node]) -> Value:
    left, right = sides
    if name in _ORDER:
        return Value(f"is_{name}({left}, {right})", truth=True)
    # Only 0, 1, true and false are equal in Python where they are not in JMESPath.
    plain = any(child["type"] == "literal" and isinstance(child["value"], str | None) for child in children)
    equal = f"({left} == {right})" if plain else f"equals({left}, {right})"
    return Value(equal if name == "eq" else f"(not {equal})", truth=True)


def _unless_null(current: Around | Value, made: str) -> Value:
    """JMESPath selects nothing from null; a record together with its element is never null."""
    value = current if isinstance(current, Value) else current.record if current.item is None else None
    return Value(made if value is None else f"(None if {value.text} is None else {made})")


def _text(value: Value) -> str:
    """Its source, where it is plain JSON."""
    if value.place is not None:
        raise NotPlainError("a struct")
    return value.text


def _plain(current: Around | Value) -> Value:
    if isinstance(current, Value):
        return current
    return Value(current.whole) if current.item is not None else current.record


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool | None]:
    def compared(left: Any, right: Any) -> bool | None:
        comparable = all(isinstance(side, int | float | str) and not isinstance(side, bool) for side in (left, right))
        return bool(compare(left, right)) if comparable else None

    return compared


def _called(functions: MappingFunctions, name: str) -> Callable[..., Any]:
    """A function of expressions, with JMESPath's checks of what it is given."""
    known = functions.FUNCTION_TABLE[name]
    method: Callable[..., Any] = getattr(functions, f"_func_{name}")
    if name == "join":
        return _joined(functions)
    if not any(argument["types"] for argument in known["signature"]):
        return method  # takes anything

    def call(*given: Any) -> Any:
        return functions.call_function(name, given)

    return call


def _joined(functions: MappingFunctions) -> Callable[[Any, Any], str]:
    def join(separator: Any, parts: Any) -> str:
        if type(separator) is str and type(parts) is list:
            try:
                return separator.join(parts)
            except TypeError:
                pass
        return str(functions.call_function("join", (separator, parts)))

    return join
