"""What is kept of an event until the flush, one integer each: the elements of its row (`streams.ingest.row_shape`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streams.catalogue.single_values import OWN_TIME

if TYPE_CHECKING:
    from streams.catalogue.term import Condition

    Where = tuple[tuple[str, Condition], ...]

ABSENT: Final = -(1 << 62)
"""Stands for a time or a number that the event lacks."""


@dataclass(frozen=True)
class Moment:
    """The event's own time, ms since the epoch."""


@dataclass(frozen=True)
class Code:
    """The number of a dimension's value, see `streams.ingest.codes`."""

    dimension: str


@dataclass(frozen=True)
class Time:
    """A time field, ms since the epoch, or `ABSENT`."""

    field: str


@dataclass(frozen=True)
class ServiceTime:
    """When so many seconds of service time have passed since a time, ms since the epoch, or `ABSENT`."""

    at: str
    seconds: int


@dataclass(frozen=True)
class Holds:
    """1 where all conditions of any one of these hold, else 0."""

    which: tuple[Where, ...]


@dataclass(frozen=True)
class Bin:
    """The bin of the duration that a field tells, or `ABSENT`."""

    field: str
    bins: tuple[float, ...]


@dataclass(frozen=True)
class Amount:
    """A number as an integer, so many times as large, or `ABSENT`."""

    field: str
    scale: int


@dataclass(frozen=True)
class Case:
    """The number of a case (`streams.ingest.case_names`), 0 for none: also where `only` are given and none holds."""

    by: str
    also: str
    only: tuple[Holds, ...]


Element = Moment | Code | Time | ServiceTime | Holds | Bin | Amount | Case


def time_element(name: str) -> Moment | Time:
    """Of the event's own time, or of a field."""
    return Moment() if name == OWN_TIME else Time(name)
