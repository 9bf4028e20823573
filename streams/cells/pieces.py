"""Records in pieces that a topic takes: one that exceeds the largest record would never be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from streams.cells.case_record import RoleMarks
from streams.cells.record import NO_WATERMARK, MetricCells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.cells.case_record import CasesRecord
    from streams.cells.record import CellsRecord

Columns = TypeVar("Columns")
Scope = TypeVar("Scope")

MOST = 100_000  # rows: 5 MB of them, where each has a scope of its own


def pieces_of_marks(record: CasesRecord, most: int = MOST) -> Iterator[CasesRecord]:
    """Records of at most `most` marks each, in order; the last one alone tells the watermark."""
    *earlier, last = _filled([(_rows_of(marks), marks) for marks in record.marks], most)
    for rows in earlier:
        yield msgspec.structs.replace(record, watermark=NO_WATERMARK, marks=[_marks(*row) for row in rows])
    yield msgspec.structs.replace(record, marks=[_marks(*row) for row in last])


def pieces_of_cells(record: CellsRecord, watermark_before: int, most: int = MOST) -> Iterator[CellsRecord]:
    """Records of at most `most` cells each, in order; all but the last tell the watermark before."""
    *earlier, last = _filled([(_rows_of(cells), cells) for cells in record.metrics], most)
    for rows in earlier:
        yield msgspec.structs.replace(record, watermark=watermark_before, metrics=[_cells(*row) for row in rows])
    yield msgspec.structs.replace(record, metrics=[_cells(*row) for row in last])


def _rows_of(columns: RoleMarks | MetricCells) -> int:
    return len(columns.scope)


def _filled(parts: list[tuple[int, Columns]], most: int) -> list[list[tuple[Columns, int, int]]]:
    """What each piece holds: of which columns, from which row to which; one piece at least."""
    pieces: list[list[tuple[Columns, int, int]]] = [[]]
    room = most
    for rows, columns in parts:
        begin = 0
        while begin < rows:
            if not room:
                pieces.append([])
                room = most
            end = min(rows, begin + room)
            pieces[-1].append((columns, begin, end))
            room -= end - begin
            begin = end
    return pieces


def _marks(marks: RoleMarks, begin: int, end: int) -> RoleMarks:
    if begin == 0 and end == len(marks.case):
        return marks
    scopes, scope = _used(marks.scopes, marks.scope[begin:end])
    columns = (column[begin:end] for column in (marks.case, marks.time, marks.late, marks.value))
    return RoleMarks(marks.role, scopes, scope, *columns)


def _cells(cells: MetricCells, begin: int, end: int) -> MetricCells:
    if begin == 0 and end == len(cells.value):
        return cells
    scopes, scope = _used(cells.scopes, cells.scope[begin:end])
    columns = (column[begin:end] for column in (cells.component, cells.slot, cells.late, cells.value))
    return MetricCells(cells.metric, scopes, scope, *columns)


def _used(scopes: list[Scope], scope: list[int]) -> tuple[list[Scope], list[int]]:
    """Only the scopes that the rows use, and the rows' indexes into them."""
    places = {number: place for place, number in enumerate(dict.fromkeys(scope))}
    return [scopes[number] for number in places], [places[number] for number in scope]
