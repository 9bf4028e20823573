"""What regular expressions mean, and that none of them can hold a worker, whatever stands in it."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.register.expression import MEMORY_LIMIT, Expression, ExpressionError, expression

QUESTIONS = ".?" * 60 + r"\d"  # holds Python's `re` for longer than anybody waits


@pytest.mark.parametrize(
    ("text", "value", "matches"),
    [
        ("zhe|jiangsu", "zhe", True),
        ("zhe|jiangsu", "zhejiang", False),
        ("", "", True),
        ("", "a", False),
        ("浙.", "浙江", True),
        ("a.b", "a\nb", True),
        ("a$", "a\n", False),
        ("(?i)SF|yto", "sf", True),
        ("(sf|yto)+", "sfytosf", True),
        (".*a.*b.*c.*", "xaxbxcx", True),
        (r"\pL+", "浙江", True),
        ("a+", "a" * 100_000, True),
        (".", "\ud800", True),
        ("�", "\ud800", True),
    ],
)
def test_an_expression_matches_the_whole_value(text: str, value: str, matches: bool) -> None:
    assert Expression(text).matches(value) is matches


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("zhe[", "missing ]"),
        ("(a", "missing )"),
        ("(?=a)b", "look-ahead"),
        ("(?<!a)b", "look-behind"),
        (r"(a)\1", "references to a group"),
        (r"a\Z", "invalid escape sequence"),
        ("a++", "around what is repeated"),
        ("(?:a{999}){999}", "1000 repetitions are the most"),
        (r"\pL{900}", "shorten it"),
    ],
)
def test_what_re2_refuses_is_refused_with_the_remedy(text: str, remedy: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ExpressionError, match=re.escape(remedy)):
        Expression(text)

    assert capfd.readouterr() == ("", "")  # RE2 would write a log of its own to standard error


@pytest.mark.parametrize(
    "text", [QUESTIONS, "(a+)+b", "(a|a)*b", "(.*?){500}", r"(?:.*a){20}.*" + ".?" * 50, ".{1000}"]
)
@pytest.mark.parametrize("value", ["a" * 256, "店" * 256, "ab" * 128, "a" * 255 + "\n"], ids=lambda value: value[:3])
def test_the_worst_value_for_the_worst_expression_takes_no_time(text: str, value: str) -> None:
    begun = time.perf_counter()
    Expression(text).matches(value)

    assert time.perf_counter() - begun < 0.2


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_written_matches_or_not_or_is_refused(text: str, value: str) -> None:
    with contextlib.suppress(ExpressionError):
        assert expression(text).matches(value) in (True, False)


def test_an_expression_has_little_memory_and_is_compiled_once() -> None:
    assert MEMORY_LIMIT <= 1 << 20
    assert expression("zhe.*") is expression("zhe.*")
