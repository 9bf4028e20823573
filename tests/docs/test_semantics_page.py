"""What docs/semantics.md says becomes of a record of a mapped topic."""

from __future__ import annotations

import json

import pytest

from streams.catalogue.load import load
from streams.events.vocabulary import SHIPPED
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.mapping.mapper import compile_mapping
from streams.records.batch import RecordBatch
from streams.settings.mapping import MappingRule, MappingSettings
from tests.ingest.records import NOON, text_of

HOUR = 3_600_000
NOW, LATE, AHEAD = text_of(NOON), text_of(NOON - 3 * HOUR), text_of(NOON + HOUR)


def rule(kind: str) -> MappingRule:
    field = {"order.created": "created", "order.paid": "paid"}[kind]
    data = {"order_id": "id", "amount": "amount"}
    return MappingRule(
        when=field, type=kind, id=f"join('-', ['{field}', id])", source="'/shop'", time=field, subject="id", data=data
    )


SHOP = MappingSettings(
    topics=("shop.orders",),
    all=True,
    events=(rule("order.created"), rule("order.paid"), MappingRule(when="test", ignore="test orders")),
)


def ingest() -> IngestPartition:
    """With one paid order at noon, so that there is something to be late behind."""
    part = IngestPartition(
        load(),
        "shop.orders",
        0,
        dedup_records=10,
        lateness_ms=30_000,
        late_limit_ms=2 * HOUR,
        future_limit_ms=300_000,
        mapper=compile_mapping("shop", SHOP, SHIPPED),
    )
    outcome(part, {"id": "T0", "paid": NOW})
    return part


def outcome(part: IngestPartition, record: object) -> Outcome:
    before = dict(part.outcomes)
    value = None if record is None else json.dumps(record).encode()
    offset = part.next_offset
    part.feed(RecordBatch("shop.orders", 0, range(offset, offset + 1), [NOON], [value], offset + 1, None))
    (changed,) = [name for name, count in part.outcomes.items() if count != before[name]]
    return changed


@pytest.mark.parametrize(
    ("record", "becomes"),
    [
        ({"id": "T1"}, Outcome.DEAD_LETTER),
        ({"id": "T1", "created": NOW, "paid": "soon"}, Outcome.DEAD_LETTER),
        ({"id": "T1", "created": NOW, "paid": NOW, "amount": "9"}, Outcome.DEAD_LETTER),
        ({"id": "T1", "created": NOW, "paid": AHEAD}, Outcome.DEAD_LETTER),
        ({"id": "T1", "test": True}, Outcome.IGNORED),
        (None, Outcome.IGNORED),
        ({"id": "T1", "created": LATE, "paid": NOW}, Outcome.COUNTED),
        ({"id": "T0", "created": NOW, "paid": NOW}, Outcome.COUNTED),
        ({"id": "T0", "created": LATE, "paid": NOW}, Outcome.LATE),
        ({"id": "T0", "paid": NOW}, Outcome.DUPLICATE),
    ],
)
def test_a_record_of_several_events_has_the_outcome_that_the_page_says(record: object, becomes: Outcome) -> None:
    assert outcome(ingest(), record) is becomes


def test_of_a_record_that_is_a_dead_letter_no_event_counts() -> None:
    part = ingest()
    part.take_flush(1)
    outcome(part, {"id": "T1", "created": NOW, "paid": AHEAD})
    outcome(part, {"id": "T2", "created": NOW, "paid": "soon"})
    flush = part.take_flush(1)

    counted = {cells.metric.partition("@")[0] for record in flush.records.values() for cells in record.metrics}
    assert counted <= {"events_ahead"}
    assert len(flush.dead_letters) == 2


def test_an_order_that_is_created_and_later_paid_counts_both_once() -> None:
    part = ingest()

    assert outcome(part, {"id": "T1", "created": NOW}) is Outcome.COUNTED
    assert outcome(part, {"id": "T1", "created": NOW, "paid": NOW}) is Outcome.COUNTED
    assert outcome(part, {"id": "T1", "created": NOW, "paid": NOW}) is Outcome.DUPLICATE
