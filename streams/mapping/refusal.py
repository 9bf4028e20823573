"""What is wrong with a record in the words of the mapping: the field, and what to write there; never a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jmespath.exceptions import JMESPathTypeError

from streams.mapping.failure import ExpressionError, kind_named, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_place = re.compile(r" - at `\$\.(?P<place>[^`]*)`$")
_missing = re.compile(r"missing required field `(?P<field>[^`]*)`")
_types = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<given>[^`]*)`")
_CUSTOMER = "data.customer"  # which has a type of ours, so that msgspec has no words for what it is given
_OF_PYTHON = ("NoneType", "str", "int", "float", "bool", "list", "dict")
_WANTED = {"str": "text", "float": "a number", "int": "a whole number", "bool": "true or false"}
_REMEDIES = {
    "str": "write text(...)",
    "float": "write number(...)",
    "int": "write number(...)",
    "bool": "write flag(...)",
}


def of_field(field: str, error: Exception) -> str:
    """What is wrong with the expression of a field that raised an error."""
    if isinstance(error, JMESPathTypeError):
        given = kind_named(error.actual_type)
        if error.actual_type in _OF_PYTHON:  # JMESPath has this name of elements only
            given = f"an array with {given} in it"
        wanted = " or ".join(kind_named(kind) for kind in error.expected_types)
        return f"{field}: {error.function_name}() is given {given} where {wanted} is wanted"
    if isinstance(error, ExpressionError):
        text = str(error)
        return f"{field} {text}" if text.startswith(("is ", "has ", "gives ")) else f"{field}: {text}"
    return f"{field}: cannot be computed from this record ({type(error).__name__})"


def of_struct(event: Mapping[str, Any], message: str) -> str:
    """What is wrong with an event that msgspec refused with this message."""
    found = _place.search(message)
    place = found["place"] if found else "data"
    missing = _missing.search(message)
    if missing:
        field = missing["field"] if place == "$" or not found else f"{place}.{missing['field']}"
        return f"{field} is null; every {event['type']} needs it"
    value: Any = event
    for step in place.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    types = _types.search(message)
    if types is None and (not found or (isinstance(value, str | int | float) and place != _CUSTOMER)):
        return f"{place} is empty, too long or out of range"
    wanted = types["wanted"].partition(" | ")[0] if types is not None else "str"
    if value is None:
        return f"{place} is null; every {event['type']} needs it"
    if wanted == "int" and isinstance(value, float):
        return f"{place} is a fraction where a whole number is wanted; write floor(...), ceil(...) or another field"
    remedy = "" if isinstance(value, list | dict) else f"; {_REMEDIES[wanted]}" if wanted in _REMEDIES else ""
    return f"{place} is {kind_of(value)} where {_WANTED.get(wanted, wanted)} is wanted{remedy}"
