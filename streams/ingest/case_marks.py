"""Turns the marks of events whose cases are followed into one CasesRecord for each partition of pharos-cases."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from streams.cells.case_record import CasesRecord, RoleMarks
from streams.events.case_hash import NO_CASE
from streams.ingest.marked_event import MarkedEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from streams.ingest.codes import Codes
    from streams.ingest.group import Group
    from streams.ingest.marked_event import MarkedRole
    from streams.ingest.plane import Plane

    Ints = NDArray[np.int64]
    Without = Counter[tuple[str, str]]


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
        of = {number: group for number, group in enumerate(groups) if group.measure.roles}
        self.groups = frozenset(of)
        self._wanted = wanted
        self._types = {number: group.event_type for number, group in of.items()}
        self._roles = {
            number: [
                (one, one.role.key(), [codes[name].names for name in one.role.dimensions])
                for one in MarkedEvent(group.event_type, group.measure.roles).roles
            ]
            for number, group in of.items()
        }

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
        without: Without = Counter()
        for late, plane in enumerate(planes):
            for number, keys in plane.marks.items():
                if not keys:
                    continue
                table = np.fromiter(chain.from_iterable(keys), np.int64, len(keys) * len(keys[0]))
                table = table.reshape(len(keys), -1)
                for one, key, names in self._roles[number]:
                    rows = _with_case(table, one, without, self._types[number])
                    place = rows[:, one.case] % partitions
                    for partition in np.unique(place).tolist():
                        of_role = columns[partition].setdefault(key, _Columns(key))
                        of_role.add(rows[place == partition], one, names, late)
        topic, partition, _, watermark, catalogue = header
        records = {
            number: CasesRecord(topic, partition, watermark, catalogue, [each.marks() for each in of.values()])
            for number, of in enumerate(columns)
        }
        return records, dict(without)


def _with_case(table: Ints, one: MarkedRole, without: Without, event_type: str) -> Ints:
    """The rows that a role marks."""
    rows: Ints = table if one.test is None else table[table[:, one.test] != 0]
    named = rows[:, one.case] != NO_CASE
    if not named.all():
        without[event_type, one.role.by] += int(np.count_nonzero(~named))
        rows = rows[named]
    return rows


class _Columns:
    """The growing marks of one role."""

    def __init__(self, role: str) -> None:
        self._scopes: dict[tuple[str, ...], int] = {}
        self._marks = RoleMarks(role, [], [], [], [], [], [])

    def add(self, rows: Ints, one: MarkedRole, names: Sequence[Sequence[str]], late: int) -> None:
        """Rows as `streams.ingest.marked_event` lays them out, all of which have a case."""
        marks, count = self._marks, len(rows)
        marks.scope.extend(self._numbers(rows, one.scope, names))
        marks.case.extend(rows[:, one.case].tolist())
        marks.time.extend(rows[:, 1].tolist())
        marks.late.extend([late] * count)
        if one.value is not None:
            marks.value.extend(rows[:, one.value].tolist())

    def _numbers(self, rows: Ints, scope: tuple[int, ...], names: Sequence[Sequence[str]]) -> list[int]:
        known: dict[tuple[int, ...], int] = {}  # numbers are told apart before their texts are looked up
        codes = rows[:, scope].tolist()
        numbers = [known.setdefault(tuple(part), len(known)) for part in codes]
        scopes = [tuple([of[code] for of, code in zip(names, part, strict=True)]) for part in known]
        own = [self._scopes.setdefault(values, len(self._scopes)) for values in scopes]
        return [own[number] for number in numbers]

    def marks(self) -> RoleMarks:
        """All of them."""
        return msgspec.structs.replace(self._marks, scopes=list(self._scopes))
