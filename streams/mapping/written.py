"""Parts of expressions as Python source."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.mapping.runtime import ORDER

if TYPE_CHECKING:
    from streams.mapping.expression import Node
    from streams.mapping.place import Place


class NotPlainError(Exception):
    """An expression needs plain JSON, or JMESPath itself."""


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

    @property
    def plain(self) -> str:
        """Its source, where it is plain JSON. Raises NotPlainError."""
        if self.place is not None:
            raise NotPlainError("a struct")
        return self.text

    def after(self, before: str) -> Value:
        """The same once something else has run."""
        return self._replace(text=f"(({before}), {self.text})[1]", named=False) if before else self

    def inner(self, place: Place | None) -> Place | None:
        """A place below it, where that is of structs, too."""
        return None if self.place is None or place is None or place.is_plain() else place


class Around(NamedTuple):
    """What `@` is for an expression: a record, or an element of it together with the record."""

    record: Value
    item: Value | None = None

    @property
    def whole(self) -> Value:
        """`@` itself."""
        if self.item is None:
            return self.record
        return Value(f"{{'item': {self.item.plain}, 'record': {self.record.plain}}}")


Current = Around | Value


def value_of(current: Current) -> Value:
    """The value that an expression stands on."""
    return current if isinstance(current, Value) else current.whole


def truth_of(value: Value) -> str:
    """Source of whether it is true, as JMESPath sees it."""
    array = value.place is not None and not value.place.fields
    return value.text if value.truth else f"true({value.text if array else value.plain})"


def compared(name: str, left: Value, right: Value, children: list[Node]) -> Value:
    """A comparison of two parts, which the nodes are of."""
    if name in ORDER:
        return Value(f"is_{name}({left.plain}, {right.plain})", truth=True)
    # Only 0, 1, true and false are equal in Python where they are not in JMESPath.
    plain = any(child["type"] == "literal" and isinstance(child["value"], str | None) for child in children)
    equal = f"({left.plain} == {right.plain})" if plain else f"equals({left.plain}, {right.plain})"
    return Value(equal if name == "eq" else f"(not {equal})", truth=True)


def unless_null(current: Current, made: str) -> Value:
    """JMESPath selects nothing from null; a record together with its element is never null."""
    value = current if isinstance(current, Value) else current.record if current.item is None else None
    return Value(made if value is None else f"(None if {value.text} is None else {made})")
