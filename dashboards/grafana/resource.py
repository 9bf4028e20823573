"""One thing that is wanted in a Grafana."""

from __future__ import annotations

import enum
from typing import Any, NamedTuple, Protocol


class Resource(Protocol):
    """A folder, its permissions, a data source, a board, or a milestone."""

    @property
    def name(self) -> str:
        """For people: `board pharos-order`."""
        ...

    def differences(self) -> list[str]:
        """What in Grafana is not as it is wanted; empty where all is. Asks, and changes nothing."""
        ...

    def put(self) -> None:
        """Makes it so."""
        ...


class Outcome(enum.StrEnum):
    """What became of a resource."""

    SAME = "same"
    DIFFERENT = "different"
    WRITTEN = "written"


class Finding(NamedTuple):
    """A resource, what became of it, and the differences that there were."""

    name: str
    outcome: Outcome
    differences: list[str]


MISSING = "is not there"
MOST_DIFFERENCES = 5


def compared(wanted: Any, there: Any, path: str = "", *, whole: bool = True) -> list[str]:
    """Where two JSON values differ, as sentences of a path.

    Args:
        wanted: as it should be.
        there: as it is.
        path: of both.
        whole: whether keys that only `there` has are differences too.

    >>> compared({"a": [1, 2]}, {"a": [1, 3], "b": 0})
    ['a[1] is 3 instead of 2', 'b exists and should not']

    """
    if isinstance(wanted, dict) and isinstance(there, dict):
        found = []
        for key, value in wanted.items():
            inner = _inside(path, key)
            if key not in there:
                found.append(f"{inner} {MISSING}")
            else:
                found += compared(value, there[key], inner, whole=whole)
        extra = [key for key in there if key not in wanted] if whole else []
        return found + [f"{_inside(path, key)} exists and should not" for key in extra]
    if isinstance(wanted, list) and isinstance(there, list):
        if len(wanted) != len(there):
            return [f"{path} has {len(there)} entries instead of {len(wanted)}"]
        pairs = enumerate(zip(wanted, there, strict=True))
        return [text for index, (one, two) in pairs for text in compared(one, two, f"{path}[{index}]", whole=whole)]
    return [] if wanted == there else [f"{path} is {_short(there)} instead of {_short(wanted)}"]


def _inside(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
