"""What is no expression is refused before the first record, with column and remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mapping.expression import NotAnExpressionError, read_expression
from tests.mapping.support.expressions import expressions


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty; write an expression"),
        ("a.", "is not JMESPath: column 3: it ends too early"),
        ("a b", 'is not JMESPath: column 3: "b" does not belong here'),
        ("a = 'x'", "is not JMESPath: column 3: unknown token '='"),
        ("a == 'x", "is not JMESPath: column 6: unclosed ' delimiter"),
        ("`word`", "between backticks stands JSON; a text is written 'so'"),
        ("join('-', [txt(id)])", 'column 12: no function is named txt(); did you mean "text"?'),
        ("text(a, b)", "column 1: text() takes 1 argument, not 2"),
        ("first()", "column 1: first() takes 1 or more arguments, not 0"),
        ("max_by(a, b)", "column 1: argument 2 of max_by() must begin with &, as in max_by(array, &field)"),
        ("text(&a)", "column 1: argument 1 of text() must not begin with &"),
        ("lookup(table, x)", "column 1: the first argument of lookup() must be a name in single quotes"),
        ("a || value(b)", "column 6: the first argument of value() must be a name in single quotes"),
        ("a[::0]", "a slice has the step 0; leave the step out"),
        ("a" * 2_001, "is longer than 2,000 signs; write it as several fields or rules"),
        ("!" * 1_500 + "a", "is not JMESPath; write it in smaller parts"),
    ],
)
def test_a_mistake_has_its_column_and_what_to_do(text: str, what: str) -> None:
    with pytest.raises(NotAnExpressionError) as caught:
        read_expression(text)

    assert str(caught.value) == what


def test_tables_and_values_are_known_by_their_names() -> None:
    expression = read_expression("lookup('tags', x) || map(&lookup('more', @), y) || value('store')")

    assert expression.tables == {"tags", "more"}
    assert expression.values == {"store"}


def outcome(text: str) -> str:
    try:
        return read_expression(text).root["type"]
    except NotAnExpressionError as error:
        return str(error)


@given(st.text(alphabet="ab.[]*&|!?=<>'`\"(){}@,:- \n0é\ud800", max_size=40))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    assert outcome(text)


@given(expressions(), st.data())
def test_an_expression_that_is_cut_short_or_spoilt_is_one_or_refused(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert outcome(text[:place] + data.draw(st.sampled_from(["", "(", "&", "'", "]"])))
