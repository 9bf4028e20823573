"""What the functions of mappings find, beside those of JMESPath."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jmespath.exceptions import JMESPathTypeError
from jmespath.visitor import Options

from streams.mapping.failure import ExpressionError
from streams.mapping.functions import MappingFunctions, text
from streams.mapping.times import Times

TABLES = {"tags": {"a": "A", "1": "one", "gone": ""}, "all": {"a": "A", "*": "other"}}
FUNCTIONS = MappingFunctions(TABLES, {"store": "flagship", "empty": ""}, Times())


def found(expression: str, **fields: Any) -> Any:
    return jmespath.search(expression, fields, Options(custom_functions=FUNCTIONS))


@pytest.mark.parametrize(
    ("expression", "x", "result"),
    [
        ("text(x)", 9007199254740993, "9007199254740993"),
        ("text(x)", 1.0, "1.0"),
        ("text(x)", 1e-7, "0.0000001"),
        ("text(x)", True, "true"),
        ("text(x)", None, None),
        ("number(x)", "12.50", 12.5),
        ("number(x)", " 12 ", 12),
        ("number(x)", "-1e3", -1000.0),
        ("number(x)", 7, 7),
        ("number(x)", "", None),
        ("flag(x)", "Yes", True),
        ("flag(x)", "0", False),
        ("flag(x)", 1, True),
        ("flag(x)", False, False),
        ("flag(x)", "", None),
        ("lower(x)", "InTransit", "intransit"),
        ("upper(x)", None, None),
        ("trim(x)", " a\n", "a"),
        ("part(x, '/', `-1`)", "arn:aws/queue/q1", "q1"),
        ("part(x, '/', `3`)", "a/b", None),
        ("part(x, '/', `0`)", None, None),
        ("replace(x, '#', '')", "#1001", "1001"),
        ("lookup('tags', x)", "a", "A"),
        ("lookup('tags', x)", 1, "one"),
        ("lookup('tags', x)", "gone", None),
        ("lookup('tags', x)", "other", None),
        ("lookup('all', x)", "any", "other"),
        ("lookup('all', x)", None, None),
        ("value('store')", None, "flagship"),
        ("value('empty')", None, None),
        ("first(x, '', 'b')", None, "b"),
        ("first(x, 'b')", 0, 0),
        ("first(x)", "", None),
        ("epoch_s(x)", 0, "1970-01-01T00:00:00Z"),
        ("epoch_s(x)", 1_762_819_200.25, "2025-11-11T00:00:00.250Z"),
        ("epoch_ms(x)", "1762819200999", "2025-11-11T00:00:00.999Z"),
        ("epoch_us(x)", 1_762_819_200_999_999, "2025-11-11T00:00:00.999Z"),
        ("epoch_ms(x)", -1, "1969-12-31T23:59:59.999Z"),
        ("epoch_s(x)", None, None),
        ("seconds('2026-11-11T00:00:00Z', x)", "2026-11-11T08:00:30.5+08:00", 30.5),
        ("seconds('2026-11-11T00:00:00Z', x)", None, None),
    ],
)
def test_a_function_gives(expression: str, x: object, result: object) -> None:
    given_back = found(expression, x=x)

    assert (type(given_back), given_back) == (type(result), result)


@pytest.mark.parametrize(
    ("expression", "x"),
    [
        ("text(x)", [1]),
        ("text(x)", {}),
        ("number(x)", "12,50"),
        ("number(x)", "٣"),
        ("number(x)", "nan"),
        ("number(x)", "1e999"),
        ("number(x)", True),
        ("flag(x)", "maybe"),
        ("flag(x)", 2),
        ("lower(x)", 5),
        ("part(x, '/', `0`)", 5),
        ("part(x, '', `0`)", "a"),
        ("part(x, '/', `0.5`)", "a"),
        ("replace(x, '', 'b')", "a"),
        ("lookup('tags', x)", []),
        ("lookup('none', x)", "a"),
        ("epoch_s(x)", 1e300),
        ("epoch_s(x)", 1_762_819_200_000),
        ("epoch_ms(x)", "soon"),
        ("epoch_us(x)", True),
        ("seconds(x, x)", 5),
    ],
)
def test_what_a_function_cannot_be_given_is_a_mistake(expression: str, x: object) -> None:
    with pytest.raises((ExpressionError, JMESPathTypeError)):
        found(expression, x=x)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_text(x: float) -> None:
    written = text(x)

    assert written is not None
    assert "e" not in written
    assert (int if isinstance(x, int) else float)(written) == x
