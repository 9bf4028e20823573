"""What a silence, a route or a maintenance window is about: conditions on the labels of an anomaly.

Syntax and meaning are Alertmanager's (https://prometheus.io/docs/alerting/latest/configuration/#matcher): a label that
is missing counts as "", a regular expression matches the whole value (`streams.register.expression`).
"""

from __future__ import annotations

import enum
import json
import re
from typing import TYPE_CHECKING, Final

import msgspec

from streams.events.vocabulary import SHIPPED
from streams.register.expression import ExpressionError, expression
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from streams.records.anomaly import Anomaly
    from streams.settings.located_yaml import Path


LONGEST_VALUE: Final = 256  # of a matcher, in characters
MOST_MATCHERS: Final = 20
OWN_LABELS: Final = frozenset({"metric", "touchpoint", "severity"})
KNOWN_LABELS: Final = OWN_LABELS | SHIPPED.all_dimensions

_SYNTAX = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*)", re.DOTALL)  # of a text without spaces around it


class Op(enum.StrEnum):
    """How a label is compared."""

    EQUAL = "="
    UNEQUAL = "!="
    LIKE = "=~"
    UNLIKE = "!~"


class MatcherError(ValueError):
    """A matcher that cannot be meant: what is wrong, and what to do."""


class Matcher(msgspec.Struct, frozen=True):
    """One condition."""

    name: str
    op: Op
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """A label that is missing is "".

        >>> Matcher("region", Op.LIKE, "zhe.*|jiangsu").matches({"region": "zhejiang"})
        True
        >>> Matcher("region", Op.UNEQUAL, "zhejiang").matches({})
        True
        """
        value = labels.get(self.name, "")
        if self.op in (Op.EQUAL, Op.UNEQUAL):
            return (value == self.value) is (self.op is Op.EQUAL)
        return expression(self.value).matches(value) is (self.op is Op.LIKE)

    def __str__(self) -> str:
        return f"{self.name}{self.op.value}{json.dumps(self.value, ensure_ascii=False)}"


def labels_of(anomaly: Anomaly) -> dict[str, str]:
    """What matchers see: the scope's dimensions, metric, touchpoint and severity."""
    return {
        **anomaly.scope,
        "metric": anomaly.metric,
        "touchpoint": anomaly.touchpoint,
        "severity": anomaly.severity,
    }


def all_match(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    return all(matcher.matches(labels) for matcher in matchers)


def read_matcher(text: str, known: Collection[str] = KNOWN_LABELS) -> Matcher:
    """`region=zhejiang`, `store!="a b"`, `severity=~"critical|warning"`, `carrier!~sf.*`.

    `known`: labels that there are; empty: any. Raises MatcherError.
    """
    parts = _SYNTAX.fullmatch(text.strip())
    if parts is None:
        raise MatcherError(f"{_short(text)} is not a matcher; write region=zhejiang, or use !=, =~ or !~")
    name, op, value = parts[1], Op(parts[2]), _unquoted(parts[3])
    if known and name not in known:
        raise MatcherError(f"no label is named {_short(name)}{suggestion(name[:60], known)}")
    if len(value) > LONGEST_VALUE:
        raise MatcherError(f"the value for {name} has {len(value)} characters; {LONGEST_VALUE} are the most")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise MatcherError(f"the value for {name} has half of a surrogate pair, which is not a character: remove it")
    if op in (Op.LIKE, Op.UNLIKE):
        _check_expression(value)
    return Matcher(name, op, value)


def read_matchers(texts: Iterable[str], known: Collection[str] = KNOWN_LABELS) -> tuple[Matcher, ...]:
    """Raises MatcherError for the first that is not a matcher, and for too many."""
    texts = tuple(texts)
    if len(texts) > MOST_MATCHERS:
        raise MatcherError(f"{len(texts)} matchers are too many; {MOST_MATCHERS} are the most")
    return tuple(read_matcher(text, known) for text in texts)


def match_everything(matchers: Iterable[Matcher]) -> bool:
    """Whether they hold for what has no label at all: nobody means that by a silence."""
    return all_match(matchers, {})


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text, strict=False)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, str):
        raise MatcherError(f'{_short(text)} is quoted wrongly; end it by a quote, and write \\" for one inside')
    return value


def _check_expression(text: str) -> None:
    try:
        expression(text)
    except ExpressionError as error:
        raise MatcherError(f"{_short(text)} is not a regular expression of RE2 ({error})") from None


def _short(text: str) -> str:
    return json.dumps(text if len(text) <= 60 else text[:60] + "…", ensure_ascii=False)


def check_matchers(texts: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for place, text in enumerate(texts):
        try:
            read_matcher(text)
        except MatcherError as error:
            yield (place,), str(error)
    if len(texts) > MOST_MATCHERS:
        yield (), f"{len(texts)} matchers are too many; {MOST_MATCHERS} are the most"
