"""Matchers, as silences, routes and maintenance have them: read, written out, and tried on a value."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from streams.register.matcher import LONGEST_VALUE, MatcherError, read_matcher
from tests.fuzz.support.odd_bytes import texts

_ATOMS: Final = [
    "a",
    ".",
    "\\d",
    "\\w",
    "[a-z]",
    "[^a]",
    "(?:a|b)",
    "(a)",
    "^",
    "$",
    "\\b",
    "\\pL",
    "(?i)",
    "\\1",
    "é",
    "[[:alpha:]]",
]
_REPEATS: Final = ["", "", "*", "+", "?", "*?", "{2}", "{1,300}", "{0,}", "{,9}", "{99999999999}"]
_SIGNS: Final = ["=", "!=", "=~", "=~", "=~", "!~", "==", "~", ""]
_NAMES: Final = ["region", "region", "store", "severity", "metric", "stroe", "1a", "", " region ", "régi"]


@st.composite
def _expression(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(st.sampled_from(_ATOMS), st.sampled_from(_REPEATS)), min_size=1, max_size=12))
    text = "".join(atom + repeat for atom, repeat in parts)
    for _ in range(draw(st.integers(0, 2))):
        text = f"({text}){draw(st.sampled_from(_REPEATS))}"
    return text * draw(st.sampled_from([1, 1, 1, 4, 20]))


@st.composite
def _heavy(draw: st.DrawFn) -> str:
    """One part many times, and an end that does not come: what backtracking takes for ever over."""
    part = draw(st.sampled_from([".", "a", "\\w", "[a-z]", "(?:a|aa)", "(a)"])) + draw(
        st.sampled_from(["?", "*", "{0,1}", ""])
    )
    return part * draw(st.sampled_from([2, 20, 30, 60])) + draw(st.sampled_from(["", "\\d", "b", "$"]))


@st.composite
def _matcher(draw: st.DrawFn) -> str:
    value = draw(st.one_of(_expression(), _heavy(), _heavy(), texts))
    quoted = draw(st.sampled_from(["{}", '"{}"', '"{}', "'{}'"])).replace("{}", value)
    return draw(st.sampled_from(_NAMES)) + draw(st.sampled_from(_SIGNS)) + quoted


_VALUES: Final = st.one_of(st.sampled_from(["a" * LONGEST_VALUE, "a" * 60 + "!", "", "1" * 255 + "x"]), texts)
EXAMPLES = st.tuples(st.one_of(_matcher(), texts), _VALUES)


def take(example: tuple[str, str]) -> str:
    """A matcher is refused by its own error, or matches and is read again from what it is written as."""
    text, value = example
    try:
        matcher = read_matcher(text)
    except MatcherError as error:
        return "" if str(error) else "refused without a word"
    matcher.matches({matcher.name: value})
    matcher.matches({})
    again = read_matcher(str(matcher))
    return "" if again == matcher else f"{matcher} is read as {again}"
