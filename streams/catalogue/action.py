"""What the front line does about an anomaly: a sentence of the catalogue with words in braces, to be filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from streams.catalogue.metric import Metric

COUNT: Final = "count"  # of events, cases or parcels that are affected; not of every unit it can be said
ALWAYS: Final = ("where", "value", "expected")
_CHOICE: Final = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_SIGNS: Final = re.compile(r"[\[\]{}|]")
_SPACES: Final = re.compile(r"  +")


def chosen(action: str, known: Collection[str]) -> str:
    """The sentence without choices: of `[one|other]` the first where all its words in braces are known.

    >>> chosen("Tell the buyers of [these {count} parcels|the late parcels] ({where}).", {"count", "where"})
    'Tell the buyers of these {count} parcels ({where}).'
    >>> chosen("Tell the buyers of [these {count} parcels|the late parcels] ({where}).", {"where"})
    'Tell the buyers of the late parcels ({where}).'
    """
    text = _CHOICE.sub(lambda found: found[1] if set(_FIELD.findall(found[1])) <= set(known) else found[2], action)
    return _SPACES.sub(" ", text)


def check_action(metric: Metric) -> Iterator[Fault]:
    """Words that nothing fills in, and signs that are never closed: where, and what to do about it."""
    dimensions = dict.fromkeys(dimension for scope in metric.scopes for dimension in scope)
    for key in ("action", "action_zh"):
        action: str = getattr(metric, key)
        bare = _CHOICE.sub(" ", action)
        if _SIGNS.search(_FIELD.sub("", bare)):
            yield Fault(
                (key,), "brackets are written [words with {figures}|words without], braces {figure}; close them"
            )
            continue
        inside = " ".join(found[1] for found in _CHOICE.finditer(action))
        outside = f"{bare} {' '.join(found[2] for found in _CHOICE.finditer(action))}"
        for name in _FIELD.findall(inside):
            if name not in {*ALWAYS, COUNT, *dimensions}:
                known = (*ALWAYS, COUNT, *dimensions)
                yield Fault((key,), f'nothing fills in "{{{name}}}"{suggestion(name, known)}')
        for name in _FIELD.findall(outside):
            if name in {COUNT, *dimensions}:
                yield Fault((key,), f'"{{{name}}}" is not always known: write [... {{{name}}} ...|words without it]')
            elif name not in ALWAYS:
                yield Fault((key,), f'nothing fills in "{{{name}}}"{suggestion(name, ALWAYS)}')


def by_itself(action: str) -> str:
    """The sentence of no anomaly in particular, for the runbook: without figures, and without a place in brackets.

    >>> by_itself("Tell the buyers of [these {count} parcels|the late parcels] the new date ({where}), today.")
    'Tell the buyers of the late parcels the new date, today.'
    """
    return re.sub(r" ?[(（]\{where\}[)）]", "", chosen(action, ()))
