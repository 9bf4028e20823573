"""Turns the marks of events whose cases are followed into one CasesRecord for each partition of pharos-cases."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from streams.cells.case_record import CasesRecord, RoleMarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from streams.ingest.case_names import CaseBook
    from streams.ingest.codes import Codes
    from streams.ingest.row_shape import MarkedRole
    from streams.ingest.rows import Rows

    Ints = NDArray[np.int64]
    Without = Counter[tuple[str, str]]


class CaseMarks:
    """Of one source partition.

    Args:
        codes: of the dimensions, by name.
        names: of the cases.
        wanted: whether any metric of the catalogue follows cases; if not, nothing is written, not even the watermark.

    """

    def __init__(self, codes: Mapping[str, Codes], names: CaseBook, *, wanted: bool) -> None:
        self._codes, self._names, self._wanted = codes, names, wanted

    def records(
        self, planes: Iterable[Mapping[int, Rows]], partitions: int, header: tuple[str, int, int, int, str]
    ) -> tuple[dict[int, CasesRecord], dict[tuple[str, str], int]]:
        """A record for each partition, and events without a case by (event type, field).

        Args:
            planes: rows by type of those on time, and of those that are late.
            partitions: of pharos-cases.
            header: as `CellsRecord` begins.

        """
        if not self._wanted:
            return {}, {}
        columns: list[dict[str, _Columns]] = [{} for _ in range(partitions)]
        without: Without = Counter()
        hashes = {fields: names.hashes() for fields, names in self._names.items()}
        for late, plane in enumerate(planes):
            for rows in plane.values():
                for one in rows.shape.roles:
                    chosen = _with_case(rows, one, without)
                    if chosen.size:
                        self._mark(rows, one, chosen, hashes[one.role.by, one.role.also], late, columns)
        topic, partition, _, watermark, catalogue = header
        records = {
            number: CasesRecord(topic, partition, watermark, catalogue, [each.marks() for each in of.values()])
            for number, of in enumerate(columns)
        }
        return records, dict(without)

    def _mark(
        self, rows: Rows, one: MarkedRole, chosen: Ints, hashes: Ints, late: int, columns: list[dict[str, _Columns]]
    ) -> None:
        """Adds the chosen rows, all of which have a case, to the columns of their partitions."""
        case = hashes[rows[one.case][chosen]]
        place = case % len(columns)
        order = np.argsort(place, kind="stable")
        ends = np.searchsorted(place[order], np.arange(len(columns) + 1)).tolist()
        chosen = chosen[order]
        names = [self._codes[name].names for name in one.role.dimensions]
        codes = [rows[element][chosen].tolist() for element in one.scope]
        texts = ([of[code] for code in column] for of, column in zip(names, codes, strict=True))
        scopes = [*zip(*texts, strict=True)] if names else [()] * len(chosen)
        cases, times = case[order].tolist(), rows.moment[chosen].tolist()
        values = [] if one.value is None else rows[one.value][chosen].tolist()
        for of_partition, (begin, end) in zip(columns, pairwise(ends), strict=True):
            if begin < end:
                part = slice(begin, end)
                of_role = of_partition.get(one.key) or of_partition.setdefault(one.key, _Columns(one.key))
                of_role.add(scopes[part], cases[part], times[part], values[part], late)


def _with_case(rows: Rows, one: MarkedRole, without: Without) -> Ints:
    """The places of the rows that a role marks."""
    named = rows[one.case] != 0
    if one.test is not None:
        marked = rows[one.test] != 0
        missing = int(np.count_nonzero(marked & ~named))
        named &= marked
    else:
        missing = rows.count - int(np.count_nonzero(named))
    if missing:
        without[rows.shape.event_type, one.role.by] += missing
    return np.flatnonzero(named)


class _Columns:
    """The growing marks of one role."""

    def __init__(self, role: str) -> None:
        self._scopes: dict[tuple[str, ...], int] = {}
        self._marks = RoleMarks(role, [], [], [], [], [], [])

    def add(
        self, scopes: Sequence[tuple[str, ...]], cases: list[int], times: list[int], values: list[int], late: int
    ) -> None:
        """Marks, by columns; no values where the role has none."""
        marks, known = self._marks, self._scopes
        marks.scope.extend([known.setdefault(scope, len(known)) for scope in scopes])
        marks.case.extend(cases)
        marks.time.extend(times)
        marks.late.extend([late] * len(cases))
        marks.value.extend(values)

    def marks(self) -> RoleMarks:
        """All of them."""
        return msgspec.structs.replace(self._marks, scopes=list(self._scopes))
