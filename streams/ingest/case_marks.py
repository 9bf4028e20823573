"""Turns the marks of events whose cases are followed into one CasesRecord for each partition of pharos-cases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from streams.cells.case_record import CasesRecord, RoleMarks
from streams.events.case_hash import NO_CASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.ingest.codes import Codes
    from streams.ingest.group import Group
    from streams.ingest.plane import Plane


class _Columns:
    """The growing marks of one role."""

    def __init__(self) -> None:
        self.scopes: dict[tuple[str, ...], int] = {}
        self.scope: list[int] = []
        self.case: list[int] = []
        self.time: list[int] = []
        self.late: list[int] = []
        self.value: list[int] = []


class CaseMarks:
    """Of one source partition.

    Args:
        groups: all groups, by their numbers.
        codes: of the dimensions, by name.
        wanted: whether any metric of the catalogue follows cases; if not, nothing is written, not even the watermark.

    Attributes:
        groups: the numbers of those whose events are marked.

    """

    def __init__(self, groups: Sequence[Group], codes: Mapping[str, Codes], *, wanted: bool) -> None:
        self.groups = frozenset(number for number, group in enumerate(groups) if group.measure.role is not None)
        self._wanted = wanted
        self._of = {number: groups[number] for number in self.groups}
        self._names = {number: [codes[name].names for name in group.dimensions] for number, group in self._of.items()}
        self._roles = {number: group.measure.role for number, group in self._of.items()}
        self._keys = {number: "" if role is None else role.key() for number, role in self._roles.items()}

    def records(
        self, planes: Iterable[Plane], partitions: int, header: tuple[str, int, int, int, str]
    ) -> tuple[dict[int, CasesRecord], dict[tuple[str, str], int]]:
        """A record for each partition, and events without a case by (event type, field).

        Args:
            planes: those on time, and those that are late.
            partitions: of pharos-cases.
            header: as `CellsRecord` begins.

        """
        if not self._wanted:
            return {}, {}
        columns: list[dict[str, _Columns]] = [{} for _ in range(partitions)]
        without: Counter[tuple[str, str]] = Counter()
        topic, partition, _, watermark, catalogue = header
        for late, plane in enumerate(planes):
            for (number, ms, case, *codes), value in plane.marks:
                role = self._roles[number]
                if role is None:
                    continue
                if case == NO_CASE:
                    without[self._of[number].event_type, role.by] += 1
                    continue
                of_role = columns[case % partitions].setdefault(self._keys[number], _Columns())
                names = self._names[number]
                scope = tuple([of[code] for of, code in zip(names, codes, strict=True)])
                of_role.scope.append(of_role.scopes.setdefault(scope, len(of_role.scopes)))
                of_role.case.append(case)
                of_role.time.append(ms)
                of_role.late.append(late)
                if role.value:
                    of_role.value.append(value)
        packed = [[_packed(role, of) for role, of in of_partition.items()] for of_partition in columns]
        records = {number: CasesRecord(topic, partition, watermark, catalogue, of) for number, of in enumerate(packed)}
        return records, dict(without)


def _packed(role: str, columns: _Columns) -> RoleMarks:
    return RoleMarks(role, list(columns.scopes), columns.scope, columns.case, columns.time, columns.late, columns.value)
