"""Why a record of a mapped topic gives no events. No text here ever holds a value of the record."""

from __future__ import annotations

from streams.events.dead_letter import RejectedError


class ExpressionError(ValueError):
    """An expression cannot be computed from what the record holds; the argument says what is wrong with it."""


class MappingError(RejectedError):
    """A record of a mapped topic is a dead letter."""


def kind_of(value: object) -> str:
    """What JSON calls a value, as a sentence needs it.

    >>> kind_of(True), kind_of(1.5), kind_of([])
    ('true or false', 'a number', 'an array')
    """
    return _WORDS.get(type(value).__name__, "something else")


def kind_named(name: str) -> str:
    """The same by the name that JMESPath, msgspec or Python has for the kind."""
    return _WORDS.get(name, name)


_WORDS = {
    "NoneType": "null",
    "null": "null",
    "bool": "true or false",
    "boolean": "true or false",
    "int": "a number",
    "float": "a number",
    "number": "a number",
    "str": "a text",
    "string": "a text",
    "list": "an array",
    "array": "an array",
    "array-string": "an array of texts",
    "array-number": "an array of numbers",
    "dict": "an object",
    "object": "an object",
}
