"""Writes the lines that mark an event for cases: as source text, like all of `streams.ingest.grouping`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.cells.case_record import NO_VALUE
from streams.events.case_hash import NO_CASE, CaseHash
from streams.ingest.marked_event import MarkedEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.case_roles import Role
    from streams.catalogue.term import Condition
    from streams.ingest.group import Group


class Marking:
    """For one type of event.

    Args:
        event_type: whose events are marked.
        tests: the tests of a condition on a field, as source text.
        constant: the name of a value, bound.
        hashes: of what names a case.

    """

    def __init__(
        self,
        event_type: str,
        tests: Callable[[str, Condition], list[str]],
        constant: Callable[[Any], str],
        hashes: CaseHash,
    ) -> None:
        self._type = event_type
        self._tests = tests
        self._constant = constant
        self._hashes = hashes

    def lines(self, number: int, group: Group) -> list[str]:
        """They add the key of `streams.ingest.marked_event` to the sums, where any role marks the event."""
        marked = MarkedEvent(self._type, group.measure.roles)
        tests = {one.role: f"m{one.test}" for one in marked.roles if one.test is not None}
        lines = [f"{name} = {self._holds(role)}" for role, name in tests.items()]
        hashed = []
        for place, fields in enumerate(marked.cases):
            lines.append(f"k{place} = {self._hash(fields, self._wanted(tests, marked, fields))}")
            hashed.append(f"k{place}")
        codes = [f"d_{name}" for name in marked.dimensions]
        values = [f"{NO_VALUE} if t_{name} is None else t_{name}" for name in marked.values]
        key = f"({', '.join([str(number), 'ms', *hashed, *codes, *values, *tests.values()])})"
        wanted = self._wanted(tests, marked)
        return [*lines, f"{f'if {wanted}: ' if wanted else ''}sums.append((len(keys), {key}, 0))"]

    def _wanted(self, tests: dict[Role, str], marked: MarkedEvent, fields: tuple[str, str] | None = None) -> str:
        """Whether any role marks the event, or any by these fields; empty: always."""
        roles = [one.role for one in marked.roles if fields in {None, (one.role.by, one.role.also)}]
        return " or ".join(tests[role] for role in roles) if all(role in tests for role in roles) else ""

    def _holds(self, role: Role) -> str:
        found = []
        for events, where in role.which:
            if self._type in events:
                tests = [test for field, condition in where for test in self._tests(field, condition)]
                found.append(f"({' and '.join(tests)})")
        return " or ".join(found)

    def _hash(self, fields: tuple[str, str], wanted: str) -> str:
        by, also = fields
        case_of = self._constant(self._hashes.named("/".join(filter(None, fields))))
        names = f'data.{by} + "\\0" + (data.{also} or "")' if also else f"data.{by}"
        return f"{case_of}({names}) if {f'({wanted}) and ' if wanted else ''}data.{by} else {NO_CASE}"
