"""What a rule is: a recording, or an alert that brings its section of the runbook along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.catalogue.metric import Severity


@dataclass(frozen=True)
class Recording:
    """A query that is kept under a name of its own, `level:metric:operation`.

    Attributes:
        labels: set on every series of the result.

    """

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One step of a runbook: what it shows, and the command."""

    shows: str
    command: str


@dataclass(frozen=True)
class Section:
    """What the runbook says of an alert: what it means, the first three checks, who owns it."""

    meaning: str
    checks: tuple[Check, Check, Check]
    owner: str


@dataclass(frozen=True)
class Alert:
    """An alert. Rules of one name share a section and differ in severity.

    Attributes:
        for_s: how long the expression has to hold, in seconds.
        keep_s: how long it stays after the expression has ceased to hold.

    """

    name: str
    expr: str
    for_s: int
    severity: Severity
    summary: str
    description: str
    section: Section
    keep_s: int = 0


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated together, in order."""

    name: str
    rules: tuple[Recording | Alert, ...]
