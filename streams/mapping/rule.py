"""Makes Python of the rules of a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jmespath
from jmespath.visitor import Options

from streams.events.fields import Kind
from streams.mapping.expression import Expression, read_expression
from streams.mapping.failure import ExpressionError
from streams.mapping.place import Made, Place, mark, read
from streams.mapping.writer import Writer
from streams.mapping.written import Around, NotPlainError, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from streams.mapping.functions import MappingFunctions
    from streams.mapping.times import Times
    from streams.settings.mapping import MappingRule

MOST_EVENTS = 10_000
"""Of one record."""
ATTRIBUTES = ("id", "source", "time", "subject")


class FieldError(Exception):
    """An expression failed: of which rule, from 0, and field, and what was raised."""

    def __init__(self, rule: int, field: str, error: Exception) -> None:
        super().__init__(field)
        self.rule, self.field, self.error = rule, field, error


class RuleCode(NamedTuple):
    """A rule as Python.

    Attributes:
        fits: true, as Python sees it, where the rule is for a record.
        make: adds the events of a record, as dicts. Both raise FieldError.

    """

    fits: Callable[[Any], object]
    make: Callable[[Any, Callable[[dict[str, Any]], None]], None]


@dataclass(frozen=True)
class ReadRule:
    """A rule whose expressions are read.

    Attributes:
        type: the type of its events, where it is one for all.
        expressions: by field, as `when` and `data.amount`.

    """

    rule: MappingRule
    type: str
    expressions: Mapping[str, Expression]

    @classmethod
    def of(cls, rule: MappingRule, types: Mapping[str, Any]) -> ReadRule:
        """Raises NotAnExpressionError."""
        known = rule.type if rule.type in types else ""
        found = {field: read_expression(text) for field, text in texts(rule) if not (field == "type" and known)}
        return cls(rule, known, found)

    def mark(self, record: Place) -> None:
        """Notes what it reads of records."""
        around: tuple[Place | Made, ...] = (record,)
        if "when" in self.expressions:
            mark(read(self.expressions["when"], (record,)), whole=False)
        if "each" in self.expressions:
            arrays = read(self.expressions["each"], (record,))
            elements: list[Place | Made] = []
            for array in arrays:
                elements += [array.element()] if isinstance(array, Place) else array.elements
            if len(arrays) != 1 or isinstance(arrays[0], Made):
                mark(arrays, whole=False)
            around = (Made(fields={"item": tuple(elements), "record": (record,)}),)
        for field, expression in self.expressions.items():
            if field not in ("when", "each"):
                mark(read(expression, around))


def texts(rule: MappingRule) -> Iterator[tuple[str, str]]:
    """The expressions of a rule by field, those that are not empty."""
    for field in ("when", "each", "type", *ATTRIBUTES):
        if getattr(rule, field):
            yield field, getattr(rule, field)
    for field, text in rule.data.items():
        yield f"data.{field}", text


class RuleCompiler:
    """Compiles the rules of one mapping. With `record` for records decoded into structs, else for plain JSON."""

    def __init__(
        self,
        functions: MappingFunctions,
        times: Times,
        kinds: Mapping[str, Mapping[str, Kind]],
        record: Place | None = None,
    ) -> None:
        self._functions = functions
        self._kinds = kinds
        self._record = Value("record", named=True, place=record)
        self._names: dict[str, Any] = {
            "rfc3339": times.rfc3339,
            "time_fields": {name: {field for field in of if of[field] == Kind.TIME} for name, of in kinds.items()},
            "known_types": frozenset(kinds),
            "ExpressionError": ExpressionError,
            "FieldError": FieldError,
        }
        self._writer = Writer(functions, self._names)

    def compile(self, number: int, rule: ReadRule) -> RuleCode:
        """The functions of a rule, which has a number from 0.

        With structs it raises NotPlainError where JMESPath itself would be needed.
        """
        lines = ["def fits(record):"]
        if "when" in rule.expressions:
            truth = self._truth(rule.expressions["when"])
            lines += [
                " try:",
                f"  return {truth}",
                " except Exception as error:",
                f"  raise FieldError({number}, 'when', error)",
            ]
        else:
            lines.append(" return True")
        lines += ["def make(record, add):", " at = 'each'", " try:"]
        if rule.rule.ignore:
            lines.append("  return")
        elif "each" in rule.expressions:
            lines += self._each(rule)
        else:
            lines += [f"  {line}" for line in self._event(rule, Around(self._record), "return")]
        lines += [" except Exception as error:", f"  raise FieldError({number}, at, error)"]
        exec("\n".join(lines), self._names)  # noqa: S102 - our own text, see streams.mapping.writer
        return RuleCode(self._names["fits"], self._names["make"])

    def _each(self, rule: ReadRule) -> Iterator[str]:
        found = self._value(rule.expressions["each"], Around(self._record))
        place = found.place.element() if found.place is not None else None
        item = Value("item", named=True, place=None if place is None or place.is_plain() else place)
        yield f"  items = {found.text}"
        yield "  if items is None: return"
        yield "  if type(items) is not list: raise ExpressionError('is no array')"
        yield "  for item in items:"
        for line in self._event(rule, Around(self._record, item), "continue"):
            yield f"   {line}"

    def _event(self, rule: ReadRule, around: Around, leave: str) -> Iterator[str]:
        expressions = rule.expressions
        yield "at = 'type'"
        if rule.type:
            yield f"kind = {rule.type!r}"
        else:
            yield f"kind = {self._text(expressions['type'], around)}"
            yield f"if kind is None: {leave}"
            yield "if type(kind) is not str or kind not in known_types:"
            yield " raise ExpressionError('is no type of event')"
        yield "event = {'specversion': '1.0', 'type': kind}"
        for field in ATTRIBUTES:
            if field in expressions:
                yield f"at = {field!r}"
                text = self._text(expressions[field], around)
                if field == "subject":
                    yield f"x = {text}"
                    yield "if x is not None and x != '': event['subject'] = x"
                else:
                    yield f"event[{field!r}] = {f'rfc3339({text})' if field == 'time' else text}"
        yield "event['data'] = data = {}"
        for field, expression in expressions.items():
            if field.startswith("data."):
                yield f"at = {field!r}"
                yield from self._datum(rule, field.removeprefix("data."), self._text(expression, around))
        yield "add(event)"

    def _datum(self, rule: ReadRule, name: str, text: str) -> Iterator[str]:
        yield f"x = {text}"
        kinds = self._kinds if not rule.type else {rule.type: self._kinds[rule.type]}
        times = {of.get(name) == Kind.TIME for of in kinds.values() if name in of}
        if times == {True}:
            yield "x = rfc3339(x)"
        elif True in times:
            yield f"if {name!r} in time_fields[kind]: x = rfc3339(x)"
        yield f"if x is not None: data[{name!r}] = x"

    def _value(self, expression: Expression, around: Around) -> Value:
        try:
            return self._writer.value(expression, around)
        except NotPlainError:
            if self._record.place is not None:
                raise
            return Value(f"{self._writer.constant(self._searched(expression))}({around.whole.text})")

    def _text(self, expression: Expression, around: Around) -> str:
        return self._value(expression, around).plain

    def _truth(self, expression: Expression) -> str:
        try:
            return self._writer.truth(expression, Around(self._record))
        except NotPlainError:
            return f"true({self._value(expression, Around(self._record)).plain})"

    def _searched(self, expression: Expression) -> Callable[[Any], Any]:
        compiled = jmespath.compile(expression.text)
        return partial(_search, compiled.search, Options(custom_functions=self._functions))


def _search(search: Callable[[Any, Options], Any], options: Options, value: Any) -> Any:
    return search(value, options)
