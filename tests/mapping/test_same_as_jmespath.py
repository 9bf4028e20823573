"""What is compiled finds what JMESPath finds, for any expression and any record, however it is decoded."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import jmespath
import msgspec
from hypothesis import assume, event, example, given, settings
from jmespath.visitor import Options

from streams.mapping.expression import NotAnExpressionError, read_expression
from streams.mapping.functions import MappingFunctions
from streams.mapping.place import Made, Place, mark, read
from streams.mapping.runtime import is_true
from streams.mapping.shape import narrow_decoder
from streams.mapping.times import Times
from streams.mapping.writer import Writer
from streams.mapping.written import Around, NotPlainError, Value
from tests.mapping.support.expressions import expressions, json_values

FUNCTIONS = MappingFunctions({"t": {"a": "A", "1": "one", "*": "other"}}, {"v": "V"}, Times(ZoneInfo("Asia/Shanghai")))
FAILED = object()


def searched(text: str, value: Any) -> Any:
    try:
        return jmespath.search(text, value, Options(custom_functions=FUNCTIONS))
    except Exception:  # noqa: BLE001 - whatever JMESPath raises
        return FAILED


def compiled(text: str, place: Place | None, item: bool = False) -> Any:
    names: dict[str, Any] = {}
    writer = Writer(FUNCTIONS, names)
    around = Around(Value("record", named=True, place=place))
    if item:
        around = Around(Value("record", named=True), Value("item", named=True))
    source = writer.value(read_expression(text), around).text

    def run(record: Any, element: Any = None) -> Any:
        try:
            return eval(source, {**names, "record": record, "item": element})
        except (SyntaxError, SyntaxWarning):
            raise
        except Exception:  # noqa: BLE001 - whatever JMESPath raises
            return FAILED

    compile(source, text, "eval")
    return run


def condition_of(text: str, place: Place | None) -> Any:
    names: dict[str, Any] = {}
    source = Writer(FUNCTIONS, names).truth(read_expression(text), Around(Value("record", named=True, place=place)))

    def run(record: Any) -> Any:
        try:
            return bool(eval(source, {**names, "record": record}))
        except Exception:  # noqa: BLE001 - whatever JMESPath raises
            return FAILED

    return run


def exactly(value: Any) -> Any:
    """Values that differ where JSON differs: 1, 1.0 and true are equal in Python."""
    if isinstance(value, list):
        return [exactly(part) for part in value]
    if isinstance(value, dict):
        return {name: exactly(part) for name, part in value.items()}
    return type(value), value


def readable(text: str) -> bool:
    try:
        read_expression(text)
    except NotAnExpressionError:
        return False
    return True


@settings(max_examples=400)
@given(expressions(), json_values())
@example("`5`.a[0]", {})
@example("a.b[0] == 'a'", {"a": {"b": "a"}})
@example("(a || b).[a, b]", {"a": {}, "b": None})
@example("a == b", {"a": 1, "b": True})
def test_an_expression_finds_in_plain_json_what_jmespath_finds(text: str, value: Any) -> None:
    assume(readable(text))
    try:
        run = compiled(text, None)
    except NotPlainError:
        event("left to JMESPath")
        return
    event("compiled")

    assert exactly(run(value)) == exactly(searched(text, value))


@settings(max_examples=400)
@given(expressions(), json_values())
@example("a.b[0].a", {"a": {"b": [{"a": 1}]}})
@example("[a, b][0].a", {"a": {"a": 1}, "b": 2})
@example("a.b && a.a.b", {"a": {"a": {"b": 1}, "b": {}}})
@example("(a[?a] | a)", {"a": [{"a": 1}]})
@example("to_array(a)[0].b", {"a": {"b": 1}})
def test_it_finds_the_same_in_a_record_of_which_only_what_is_read_is_decoded(text: str, value: Any) -> None:
    assume(readable(text))
    place = Place()
    mark(read(read_expression(text), (place,)))
    decode = narrow_decoder(place)
    assume(decode is not None)
    try:
        run = compiled(text, place)
        record = decode(msgspec.json.encode(value))  # type: ignore[misc]
    except (NotPlainError, msgspec.ValidationError) as error:
        event(type(error).__name__)
        return
    event("compiled")

    assert exactly(run(record)) == exactly(searched(text, value))


@settings(max_examples=200)
@given(expressions(), json_values(), json_values())
@example("@.item", [1], 2)
@example("[item.a, record.b, other]", {"b": 1}, {"a": 2})
def test_an_element_and_its_record_are_seen_as_one_object(text: str, record: Any, element: Any) -> None:
    assume(readable(text))
    try:
        run = compiled(text, None, item=True)
    except NotPlainError:
        return

    assert exactly(run(record, element)) == exactly(searched(text, {"item": element, "record": record}))


@settings(max_examples=250)
@given(expressions(), json_values())
def test_a_condition_fits_where_jmespath_finds_something_true(text: str, value: Any) -> None:
    assume(readable(text))
    place = Place()
    mark(read(read_expression(text), (place,)), whole=False)
    found = searched(text, value)
    decode = narrow_decoder(place)
    try:
        fits = condition_of(text, None)(value)
        narrow = condition_of(text, place)(decode(msgspec.json.encode(value))) if decode else fits
    except (NotPlainError, msgspec.ValidationError):
        return

    assert fits == narrow == (found if found is FAILED else is_true(found))


@settings(max_examples=250)
@given(expressions(), json_values())
def test_what_an_expression_finds_is_marked_as_read(text: str, value: Any) -> None:
    """What is not marked as read makes no difference: the same is found without it."""
    assume(readable(text) and "@" not in text)
    place = Place()
    mark(read(read_expression(text), (place,)))

    assert exactly(searched(text, value)) == exactly(searched(text, pruned(value, place)))


def pruned(value: Any, place: Place) -> Any:
    if place.whole:
        return value
    if isinstance(value, dict):
        return {name: pruned(value[name], place.fields[name]) if name in place.fields else None for name in value}
    if isinstance(value, list):
        element = place.element_place
        return [None if element is None else pruned(part, element) for part in value]
    return value


def test_a_made_array_is_read_where_its_elements_come_from() -> None:
    place = Place()

    (found,) = read(read_expression("[a.b, c]"), (place,))

    assert isinstance(found, Made)
    assert set(place.fields) == {"a", "c"}
