"""Holds the events of a journey against the table of deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.journey.deadline import Deadline, DeadlineState
from streams.journey.deadline_table import DEADLINES, EXPIRES_MS, DeadlineRule, Ending
from streams.journey.journey_event import ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.journey.journey_event import JourneyEvent


def deadlines_of(
    events: Sequence[JourneyEvent], orders: Sequence[str], now: int, rules: Iterable[DeadlineRule] = DEADLINES
) -> list[Deadline]:
    """What became of each, in the order of the rules and of time.

    Args:
        events: in order of time.
        orders: the order of each event, "" where it is not known.
        now: ms since the epoch; what is open then is open or overdue.
        rules: which deadlines there are.

    """
    found = []
    for rule in rules:
        cases: dict[str, _Case] = {}
        for event, order in zip(events, orders, strict=True):
            name = order if rule.case == ORDER else event.fields.get(rule.case, "")
            if name and event.time <= now and rule.concerns(event):
                cases.setdefault(name, _Case(rule)).take(event)
        rows = [stay.row(rule, name, now) for name, case in cases.items() for stay in case.stays]
        found += [row for row in rows if rule.in_time_too or row.state is not DeadlineState.KEPT]
    return found


class _Stay:
    """From one opening to its closing."""

    def __init__(self, opened: JourneyEvent | None, due: int | None) -> None:
        self.opened = opened
        self.closed: JourneyEvent | None = None
        self.due = due  # as an event named it

    def row(self, rule: DeadlineRule, name: str, now: int) -> Deadline:
        opened_at = self._opened_at(rule)
        due_at = self._due_at(rule, opened_at)
        closed_at = None if self.closed is None else self.closed.time
        until = now if closed_at is None else closed_at
        return Deadline(
            rule.name,
            rule.case,
            name,
            self._state(rule, due_at, now),
            "" if self.opened is None else self.opened.type,
            opened_at,
            due_at,
            "" if self.closed is None else self.closed.type,
            closed_at,
            None if due_at is None else (until - due_at) / 1000,
            None if opened_at is None else (until - opened_at) / 1000,
            rule.counted_by if self.closed is not None and rule.counted_by not in ("", *self.closed.fields) else "",
            self._missing(rule, due_at),
        )

    def _opened_at(self, rule: DeadlineRule) -> int | None:
        if self.opened is not None:
            return self.opened.time
        return None if self.closed is None else self.closed.fields.get(rule.since)

    def _due_at(self, rule: DeadlineRule, opened_at: int | None) -> int | None:
        if rule.plus_ms is not None:
            return None if opened_at is None else opened_at + rule.plus_ms
        if self.due is None and self.closed is not None:
            return self.closed.fields.get(rule.due)
        return self.due

    def _state(self, rule: DeadlineRule, due_at: int | None, now: int) -> DeadlineState:
        if self.closed is not None:
            return _closed_state(rule, rule.closes[self.closed.type], self.closed.time, due_at)
        if not rule.has_due:
            return DeadlineState.WAITING
        if due_at is None:
            return DeadlineState.UNKNOWN
        if now <= due_at:
            return DeadlineState.OPEN
        return DeadlineState.EXPIRED if now > due_at + EXPIRES_MS else DeadlineState.OVERDUE

    def _missing(self, rule: DeadlineRule, due_at: int | None) -> tuple[str, ...]:
        opening = rule.opens[:1] if self.opened is None else ()
        return (*opening, rule.due) if due_at is None and rule.due else opening


class _Case:
    """All stays of one case, in order of time."""

    def __init__(self, rule: DeadlineRule) -> None:
        self._rule = rule
        self.stays: list[_Stay] = []

    def take(self, event: JourneyEvent) -> None:
        rule, last = self._rule, self.stays[-1] if self.stays else None
        if event.type in rule.closes:
            self._close(event, last)
            last = self.stays[-1] if self.stays else None
        due = event.fields.get(rule.due)
        if event.type in rule.opens or event.type in rule.reopens:
            self._open(event, last, due)
        elif rule.due_moves and due is not None and last is not None and last.closed in (None, event):
            last.due = due

    def _open(self, event: JourneyEvent, last: _Stay | None, due: int | None) -> None:
        if last is None or (last.closed is not None and event.type in self._rule.reopens):
            self.stays.append(_Stay(event, due))
        elif last.opened is None and event.type not in self._rule.reopens:  # clocks disagree: closed before it began
            last.opened = event
            last.due = last.due if due is None else due

    def _close(self, event: JourneyEvent, last: _Stay | None) -> None:
        if last is not None:
            last.closed = last.closed or event
            return
        rule = self._rule
        told = rule.since in event.fields
        if told or (rule.in_time_too and rule.closes[event.type] is Ending.KEPT):
            orphan = _Stay(None, None)
            orphan.closed = event
            self.stays.append(orphan)


def _closed_state(rule: DeadlineRule, ending: Ending, closed_at: int, due_at: int | None) -> DeadlineState:
    if ending is Ending.FAILED:
        return DeadlineState.FAILED
    if not rule.has_due:
        return DeadlineState.DONE if ending is Ending.KEPT else DeadlineState.WITHDRAWN
    if due_at is None:
        return DeadlineState.UNKNOWN
    if closed_at > due_at:
        return DeadlineState.LATE
    return DeadlineState.KEPT if ending is Ending.KEPT else DeadlineState.WITHDRAWN
