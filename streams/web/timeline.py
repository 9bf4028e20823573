"""The time line of an anomaly: what it did, and what people and systems did about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.records.action import NOTIFYING, Kind
from streams.records.instant import rfc3339
from streams.records.request import Stage
from streams.register.handling import ends_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.records.action import ActionRecord
    from streams.records.request import RequestStep
    from streams.web.effects import EffectEntry
    from streams.web.entry import TimelineEntry


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


class StepEntry(msgspec.Struct, frozen=True):
    """One line for a step of a request to a business system: proposed, requested or settled. `time` is in ms."""

    id: str
    step: str
    action: str
    rule: str
    actor: str
    note: str
    time: int
    outcome: str | None
    reason: str


def merged(
    transitions: Iterable[TimelineEntry],
    actions: Iterable[ActionRecord],
    steps: Sequence[RequestStep] = (),
    effects: Sequence[EffectEntry] = (),
) -> list[TimelineEntry | ActionEntry | StepEntry | EffectEntry]:
    """Oldest first; of the same moment the transition comes before what was proposed and done about it."""
    proposed = [step for step in steps if step.stage is Stage.PROPOSED]
    later = [step for step in steps if step.stage is not Stage.PROPOSED]
    lines: list[TimelineEntry | ActionEntry | StepEntry | EffectEntry] = [
        *transitions,
        *map(_step_line, proposed),
        *(_line(taken) for taken in actions if taken.action != NOTIFYING),
        *map(_step_line, later),
        *effects,
    ]
    return sorted(lines, key=lambda line: line.time)


def _line(taken: ActionRecord) -> ActionEntry:
    ends = ends_at(taken) if taken.action in (Kind.ACK, Kind.SNOOZE) else taken.until
    until = None if ends is None else rfc3339(ends)
    return ActionEntry(
        taken.id, taken.action, taken.actor, taken.note, taken.time, until, taken.verdict, taken.assignee
    )


def proposal_view(step: RequestStep) -> dict[str, Any]:
    """What somebody may approve or decline, and the role that it takes."""
    data = step.data
    return {
        "request": data.request,
        "rule": data.rule,
        "action": data.action,
        "note": data.note,
        "role": data.approval,
        "until": data.until,
    }


def _step_line(step: RequestStep) -> StepEntry:
    data = step.data
    stage = step.stage.value.rpartition(".")[2]
    note = "" if data.outcome else data.note
    return StepEntry(step.id, stage, data.action, data.rule, data.actor, note, step.time, data.outcome, data.reason)
