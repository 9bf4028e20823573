"""Writes an expression as Python source: what JMESPath would find, without walking its tree for each record.

Only names of fields and numbers of elements stand in the text, as `repr` writes them; constants enter by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.mapping.place import Place
from streams.mapping.runtime import called, runtime_names
from streams.mapping.written import Around, Current, NotPlainError, Value, compared, truth_of, unless_null, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.mapping.expression import Expression, Node
    from streams.mapping.functions import MappingFunctions

_MOST_PARENTHESES = 150  # Python reads 200, one in the other

_WORDS = {"or_expression": "or", "and_expression": "and"}


class Writer:
    """Writes expressions of one mapping. `names` is what the source needs when it is run."""

    def __init__(self, functions: MappingFunctions, names: dict[str, Any]) -> None:
        self._functions = functions
        self.names = names
        self._temporaries = 0
        names.update(runtime_names())

    def value(self, expression: Expression, around: Around) -> Value:
        """Source of the value. Raises NotPlainError."""
        return _readable(self._write(expression.root, around))

    def truth(self, expression: Expression, around: Around) -> str:
        """Source of whether it is true, as JMESPath sees it. Raises NotPlainError."""
        return _readable(self._truth(expression.root, around)).text

    def constant(self, value: Any) -> str:
        """The name of a value."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def _write(self, node: Node, current: Current) -> Value:
        write: Callable[[Node, Current], Value] = getattr(self, f"_write_{node['type']}")
        return write(node, current)

    def _write_field(self, node: Node, current: Current) -> Value:
        name = node["value"]
        if isinstance(current, Around):
            if current.item is None:
                return self._write_field(node, current.record)
            known = {"item": current.item, "record": current.record}
            return known.get(name, Value("nothing", named=True, truth=True))
        place = current.place
        if place is None:
            first, again = self._twice(current)
            return Value(f"({again}.get({name!r}) if type({first}) is dict else None)")
        if name not in place.fields:  # an array that was made on the way: it has no fields
            raise NotPlainError("a field of an array")
        inner = current.inner(place.fields[name])
        attribute = f"f{list(place.fields).index(name)}"
        if current.text == "record":
            return Value(f"record.{attribute}", place=inner)
        first, again = self._twice(current)
        return Value(f"({again}.{attribute} if ({first}) is not None else None)", place=inner)

    def _write_index(self, node: Node, current: Current) -> Value:
        value, index = value_of(current), node["value"]
        first, again = self._twice(value)
        fits = f"len({again}) > {index}" if index >= 0 else f"len({again}) >= {-index}"
        text = f"({again}[{index}] if type({first}) is list and {fits} else None)"
        return Value(text, place=value.inner(value.place and value.place.element()))

    def _write_slice(self, node: Node, current: Current) -> Value:
        value = value_of(current)
        bounds = ", ".join(repr(bound) for bound in node["children"])
        return Value(f"sliced({value.text}, {bounds})", place=value.place)

    def _write_subexpression(self, node: Node, current: Current) -> Value:
        for child in node["children"]:
            current = self._write(child, current)
        return value_of(current)

    _write_index_expression = _write_pipe = _write_subexpression

    def _write_current(self, _: Node, current: Current) -> Value:
        return value_of(current)

    _write_identity = _write_current

    def _write_literal(self, node: Node, current: Current) -> Value:
        before, _ = self._kept(current)  # what comes before it may fail
        value = node["value"]
        name = Value(self.constant(value), named=True, truth=value is None or isinstance(value, bool))
        return name.after(before)

    def _write_comparator(self, node: Node, current: Current) -> Value:
        before, kept = self._kept(current)
        left, right = (self._write(child, kept) for child in node["children"])
        return compared(node["value"], left, right, node["children"]).after(before)

    def _write_or_expression(self, node: Node, current: Current) -> Value:
        return self._either(node, current, "or")

    def _write_and_expression(self, node: Node, current: Current) -> Value:
        return self._either(node, current, "and")

    def _write_not_expression(self, node: Node, current: Current) -> Value:
        before, kept = self._kept(current)
        return Value(f"(not {self._truth(node['children'][0], kept).text})", truth=True).after(before)

    def _write_multi_select_list(self, node: Node, current: Current) -> Value:
        before, kept = self._kept(current)
        made = ", ".join(self._write(child, kept).plain for child in node["children"])
        return unless_null(kept, f"[{made}]").after(before)

    def _write_multi_select_dict(self, node: Node, current: Current) -> Value:
        before, kept = self._kept(current)
        pairs = ((child["value"], self._write(child["children"][0], kept).plain) for child in node["children"])
        made = ", ".join(f"{key!r}: {text}" for key, text in pairs)
        return unless_null(kept, f"{{{made}}}").after(before)

    def _write_projection(self, node: Node, current: Current) -> Value:
        base = self._write(node["children"][0], current)
        element, made = self._of_element(base, node["children"][1])
        return Value(f"projected({base.text}, lambda {element}: {made.text})", place=_array_of(made))

    def _write_filter_projection(self, node: Node, current: Current) -> Value:
        base = self._write(node["children"][0], current)
        tested, fits = self._of_element(base, node["children"][2], self._truth)
        element, made = self._of_element(base, node["children"][1])
        text = f"sifted({base.text}, lambda {tested}: {fits.text}, lambda {element}: {made.text})"
        return Value(text, place=_array_of(made))

    def _write_flatten(self, node: Node, current: Current) -> Value:
        return Value(f"flattened({self._write(node['children'][0], current).plain})")

    def _write_value_projection(self, node: Node, current: Current) -> Value:
        base = self._write(node["children"][0], current)
        element, made = self._of_element(base, node["children"][1])
        return Value(f"projected_values({base.plain}, lambda {element}: {made.plain})")

    def _write_function_expression(self, node: Node, current: Current) -> Value:
        before, kept = self._kept(current)
        arguments = ["" if child["type"] == "expref" else self._write(child, kept).plain for child in node["children"]]
        for place, child in enumerate(node["children"]):
            if child["type"] == "expref":
                element, made = self._of_element(Value("nothing"), child["children"][0])
                arguments[place] = f"reference(lambda {element}: {made.plain})"
        name = f"call_{node['value']}"
        if name not in self.names:
            self.names[name] = called(self._functions, node["value"])
        return Value(f"{name}({', '.join(arguments)})").after(before)

    def _of_element(
        self, base: Value, node: Node, write: Callable[[Node, Current], Value] | None = None
    ) -> tuple[str, Value]:
        """The name of an element of an array, and what a node is for it."""
        self._temporaries += 1
        name = f"e{self._temporaries}"
        place = base.inner(base.place and base.place.element())
        return name, (write or self._write)(node, Value(name, named=True, place=place))

    def _truth(self, node: Node, current: Current) -> Value:
        """Whether a node is true: of `and` and `or` only that matters of their sides as well."""
        word = _WORDS.get(node["type"])
        if word is None:
            return Value(truth_of(self._write(node, current)), truth=True)
        before, kept = self._kept(current)
        sides = f" {word} ".join(self._truth(child, kept).text for child in node["children"])
        return Value(f"({sides})", truth=True).after(before)

    def _either(self, node: Node, current: Current, word: str) -> Value:
        before, kept = self._kept(current)
        left, right = (self._write(child, kept) for child in node["children"])
        if left.truth:
            return Value(f"({left.text} {word} {right.plain})", truth=right.truth).after(before)
        first, again = self._twice(Value(left.plain, named=left.named))
        found, other = (again, right.plain) if word == "or" else (right.plain, again)
        return Value(f"({found} if true({first}) else {other})").after(before)

    def _kept(self, current: Current) -> tuple[str, Current]:
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


def _readable(value: Value) -> Value:
    if value.text.count("(") > _MOST_PARENTHESES:
        raise NotPlainError("nested deeper than Python reads")
    return value


def _array_of(made: Value) -> Place | None:
    """The place of an array whose elements have one."""
    if made.place is None:
        return None
    array = Place()
    array.element_place = made.place
    return array
