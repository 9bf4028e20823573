"""Writes, for a topic, the function that turns events into rows (`streams.ingest.row_shape`).

It is written as source text, since it runs for every event: one loop, attribute look-ups and constants only. Names of
fields come from the structs of the events, values of the catalogue enter as bound constants, never as text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from streams.catalogue.single_values import OWN_TIME
from streams.cells.histogram import edges
from streams.events.event_time import KNOWN_MINUTES, KNOWN_TAILS, SECONDS_OF_MINUTE, event_time_ms
from streams.events.vocabulary import TOPIC, type_of
from streams.ingest.amounts import scaled
from streams.ingest.case_names import CaseBook
from streams.ingest.elements import ABSENT, Amount, Bin, Case, Code, Element, Holds, Moment, ServiceTime, Time

if TYPE_CHECKING:
    from streams.catalogue.term import Condition
    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.ingest.codes import Codes
    from streams.ingest.elements import Where
    from streams.ingest.row_shape import RowShape

Row = list[int]  # of several events, one after the other
RowsOf = Callable[[Sequence["Event"], Iterable[int]], list[Row]]
Service = Callable[[int, int], int]  # ms, seconds of service time -> ms


def always_open(start_ms: int, seconds: int) -> int:
    """Of a service that never closes: so many seconds later."""
    return start_ms + seconds * 1000


class WrongTimeError(ValueError):
    """A time is not RFC 3339; the argument is its place."""


def compile_rows(
    shapes: Mapping[type[Event], RowShape],
    codes: Mapping[str, Codes],
    vocabulary: Vocabulary,
    cases: CaseBook | None = None,
    service: Service = always_open,
) -> RowsOf:
    """The function (events, their times in ms) -> (the rows of each type, in the order of `shapes`).

    Args:
        shapes: by struct of event.
        codes: of the dimensions that they use.
        vocabulary: of the events.
        cases: numbers what names a case.
        service: says when so many seconds of service time have passed since a moment in ms.

    The function raises WrongTimeError for a time field that is not RFC 3339, used by a metric or not, and KeyError
    never: events of other structs have no rows.

    """
    names: dict[str, Any] = {
        "event_time_ms": event_time_ms,
        "minutes": KNOWN_MINUTES,
        "seconds": SECONDS_OF_MINUTE,
        "tails": KNOWN_TAILS,
        "scaled": scaled,
        "bisect": bisect_right,
        "service": service,
        "WrongTimeError": WrongTimeError,
        **{f"codes_{name}": each for name, each in codes.items()},
    }
    found = ", ".join(f"rows_{number}" for number in range(len(shapes)))
    lines = ["def rows(events, times):", f" {found} = {', '.join('[]' for _ in shapes)}" if shapes else " pass"]
    lines += [" for event, ms in zip(events, times):", "  data, kind = event.data, type(event)"]
    for number, (event, shape) in enumerate(shapes.items()):
        names[f"event_{number}"] = event
        writer = _Writer(type_of(event), names, vocabulary, CaseBook() if cases is None else cases)
        lines.append(f"  {'el' if number else ''}if kind is event_{number}:")
        lines += [f"   {line}" for line in (*writer.lines(shape, f"rows_{number}"), "pass")]
    lines.append(f" return [{found}]")
    exec("\n".join(lines), names)  # noqa: S102 - our own text, see the module's docstring
    rows: RowsOf = names["rows"]
    return rows


class _Writer:
    """The lines for one type of event: they add its row."""

    def __init__(self, event_type: str, names: dict[str, Any], vocabulary: Vocabulary, cases: CaseBook) -> None:
        self._type = event_type
        self._names = names
        self._vocabulary = vocabulary
        self._cases = cases

    def lines(self, shape: RowShape, rows: str) -> list[str]:
        lines = [line for field in sorted(self._vocabulary.time_fields[self._type]) for line in self._time(field)]
        if not shape.width:
            return lines
        tests = {test: f"w{place}" for test, place in shape.positions.items() if isinstance(test, Holds)}
        lines += [f"{name} = {self._any_of(test)}" for test, name in tests.items()]
        elements = [self._element(element, tests, shape.topic) for element in shape.positions]
        return [*lines, f"{rows} += ({', '.join(elements)},)"]

    def _element(self, element: Element, tests: Mapping[Holds, str], topic: str) -> str:  # noqa: PLR0911 - one a kind
        match element:
            case Moment():
                return "ms"
            case Code(dimension):
                return f"codes_{dimension}[{self._dimension(dimension, topic)}]"
            case Time(field):
                return f"{ABSENT} if t_{field} is None else t_{field}"
            case ServiceTime(at, seconds):
                passed = f"service({'ms' if at == OWN_TIME else f't_{at}'}, {seconds})"
                return passed if at == OWN_TIME else f"{ABSENT} if t_{at} is None else {passed}"
            case Bin(field, bins):
                found = f"bisect({self._constant(edges(*bins))}, data.{field})"
                return f"{ABSENT} if data.{field} is None else {found}"
            case Amount(field, scale):
                return f"{ABSENT} if data.{field} is None else scaled(data.{field}, {scale})"
            case Case(by, also, only):
                names = self._constant(self._cases[by, also])
                text = f'data.{by} + "\\0" + (data.{also} or "")' if also else f"data.{by}"
                wanted = f"({' or '.join(tests[test] for test in only)}) and " if only else ""
                return f"{names}.setdefault({text}, len({names}) + 1) if {wanted}data.{by} else 0"
            case Holds():
                return tests[element]

    def _time(self, field: str) -> list[str]:
        name = f"t_{field}"
        return [
            f"{name} = data.{field}",
            f"if {name} is not None:",
            # Nearly always all parts of the text are known: the call of event_time_ms costs as much as the look-ups.
            f" try: {name} = minutes[{name}[:16]] + seconds[{name}[16:19]] + tails[{name}[19:]]",
            " except KeyError:",
            f"  {name} = event_time_ms({name})",
            f"  if {name} is None: raise WrongTimeError('$.data.{field}')",
        ]

    def _any_of(self, test: Holds) -> str:
        return " or ".join(f"({self._all_of(where)})" for where in test.which)

    def _all_of(self, where: Where) -> str:
        return " and ".join(test for field, condition in where for test in self._tests(field, condition)) or "True"

    def _tests(self, field: str, condition: Condition) -> list[str]:
        if difference := condition.difference(field):
            told = " and ".join(f"t_{time} is not None" for time in difference.fields)
            start, to = ("ms" if time == OWN_TIME else f"t_{time}" for time in (difference.start, difference.to))
            tests = self._bounds(f"({to} - {start}) / 1000", told, condition)
            return tests if condition.present is None else [*tests, f"({told}) is {condition.present}"]
        if field not in self._vocabulary.fields[self._type]:
            operand, absent = "None", None
        elif field in self._vocabulary.text_fields[self._type]:
            operand, absent = f'(data.{field} or "")', ""
        else:
            operand, absent = f"data.{field}", None
        tests = []
        if condition.equals is not None:
            tests.append(f"{operand} == {self._constant(condition.equals)}")
        if condition.any_of:
            wanted = tuple(absent if value is None else value for value in condition.any_of)
            tests.append(f"{operand} in {self._constant(wanted)}")
        tests += self._bounds(operand, f"{operand} is not None", condition)
        if condition.present is not None:
            tests.append(f"{operand} {'!=' if condition.present else '=='} {self._constant(absent)}")
        return tests

    def _bounds(self, operand: str, told: str, condition: Condition) -> list[str]:
        tests = []
        if condition.at_most is not None:
            tests.append(f"{told} and {operand} <= {self._constant(condition.at_most)}")
        if condition.above is not None:
            tests.append(f"{told} and {operand} > {self._constant(condition.above)}")
        return tests

    def _dimension(self, name: str, topic: str) -> str:
        if name == TOPIC:
            return self._constant(topic)
        return f"data.{name}" if name in self._vocabulary.dimensions[self._type] else '""'

    def _constant(self, value: Any) -> str:
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name
