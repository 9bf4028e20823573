"""What expressions read of a record, found without a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.mapping.expression import Expression, Node


class Place:
    """A place of records: what expressions read there and below.

    Attributes:
        fields: places by the name of a field, where it is an object.
        element_place: of all elements, where it is an array.
        whole: read with everything in it.
        tested: read, but what it holds matters only as far as it is empty or null.

    """

    __slots__ = ("element_place", "fields", "tested", "whole")

    def __init__(self) -> None:
        self.fields: dict[str, Place] = {}
        self.element_place: Place | None = None
        self.whole = False
        self.tested = False

    def field(self, name: str) -> Place:
        """The place of a field."""
        return self.fields.setdefault(name, Place())

    def element(self) -> Place:
        """The place of all elements."""
        if self.element_place is None:
            self.element_place = Place()
        return self.element_place

    def is_plain(self) -> bool:
        """Whether it is needed as JSON has it: not only fields of it, and not only elements."""
        both = bool(self.fields) and self.element_place is not None
        neither = not self.fields and self.element_place is None
        return self.whole or self.tested or both or neither


class Made:
    """What an expression made of what it read: an array of elements, or of fields, that are places."""

    __slots__ = ("elements", "fields")

    def __init__(self, elements: Places = (), fields: dict[str, Places] | None = None) -> None:
        self.elements = elements
        self.fields = fields or {}


Places = tuple["Place | Made", ...]
_ARRAYS = ("sort_by", "reverse", "sort", "to_array")
_CHOSEN = ("max_by", "min_by")
_TESTED = ("length", "type")


def mark(places: Places, *, whole: bool = True) -> None:
    """Notes that all of it is read, or only whether it is there."""
    for place in places:
        if isinstance(place, Place):
            place.whole |= whole
            place.tested = True
        elif whole:
            mark(place.elements)
            for made in place.fields.values():
                mark(made)


def read(expression: Expression, current: Places) -> Places:
    """Notes what an expression reads where `current` is `@`; returns the places that its result may come from."""
    return _read(expression.root, current)


def _read(node: Node, current: Places) -> Places:
    return _READERS[node["type"]](node, current)


def _read_field(node: Node, current: Places) -> Places:
    return tuple(found for place in current for found in _field(place, node["value"]))


def _read_in_turn(node: Node, current: Places) -> Places:
    for child in node["children"]:
        current = _read(child, current)
    return current


def _read_alternatives(node: Node, current: Places) -> Places:
    found = tuple(place for child in node["children"] for place in _read(child, current))
    mark(found, whole=False)
    return found


def _read_condition(node: Node, current: Places) -> Places:
    left, right = (_read(child, current) for child in node["children"])
    mark((*left, *right), whole=False)
    return right  # what is on the left is given only where it is empty


def _read_list(node: Node, current: Places) -> Places:
    return (Made(_read_alternatives(node, current)),)


def _read_object(node: Node, current: Places) -> Places:
    fields = {child["value"]: _read_alternatives(child, current) for child in node["children"]}
    return (Made(fields=fields),)


def _read_comparison(node: Node, current: Places) -> Places:
    literal = any(
        child["type"] == "literal" and not isinstance(child["value"], list | dict) for child in node["children"]
    )
    for child in node["children"]:
        mark(_read(child, current), whole=not literal and node["type"] == "comparator")
    return ()


def _read_projection(node: Node, current: Places) -> Places:
    kind, children = node["type"], node["children"]
    base = _read(children[0], current)
    if kind == "value_projection":
        mark(base)
        return ()
    elements = _elements(base)
    if kind == "flatten":
        return (Made((*elements, *(found for place in elements for found in _known_elements(place)))),)
    if kind == "filter_projection":
        mark(_read(children[2], elements), whole=False)
    return (Made(_read(children[1], elements)),)


def _read_call(node: Node, current: Places) -> Places:
    name, arguments = node["value"], node["children"]
    given = [() if argument["type"] == "expref" else _read(argument, current) for argument in arguments]
    if name in ("not_null", "first"):
        found = tuple(place for places in given for place in places)
        mark(found, whole=False)
        return found
    if name in (*_CHOSEN, *_ARRAYS, "map"):
        array = given[1] if name == "map" else given[0]
        for argument in arguments:
            if argument["type"] == "expref":
                results = _read(argument["children"][0], _elements(array))
                if name == "map":
                    return (Made(results),)
                mark(results)
        mark(array, whole=name == "sort")
        return _elements(array) if name in _CHOSEN else array
    for places in given:
        mark(places, whole=name not in _TESTED)
    return ()


def _field(place: Place | Made, name: str) -> Places:
    return (place.field(name),) if isinstance(place, Place) else place.fields.get(name, ())


def _elements(places: Places) -> Places:
    found: list[Place | Made] = []
    for place in places:
        found += [place.element()] if isinstance(place, Place) else place.elements
    return tuple(found)


def _known_elements(place: Place | Made) -> Places:
    if isinstance(place, Made):
        return place.elements
    return () if place.element_place is None else (place.element_place,)


_READERS: dict[str, Callable[[Node, Places], Places]] = {
    "field": _read_field,
    "subexpression": _read_in_turn,
    "pipe": _read_in_turn,
    "index_expression": _read_in_turn,
    "current": lambda _, current: current,
    "identity": lambda _, current: current,
    "slice": lambda _, current: current,
    "index": lambda _, current: _elements(current),
    "literal": lambda _, __: (),
    "projection": _read_projection,
    "filter_projection": _read_projection,
    "flatten": _read_projection,
    "value_projection": _read_projection,
    "or_expression": _read_alternatives,
    "and_expression": _read_condition,
    "not_expression": _read_comparison,
    "comparator": _read_comparison,
    "multi_select_list": _read_list,
    "multi_select_dict": _read_object,
    "function_expression": _read_call,
}
