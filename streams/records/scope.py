"""How scopes relate to each other. A scope is a mapping from dimension to value; {} is the whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


def fingerprint(metric: str, touchpoint: str, scope: Mapping[str, str]) -> str:
    """Identity of an anomaly: 16 hexadecimal digits over metric, touchpoint and the sorted scope.

    >>> fingerprint("pick_up", "consultation", {"queue": "presale", "channel": "app"}) == fingerprint(
    ...     "pick_up", "consultation", {"channel": "app", "queue": "presale"}
    ... )
    True
    """
    return digest([metric, touchpoint, sorted(scope.items())])


def digest(parts: list[object]) -> str:
    """16 hexadecimal digits over values that JSON knows."""
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=8).hexdigest()


def compatible(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether no dimension contradicts: they agree on each that both have.

    >>> compatible({"carrier": "sf", "region": "zhejiang"}, {"region": "zhejiang"})
    True
    >>> compatible({"region": "jiangsu"}, {"region": "zhejiang"})
    False
    """
    return all(other.get(dimension, value) == value for dimension, value in one.items())


def shared(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """Number of dimensions on which they agree.

    >>> shared({"carrier": "sf", "region": "zhejiang"}, {"region": "zhejiang"})
    1
    """
    return sum(other.get(dimension) == value for dimension, value in one.items())


def narrower(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether `one` lies strictly inside `other`.

    >>> narrower({"carrier": "sf", "region": "zhejiang"}, {"carrier": "sf"})
    True
    """
    return len(one) > len(other) and shared(other, one) == len(other)
