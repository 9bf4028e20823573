"""What expressions of a mapping can call beside the functions that JMESPath has itself."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from jmespath.functions import Functions, signature

from streams.mapping.failure import ExpressionError, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.mapping.times import Times

_NUMBER: Final = re.compile(r"(?P<whole>[+-]?[0-9]{1,300})(?P<rest>(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?)")
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
OTHERWISE: Final = "*"
"""The entry of a table for what it does not list."""

_ANY: Any = {"types": []}


class MappingFunctions(Functions):
    """The functions of one mapping: JMESPath's own, and those that stand in docs/mapping.md.

    All of them raise ExpressionError, or JMESPathTypeError, for what they cannot be given.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, str]], values: Mapping[str, str], times: Times) -> None:
        self._tables = tables
        self._values = values
        self._times = times

    @signature(_ANY)
    def _func_text(self, x: Any) -> str | None:
        return text(x)

    @signature(_ANY)
    def _func_number(self, x: Any) -> int | float | None:
        if x is None or x == "":
            return None
        if isinstance(x, int | float) and not isinstance(x, bool):
            return x
        if not isinstance(x, str):
            raise ExpressionError(f"number() is given {kind_of(x)}")
        match = _NUMBER.fullmatch(x.strip())
        if match is None:
            raise ExpressionError("number() is given a text that is no number")
        if not match["rest"]:
            return int(x)
        found = float(x)
        if found - found != 0:
            raise ExpressionError("number() is given a number that is too large")
        return found

    @signature(_ANY)
    def _func_flag(self, x: Any) -> bool | None:
        if x is None or x == "":
            return None
        found = None
        if isinstance(x, bool | int | float) and x in (0, 1):
            found = bool(x)
        elif isinstance(x, str):
            found = _FLAGS.get(x.strip().lower())
        if found is None:
            raise ExpressionError(f"flag() is given {kind_of(x)} that is neither yes nor no")
        return found

    @signature(_ANY)
    def _func_lower(self, x: Any) -> str | None:
        return None if x is None else _text_of("lower", x).lower()

    @signature(_ANY)
    def _func_upper(self, x: Any) -> str | None:
        return None if x is None else _text_of("upper", x).upper()

    @signature(_ANY)
    def _func_trim(self, x: Any) -> str | None:
        return None if x is None else _text_of("trim", x).strip()

    @signature(_ANY, _ANY, _ANY)
    def _func_part(self, x: Any, separator: Any, index: Any) -> str | None:
        if x is None:
            return None
        if type(separator) is not str or not separator or type(index) is not int:
            raise ExpressionError("part() needs a separator and a whole number")
        parts = _text_of("part", x).split(separator)
        return parts[index] if -len(parts) <= index < len(parts) else None

    @signature(_ANY, _ANY, _ANY)
    def _func_replace(self, x: Any, old: Any, new: Any) -> str | None:
        if x is None:
            return None
        if type(old) is not str or not old or type(new) is not str:
            raise ExpressionError("replace() needs a text to look for, and one to put there")
        return _text_of("replace", x).replace(old, new)

    @signature(_ANY, _ANY)
    def _func_lookup(self, name: str, x: Any) -> str | None:
        if x is None:
            return None
        table = self._tables.get(name)
        if table is None:
            raise ExpressionError("lookup() names a table that is not there")
        found = table.get(x if type(x) is str else str(text(x)))
        return (table.get(OTHERWISE) if found is None else found) or None

    @signature(_ANY)
    def _func_value(self, name: str) -> str | None:
        return self._values.get(name) or None

    @signature(_ANY)
    def _func_epoch_s(self, x: Any) -> str | None:
        return self._times.since_epoch("epoch_s", x)

    @signature(_ANY)
    def _func_epoch_ms(self, x: Any) -> str | None:
        return self._times.since_epoch("epoch_ms", x)

    @signature(_ANY)
    def _func_epoch_us(self, x: Any) -> str | None:
        return self._times.since_epoch("epoch_us", x)

    @signature(_ANY)
    def _func_time(self, x: Any) -> str | None:
        return self._times.rfc3339(x)

    @signature(_ANY)
    def _func_start_of_day(self, x: Any) -> str | None:
        return self._times.of_day(x, "00:00", ":00")

    @signature(_ANY)
    def _func_end_of_day(self, x: Any) -> str | None:
        return self._times.of_day(x, "23:59", ":59")

    @signature(_ANY, _ANY)
    def _func_seconds(self, begin: Any, end: Any) -> float | None:
        begin_ms, end_ms = self._times.ms(begin), self._times.ms(end)
        return None if begin_ms is None or end_ms is None else (end_ms - begin_ms) / 1000

    @signature({"types": [], "variadic": True})
    def _func_first(self, *found: Any) -> Any:
        for x in found:
            if x is not None and x != "":
                return x
        return None


def text(x: Any) -> str | None:
    """The digits of a number as they are, true and false by name, a text itself; null stays null.

    >>> text(9007199254740993), text(1.0), text(1e21), text(True)
    ('9007199254740993', '1.0', '1000000000000000000000', 'true')
    """
    if type(x) is str or x is None:
        return x
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, int):
        return _digits(x)
    if isinstance(x, float):
        shortest = repr(x)
        return format(Decimal(shortest), "f") if "e" in shortest else shortest
    raise ExpressionError(f"text() is given {kind_of(x)}")


def _digits(x: int) -> str:
    try:
        return str(x)
    except ValueError:  # Python writes 4,300 digits at most
        raise ExpressionError("text() is given a number of thousands of digits") from None


def _text_of(function: str, x: Any) -> str:
    if type(x) is not str:
        raise ExpressionError(f"{function}() is given {kind_of(x)} where a text is wanted")
    return x
