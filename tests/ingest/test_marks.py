"""The marks of cases that come again, as they leave the ingest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.scopes import scope_sets
from streams.cells.mark import LEAST_MARK
from streams.cells.record import MetricCells, encode
from tests.ingest.records import NOON, make_batch, make_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.load import Catalogue
    from streams.ingest.partition import IngestPartition


def contact(event_id: str, order: str | None, ms: int = NOON, **more: Any) -> dict[str, Any]:
    data = {"consultation_id": event_id, "order_id": order, "intent": "refund", "region": "hunan"} | more
    return make_event("consultation.opened", ms, event_id, data)


@pytest.fixture
def cells_of(shipped: Catalogue, partition: Callable[..., IngestPartition]) -> Callable[..., MetricCells]:
    def cells(*contacts: dict[str, Any]) -> MetricCells:
        ingest = partition("consultations", (shipped.by_name["repeat_contacts"],))
        ingest.feed(make_batch(list(contacts), "consultations"))
        (cells,) = ingest.take_flush(1).records[0].metrics
        return cells

    return cells


def marks_of(cells: MetricCells) -> list[tuple[Any, int, int, int]]:
    columns = zip(cells.scope, cells.component, cells.slot, cells.value, strict=True)
    return [(cells.scopes[scope], part, slot, value) for scope, part, slot, value in columns if part >= LEAST_MARK]


def test_an_order_is_marked_in_the_finest_scope_only(cells_of: Callable[..., MetricCells], shipped: Catalogue) -> None:
    cells = cells_of(contact("1", "TB1"), contact("2", "TB1"), contact("3", "TB2", region=None))
    marked = marks_of(cells)
    finest = scope_sets(shipped.by_name["repeat_contacts"]).index(("intent", "region"))

    assert sorted((scope, value) for scope, _, _, value in marked) == [
        ((finest, ("refund", "")), 1),
        ((finest, ("refund", "hunan")), 2),
    ]
    digest = int.from_bytes(hashlib.blake2b(b"TB1", digest_size=8).digest())
    assert [mark for _, mark, _, value in marked if value == 2] == [(1 << 62) | (digest >> 2)]


@pytest.mark.parametrize("order", [None, ""])
def test_a_contact_that_names_no_order_is_neither_marked_nor_counted(
    partition: Callable[..., IngestPartition], shipped: Catalogue, order: str | None
) -> None:
    ingest = partition("consultations", (shipped.by_name["repeat_contacts"],))
    ingest.feed(make_batch([contact("1", order)], "consultations"))

    assert ingest.take_flush(1).records[0].metrics == []


def test_what_names_an_order_never_leaves_the_ingest(
    partition: Callable[..., IngestPartition], shipped: Catalogue
) -> None:
    ingest = partition("consultations", shipped.metrics)
    ingest.feed(make_batch([contact("1", "TB-secret-17")], "consultations"))
    records = ingest.take_flush(2).records.values()

    assert any(part >= LEAST_MARK for record in records for cells in record.metrics for part in cells.component)
    assert not any(b"TB-secret-17" in encode(record) for record in records)


def test_marks_survive_the_journey_through_the_log(cells_of: Callable[..., MetricCells]) -> None:
    cells = cells_of(contact("1", "TB1"))

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(cells), type=MetricCells) == cells


def test_late_contacts_are_marked_in_the_late_plane(cells_of: Callable[..., MetricCells]) -> None:
    cells = cells_of(contact("1", "TB1"), contact("2", "TB1", NOON - 60_000))

    assert sorted(late for late, part in zip(cells.late, cells.component, strict=True) if part >= LEAST_MARK) == [0, 1]
