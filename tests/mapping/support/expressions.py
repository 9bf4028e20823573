"""Random JMESPath, and random JSON in which it finds something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NAMES = ("a", "b", "item", "record", '"x y"')
_LITERALS = (
    "'a'",
    "''",
    "'2026-11-11 10:00+08'",
    "`0`",
    "`1`",
    "`-1`",
    "`true`",
    "`false`",
    "`null`",
    "`1.5`",
    "`[]`",
    "`{}`",
    '`{"b": 1}`',
)
_OF_ONE = (
    "length",
    "type",
    "to_string",
    "to_number",
    "abs",
    "keys",
    "values",
    "sum",
    "max",
    "sort",
    "reverse",
    "not_null",
)
_OURS_OF_ONE = ("text", "number", "flag", "lower", "upper", "trim", "epoch_s", "epoch_ms", "epoch_us", "time", "first")
_DAYS = ("start_of_day", "end_of_day")


def json_values(names: tuple[str, ...] = ("a", "b", "item", "record", "x y")) -> SearchStrategy[object]:
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-2, 2)
        | st.sampled_from([2**63, -(2**70), 0.0, 1.0, -1.5, 1e22])
        | st.sampled_from(
            ["", "a", "b", "12", " 7.50", "yes", "2026-11-11", "2026-11-11 10:00", "2026-03-08T02:30:00", "ü"]
        )
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4),
        max_leaves=12,
    )


def expressions() -> SearchStrategy[str]:
    leaves = st.sampled_from((*NAMES, *NAMES, *_LITERALS, "@"))
    return st.recursive(leaves, _larger, max_leaves=7)


def _larger(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    two = st.tuples(inner, inner)
    names = st.sampled_from(NAMES)
    return st.one_of(
        st.tuples(inner, names).map(".".join),
        st.tuples(inner, names).map(".".join),
        st.tuples(inner, st.sampled_from(["0", "1", "-1", "-2"])).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.tuples(inner, st.sampled_from(["[]", "[*]", "[1:]", "[::-1]", ".*"])).map("".join),
        st.tuples(two, st.sampled_from(["==", "!=", "<", ">=", "&&", "||", "|"])).map(
            lambda given: f"({given[0][0]} {given[1]} {given[0][1]})"
        ),
        two.map(lambda pair: f"{pair[0]}[?{pair[1]}]"),
        two.map(lambda pair: f"[{pair[0]}, {pair[1]}]"),
        two.map(lambda pair: f"{{a: {pair[0]}, b: {pair[1]}}}"),
        two.map(lambda pair: f"{pair[0]}.[{pair[1]}]"),
        inner.map(lambda one: f"!{one}"),
        st.tuples(st.sampled_from((*_OF_ONE, *_OURS_OF_ONE, *_DAYS)), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(st.sampled_from(["sort_by", "max_by", "min_by"]), two).map(
            lambda given: f"{given[0]}({given[1][0]}, &{given[1][1]})"
        ),
        two.map(lambda pair: f"map(&{pair[0]}, {pair[1]})"),
        two.map(lambda pair: f"join('-', [{pair[0]}, {pair[1]}])"),
        st.tuples(st.sampled_from(["contains", "starts_with", "seconds", "not_null", "first"]), two).map(
            lambda given: f"{given[0]}({given[1][0]}, {given[1][1]})"
        ),
        inner.map(lambda one: f"lookup('t', {one})"),
        inner.map(lambda one: f"part({one}, '-', `-1`)"),
        inner.map(lambda one: f"replace({one}, 'a', 'b')"),
        st.sampled_from(["value('v')", "value('empty')"]),
    )
