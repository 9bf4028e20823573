"""The regular expressions of matchers: RE2's, as in Alertmanager, so that whoever writes one cannot stop a worker.

Syntax: https://github.com/google/re2/wiki/Syntax. Why RE2: docs/decisions/0024-re2.md.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import re2

MEMORY_LIMIT: Final = 256 * 1024  # bytes of one expression; ".{1000}" needs half of it
KEPT: Final = 512  # compiled expressions
_REMEDIES: Final = (
    ("invalid perl operator", "look-ahead and look-behind are not known: write a second matcher, with !~"),
    ("invalid escape sequence", "it is not known, nor are references to a group: write the text itself"),
    ("pattern too large", "shorten it, or repeat less in it"),
    ("invalid repetition size", "1000 repetitions are the most, those inside others multiplied"),
    ("bad repetition operator", "put (?:...) around what is repeated"),
)


class ExpressionError(ValueError):
    """RE2 takes no such expression: why, and what to do."""


class Expression:
    r"""A compiled expression. A dot matches a line break, too; `\d`, `\w` and `\b` know ASCII only.

    Raises ExpressionError for what RE2 refuses.

    >>> Expression("zhe.*|jiangsu").matches("zhejiang"), Expression("zhe").matches("zhejiang")
    (True, False)
    >>> Expression("a++")
    Traceback (most recent call last):
    streams.register.expression.ExpressionError: bad repetition operator: ++: put (?:...) around what is repeated
    """

    __slots__ = ("_pattern",)

    def __init__(self, text: str) -> None:
        try:
            self._pattern = re2.compile(_utf8(text), _options())
        except re2.error as error:
            raise ExpressionError(_sentence(error)) from None

    def matches(self, value: str) -> bool:
        """Whether all of the value matches. Takes time that grows with its length, whatever the expression."""
        found: object = self._pattern.fullmatch(_utf8(value))
        return found is not None


@lru_cache(maxsize=KEPT)
def expression(text: str) -> Expression:
    """The same as `Expression`, compiled once."""
    return Expression(text)


def _options() -> Any:
    options = re2.Options()
    options.max_mem = MEMORY_LIMIT
    options.dot_nl = True
    options.never_capture = True
    options.log_errors = False
    return options


def _utf8(text: str) -> bytes:
    """Half of a surrogate pair, which is no character and has no UTF-8, counts as the replacement character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _sentence(error: Exception) -> str:
    cause = error.args[0]
    what = cause.decode(errors="replace") if isinstance(cause, bytes) else str(cause)
    remedy = next((remedy for known, remedy in _REMEDIES if what.startswith(known)), "")
    return f"{what}: {remedy}" if remedy else what
