"""Records that are too large for a topic go in pieces, and say the same."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.cells.case_record import CasesRecord, RoleMarks
from streams.cells.pieces import pieces_of_cells, pieces_of_marks
from streams.cells.record import NO_WATERMARK, CellsRecord, MetricCells

parts = st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=9), max_size=4)


def marks_of(drawn: list[list[tuple[int, int]]]) -> CasesRecord:
    scopes = [(str(number),) for number in range(4)]
    roles = [
        RoleMarks(
            f"role-{place}",
            scopes,
            [scope for scope, _ in rows],
            [case for _, case in rows],
            [case * 10 for _, case in rows],
            [case % 2 for _, case in rows],
            [case + 1 for _, case in rows] if place % 2 else [],
        )
        for place, rows in enumerate(drawn)
    ]
    return CasesRecord("orders", 3, 5_000, "hash", roles)


def cells_of(drawn: list[list[tuple[int, int]]]) -> CellsRecord:
    scopes = [(1, (str(number),)) for number in range(4)]
    metrics = [
        MetricCells(
            f"metric-{place}",
            scopes,
            [scope for scope, _ in rows],
            [number % 2 for _, number in rows],
            [number + 7 for _, number in rows],
            [0] * len(rows),
            [number * 3 for _, number in rows],
        )
        for place, rows in enumerate(drawn)
    ]
    return CellsRecord("pharos-cases", 1, 12, 5_000, "hash", metrics, [])


def rows_of_marks(record: CasesRecord) -> Counter[tuple[object, ...]]:
    return Counter(
        (marks.role, marks.scopes[scope], *values)
        for marks in record.marks
        for scope, *values in zip(
            marks.scope, marks.case, marks.time, marks.late, marks.value or [None] * len(marks.case), strict=True
        )
    )


def rows_of_cells(record: CellsRecord) -> Counter[tuple[object, ...]]:
    return Counter(
        (cells.metric, cells.scopes[scope], *values)
        for cells in record.metrics
        for scope, *values in zip(cells.scope, cells.component, cells.slot, cells.late, cells.value, strict=True)
    )


@given(parts, st.integers(1, 7))
def test_marks_in_pieces_are_the_same_marks_and_only_the_last_piece_promises(
    drawn: list[list[tuple[int, int]]], most: int
) -> None:
    record = marks_of(drawn)
    pieces = list(pieces_of_marks(record, most))

    found: Counter[tuple[object, ...]] = sum((rows_of_marks(piece) for piece in pieces), Counter())
    assert found == rows_of_marks(record)
    assert all(sum(len(marks.case) for marks in piece.marks) <= most for piece in pieces)
    assert [piece.watermark for piece in pieces] == [NO_WATERMARK] * (len(pieces) - 1) + [5_000]
    assert {(piece.topic, piece.partition, piece.catalogue) for piece in pieces} == {("orders", 3, "hash")}


@given(parts, st.integers(1, 7))
def test_cells_in_pieces_are_the_same_cells_and_only_the_last_piece_promises(
    drawn: list[list[tuple[int, int]]], most: int
) -> None:
    record = cells_of(drawn)
    pieces = list(pieces_of_cells(record, 4_000, most))

    found: Counter[tuple[object, ...]] = sum((rows_of_cells(piece) for piece in pieces), Counter())
    assert found == rows_of_cells(record)
    assert all(sum(len(cells.value) for cells in piece.metrics) <= most for piece in pieces)
    assert [piece.watermark for piece in pieces] == [4_000] * (len(pieces) - 1) + [5_000]
    assert {piece.next_offset for piece in pieces} == {12}


def test_a_record_that_fits_stays_as_it_is_without_its_empty_parts() -> None:
    record = cells_of([[(0, 1)], [(2, 3), (2, 4)]])

    assert list(pieces_of_cells(record, 4_000)) == [record]
