"""What expressions read of a record, found without a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streams.mapping.expression import Expression, Node


class Place:
    """A place of records: what expressions read there and below.

    Attributes:
        fields: places by the name of a field, where it is an object.
        element: of all elements, where it is an array.
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
    kind, children = node["type"], node["children"]
    if kind == "field":
        return tuple(found for place in current for found in _field(place, node["value"]))
    if kind in ("subexpression", "pipe", "index_expression"):
        for child in children:
            current = _read(child, current)
        return current
    if kind in ("current", "identity", "slice"):
        return current
    if kind == "index":
        return _elements(current)
    if kind in ("projection", "filter_projection", "flatten", "value_projection"):
        return _read_projection(kind, children, current)
    if kind in ("or_expression", "and_expression"):
        left, right = _read(children[0], current), _read(children[1], current)
        mark((*left, *right), whole=False)
        return (*left, *right)
    if kind == "multi_select_list":
        chosen = tuple(found for child in children for found in _read(child, current))
        mark(chosen, whole=False)
        return (Made(chosen),)
    if kind == "multi_select_dict":
        fields = {child["value"]: _read(child["children"][0], current) for child in children}
        mark(tuple(found for places in fields.values() for found in places), whole=False)
        return (Made(fields=fields),)
    if kind == "function_expression":
        return _read_call(node["value"], children, current)
    literal = any(child["type"] == "literal" for child in children)
    for child in children:  # comparators and `not`
        mark(_read(child, current), whole=kind == "comparator" and not literal)
    return ()


def _read_projection(kind: str, children: list[Any], current: Places) -> Places:
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


def _read_call(name: str, arguments: list[Any], current: Places) -> Places:
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
