"""What numbers among the settings may be: beyond it clients refuse, memory ends, or nothing ever happens."""

from __future__ import annotations

import typing
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings.located_yaml import Path


class Bounds(NamedTuple):
    """The numbers that a field takes, as in `port: Annotated[int, Bounds(least=0, most=65_535)]`.

    Attributes:
        above: every number is greater.
        least, most: the smallest and the greatest; None: no such limit.
        why: what would happen beyond `most`.

    """

    above: float | None = None
    least: float | None = None
    most: float | None = None
    why: str = ""

    def fault(self, value: float) -> str:
        """What is wrong with the value; empty where nothing is.

        >>> Bounds(above=0, most=3_600).fault(0), Bounds(least=0).fault(-1), Bounds(most=3_600).fault(3_601)
        ('must be above 0', 'must not be below 0', 'must not be above 3,600')
        """
        if self.above is not None and not value > self.above:
            return f"must be above {self.above:,}"
        if self.least is not None and not value >= self.least:
            return f"must not be below {self.least:,}"
        if self.most is not None and not value <= self.most:
            return f"must not be above {self.most:,}" + (f": {self.why}" if self.why else "")
        return ""


def check_bounds(settings: msgspec.Struct) -> Iterator[tuple[Path, str]]:
    """All numbers, those of inner settings too, that are out of bounds: where, and what to do about it."""
    for field, kind in _hints(type(settings)).items():
        for path, what in _check(getattr(settings, field), kind):
            yield (field, *path), what


def _check(value: Any, kind: Any) -> Iterator[tuple[Path, str]]:
    if typing.get_origin(kind) is Annotated:
        for bounds in typing.get_args(kind)[1:]:
            if isinstance(bounds, Bounds) and (what := bounds.fault(value)):
                yield (), what
    elif isinstance(value, msgspec.Struct):
        yield from check_bounds(value)
    elif isinstance(value, tuple | dict):
        inner = typing.get_args(kind)[-2 if isinstance(value, tuple) else -1]
        for place, part in value.items() if isinstance(value, dict) else enumerate(value):
            for path, what in _check(part, inner):
                yield (place, *path), what


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)
