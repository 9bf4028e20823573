"""What must hold of the setting `linkage` beyond types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import TOUCHPOINTS
from streams.records.action import LONGEST_NAME, LONGEST_NOTE, Kind
from streams.records.request import Decision
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import LinkageMatch, LinkageRule, LinkageWebhook, SingleEventRule

NAME: Final = re.compile(r"[a-zA-Z0-9._-]{1,60}")
_LONGEST_VALID_S: Final = 24 * 3_600.0
_MOST_RULES: Final = 100
_OURS: Final = frozenset(word.value for words in (Kind, Decision) for word in words)


def check_linkage(rules: Sequence[LinkageRule], *, tokens: bool) -> Iterator[tuple[int, Path, str]]:
    """All faults: which rule, which of its settings, and what to do about it.

    `tokens`: whether anybody is asked for one; without them every reader of the loopback interface may approve.
    """
    names: set[str] = set()
    for index, rule in enumerate(rules):
        if not NAME.fullmatch(rule.name):
            yield index, ("name",), "is a label: 1 to 60 letters, digits, dots, _ and -"
        if rule.name in names:
            yield index, ("name",), "needs a name that no other rule has"
        names.add(rule.name)
        for key, what in _check_rule(rule, tokens):
            yield index, key, what
    if len(rules) > _MOST_RULES:
        yield _MOST_RULES, (), f"there may be {_MOST_RULES} rules: combine some of them with lists"


def _check_rule(rule: LinkageRule, tokens: bool) -> Iterator[tuple[Path, str]]:
    yield from check_asked(rule, tokens=tokens)
    for inner, what in _check_match(rule.match):
        yield ("match", *inner), what


def check_asked(rule: LinkageRule | SingleEventRule, *, tokens: bool) -> Iterator[tuple[Path, str]]:
    """Faults of what a rule asks for, of whom, and for how long; `tokens` as of `check_linkage`."""
    if not 0 < len(rule.action) <= LONGEST_NAME or not rule.action.isprintable():
        yield ("action",), f"say in 1 to {LONGEST_NAME} printable characters what is asked for"
    if rule.action in _OURS:
        yield ("action",), f'"{rule.action}" is what people do in Pharos; choose another name'
    if len(rule.note) > LONGEST_NOTE or not rule.note.isprintable():
        yield ("note",), f"may have {LONGEST_NOTE} printable characters"
    if not 0 < rule.valid_s <= _LONGEST_VALID_S:
        yield ("valid_s",), "must be above 0 and at most a day: what is older is not acted on"
    if rule.approval and not tokens:
        yield ("approval",), "nobody can be asked for a role without tokens_file: set it, or leave approval out"
    if rule.webhook is not None:
        for key, what in _check_webhook(rule.webhook):
            yield ("webhook", *key), what


def _check_match(match: LinkageMatch) -> Iterator[tuple[Path, str]]:
    for place, touchpoint in enumerate(match.touchpoints):
        if touchpoint not in TOUCHPOINTS:
            yield ("touchpoints", place), f'no touchpoint is named "{touchpoint}"{suggestion(touchpoint, TOUCHPOINTS)}'
    for dimension, values in match.scope.items():
        if not values:
            yield ("scope", dimension), 'name the values that will do, or "*" for any'
    for field in ("changes", "severities"):
        if not getattr(match, field):
            yield (field,), "name at least one, or leave it out"


def _check_webhook(webhook: LinkageWebhook) -> Iterator[tuple[Path, str]]:
    for secret, meaning in (("url", "its address: addresses are secrets"), ("secret", "the secret of the signature")):
        named = [field for field in (f"{secret}_env", f"{secret}_file") if getattr(webhook, field)]
        if not named:
            yield (), f"needs `{secret}_env` or `{secret}_file`, the place of {meaning}"
        elif len(named) > 1:
            yield (f"{secret}_file",), f"{secret}_env names another place for it: keep one of them"
