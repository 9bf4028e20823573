"""An expression of a mapping: JMESPath, read and checked before the first record."""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import jmespath
from jmespath.exceptions import EmptyExpressionError, IncompleteExpressionError, JMESPathError, LexerError, ParseError
from jmespath.lexer import Lexer

from streams.mapping.functions import MappingFunctions
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Node = dict[str, Any]
"""A node of JMESPath's syntax tree: `type`, `value` and `children`."""

FUNCTIONS: Mapping[str, Any] = MappingFunctions.FUNCTION_TABLE
_LONGEST = 2_000
_CONTEXT = ("lookup", "value")  # their names are checked, so they must be literals


class NotAnExpressionError(ValueError):
    """A text is no expression; the argument says what is wrong, in which column, and what to do."""


class Expression(NamedTuple):
    """A text that is JMESPath, whose functions are there and are given as many arguments as they take."""

    text: str
    root: Node

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables that it looks into."""
        return frozenset(_literals(self.root, "lookup"))

    @property
    def values(self) -> frozenset[str]:
        """Names of the values that it reads."""
        return frozenset(_literals(self.root, "value"))

    def calls(self) -> Iterator[Node]:
        """All calls of functions in it."""
        return (node for node in nodes(self.root) if node["type"] == "function_expression")


def read_expression(text: str) -> Expression:
    """Raises NotAnExpressionError."""
    if len(text) > _LONGEST:
        raise NotAnExpressionError(f"is longer than {_LONGEST:,} signs; write it as several fields or rules")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # JMESPath only warns of `word`, which is no JSON
        try:
            root: Any = jmespath.compile(text).parsed
        except Warning:
            raise NotAnExpressionError("between backticks stands JSON; a text is written 'so'") from None
        except EmptyExpressionError:
            raise NotAnExpressionError("is empty; write an expression") from None
        except ParseError as error:
            raise NotAnExpressionError(f"is not JMESPath: {_mistake(error, text)}") from None
        except (JMESPathError, RecursionError, ValueError, IndexError, KeyError):
            raise NotAnExpressionError("is not JMESPath; write it in smaller parts") from None
    for node in nodes(root):
        if node["type"] == "function_expression":
            _check_call(node, text)
        elif node["type"] == "slice" and node["children"][2] == 0:
            raise NotAnExpressionError("a slice has the step 0; leave the step out")
    return Expression(text, root)


def nodes(root: Node) -> Iterator[Node]:
    """A node and all below it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if node["type"] != "slice":  # its children are numbers
            waiting.extend(reversed(node["children"]))


def _check_call(node: Node, text: str) -> None:
    name, given = node["value"], node["children"]
    here = f"column {_column(name, text)}: "
    if name not in FUNCTIONS:
        raise NotAnExpressionError(f"{here}no function is named {name}(){suggestion(name, FUNCTIONS)}")
    takes = FUNCTIONS[name]["signature"]
    more = bool(takes) and takes[-1].get("variadic", False)
    if len(given) < len(takes) or (len(given) > len(takes) and not more):
        wanted = f"{len(takes)} or more" if more else str(len(takes))
        arguments = "argument" if wanted == "1" else "arguments"
        raise NotAnExpressionError(f"{here}{name}() takes {wanted} {arguments}, not {len(given)}")
    for number, argument in enumerate(given):
        wanted_types = takes[min(number, len(takes) - 1)]["types"]
        if (argument["type"] == "expref") != (wanted_types == ["expref"]):
            what = (
                "must begin with &, as in max_by(array, &field)"
                if wanted_types == ["expref"]
                else "must not begin with &"
            )
            raise NotAnExpressionError(f"{here}argument {number + 1} of {name}() {what}")
    if name in _CONTEXT and not (given[0]["type"] == "literal" and isinstance(given[0]["value"], str)):
        raise NotAnExpressionError(f"{here}the first argument of {name}() must be a name in single quotes")


def _column(name: str, text: str) -> int:
    tokens = list(Lexer().tokenize(text))
    for token, following in pairwise(tokens):
        if token["type"] == "unquoted_identifier" and token["value"] == name and following["type"] == "lparen":
            return int(token["start"]) + 1
    return 1


def _literals(root: Node, function: str) -> Iterator[str]:
    for node in nodes(root):
        if node["type"] == "function_expression" and node["value"] == function:
            yield node["children"][0]["value"]


def _mistake(error: ParseError, text: str) -> str:
    if isinstance(error, IncompleteExpressionError) or error.token_value == "":
        return f"column {len(text) + 1}: it ends too early"
    if isinstance(error, LexerError):
        return f"column {error.lexer_position + 1}: {error.message.partition(':')[0].lower()}"
    return f'column {error.lex_position + 1}: "{error.token_value}" does not belong here'
