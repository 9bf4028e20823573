"""Whatever the order of the log, however it is cut, and through snapshots: the cells are those of the definition."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cases.partition import CasesPartition
from streams.cases.snapshot import CasesSnapshot
from streams.catalogue.case_roles import links_of
from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import After, Condition, Term
from streams.cells.case_record import CasesRecord, RoleMarks
from tests.cases.direct_computation import Mark, counted

if TYPE_CHECKING:
    from streams.catalogue.case_roles import CaseLink

START_MS = 1_800_000_000_000
SOURCES = 3
END_MS = START_MS + 4_000_000


def metric_of(numerator: Term, **more: Any) -> Metric:
    fields: dict[str, Any] = {
        "id": "X1",
        "name": "x",
        "title": "X",
        "touchpoint": "consultation",
        "unit": "per_minute",
        "signal": "count",
        "direction": Direction.UP,
        "minimum_effect": 0.5,
        "minimum_exposure": 20,
        "numerator": (numerator,),
        "scopes": ((), ("channel",)),
    }
    return Metric(**(fields | more))


ASKED, PAID = "consultation.opened", "order.paid"
TERMS = {
    "the last": Term((PAID,), by="customer", after=After((ASKED,), 60), at="after", scope_of="after"),
    "the first": Term((PAID,), by="customer", after=After((ASKED,), 60, take="first"), at="after"),
    "once": Term(
        (PAID,), by="customer", after=After((ASKED,), 60, take="first", once=True), at="after", scope_of="after"
    ),
    "once, the last": Term((PAID,), by="customer", after=After((ASKED,), 120, once=True)),
    "missing": Term((PAID,), by="customer", after=After((ASKED,), 60, missing=True)),
    "again": Term((PAID,), by="customer", after=After((PAID,), 60)),
    "only the first": Term((PAID,), by="customer", first_in_s=900),
    "after the only first": Term((PAID,), by="customer", after=After((ASKED,), 1800, first_in_s=900), at="after"),
    "after the only first, once": Term(
        (PAID,), by="customer", after=After((ASKED,), 1800, take="first", first_in_s=900, once=True), at="after"
    ),
    "the third": Term((PAID,), by="customer", nth=3, reach_s=120),
    "compared": Term(
        (PAID,),
        by="customer",
        after=After((ASKED,), 60),
        where={"created_at": Condition(start="after.opened_at", above=1)},
    ),
    "in time": Term((PAID,), by="customer", after=After((ASKED,), 120), at="after", plus_s=30, no_later=True),
}

marks = st.lists(
    st.tuples(
        st.integers(0, 30).map(lambda step: START_MS + step * 7_000),
        st.sampled_from([0, 0, 0, 1_000, 895_000, 3_600_000]),
        st.integers(1, 3),
        st.sampled_from(["app", "web"]),
        st.booleans(),
        st.integers(0, SOURCES - 1),
        st.integers(-5, 5),
    ),
    max_size=25,
)


def marks_of(link: CaseLink, drawn: Any) -> dict[int, list[Mark]]:
    """By source, in the order of time."""
    found: dict[int, list[Mark]] = {source: [] for source in range(SOURCES)}
    for number, (time, more, case, channel, later, source, value) in enumerate(drawn):
        role = link.later if later or link.earlier is None else link.earlier
        scope = tuple(channel for _ in role.dimensions)
        told = START_MS + value * 1_000 if role.value else time + more
        found[source].append(Mark(time + more, scope, case, role.key(), told, number))
    return {source: sorted(marks) for source, marks in found.items()}


def cells_of(partition: CasesPartition) -> Counter[tuple[tuple[str, ...], int]]:
    found: Counter[tuple[tuple[str, ...], int]] = Counter()
    for record in partition.take_cells(1, 0).values():
        for cells in record.metrics:
            for scope, slot, value in zip(cells.scope, cells.slot, cells.value, strict=True):
                number, values = cells.scopes[scope]
                if number == 1:
                    found[values, slot] += value
    return found


@pytest.mark.parametrize("name", TERMS)
@settings(max_examples=150, deadline=None)
@given(drawn=marks, data=st.data())
def test_cells_are_those_of_the_definition(name: str, drawn: Any, data: st.DataObject) -> None:
    catalogue = Catalogue.of((metric_of(TERMS[name]),))
    (link,) = links_of(catalogue.metrics)
    by_source = marks_of(link, drawn)
    expected = counted(link, [mark for of_source in by_source.values() for mark in of_source])
    partition = CasesPartition(catalogue, 0, {"orders": SOURCES})
    snapshots = CasesSnapshot(partition, catalogue.hash, 1)
    found: Counter[tuple[tuple[str, ...], int]] = Counter()
    while any(by_source.values()):
        source = data.draw(st.sampled_from([source for source, left in by_source.items() if left]))
        count = data.draw(st.integers(1, 5))
        sent, by_source[source] = by_source[source][:count], by_source[source][count:]
        left = by_source[source]
        partition.apply(record_of(source, sent, left[0].time if left else END_MS + 4_000_000))
        if data.draw(st.booleans()):
            found.update(cells_of(partition))
        if data.draw(st.integers(0, 4)) == 0:
            found.update(cells_of(partition))  # what is decided is written before a snapshot covers it
            partition, snapshots = restored(catalogue, snapshots)
    for source in range(SOURCES):
        partition.apply(record_of(source, [], END_MS + 4_000_000))
    found.update(cells_of(partition))

    assert {cell: value for cell, value in found.items() if value} == dict(expected)


def record_of(source: int, sent: list[Mark], watermark: int) -> CasesRecord:
    by_role: dict[str, list[Mark]] = {}
    for mark in sent:
        by_role.setdefault(mark.role, []).append(mark)
    return CasesRecord(
        "orders",
        source,
        watermark,
        "",
        [
            RoleMarks(
                role,
                [mark.scope for mark in marks],
                list(range(len(marks))),
                [mark.case for mark in marks],
                [mark.time for mark in marks],
                [0] * len(marks),
                [mark.value for mark in marks],
            )
            for role, marks in by_role.items()
        ],
    )


def restored(catalogue: Catalogue, snapshots: CasesSnapshot) -> tuple[CasesPartition, CasesSnapshot]:
    items = dict(snapshots.write(7))
    fresh = CasesPartition(catalogue, 0, {"orders": SOURCES})
    writer = CasesSnapshot(fresh, catalogue.hash, 1)
    assert writer.restore(items["manifest"], items) == 7
    return fresh, writer
