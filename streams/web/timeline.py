"""The time line of an anomaly: what it did, and what people and systems did about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.incidents.action import Kind
from streams.incidents.handling import ends_at
from streams.incidents.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.incidents.action import Taken
    from streams.web.board import Entry


class ActionEntry(msgspec.Struct, frozen=True):
    """One line for an action. `time` is in ms, as in the lines of transitions; `until` is RFC 3339."""

    id: str
    action: str
    actor: str
    note: str
    time: int
    until: str | None
    verdict: str | None
    assignee: str | None = None


def merged(transitions: Iterable[Entry], actions: Iterable[Taken]) -> list[Entry | ActionEntry]:
    """Oldest first; of the same moment the transition comes before what was done about it."""
    lines: list[Entry | ActionEntry] = [*transitions, *map(_line, actions)]
    return sorted(lines, key=lambda line: line.time)


def _line(taken: Taken) -> ActionEntry:
    ends = ends_at(taken) if taken.action in (Kind.ACK, Kind.SNOOZE) else taken.until
    until = None if ends is None else rfc3339(ends)
    return ActionEntry(
        taken.id, taken.action, taken.actor, taken.note, taken.time, until, taken.verdict, taken.assignee
    )
