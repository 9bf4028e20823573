"""The registry says what the table of the contract says."""

from __future__ import annotations

import pytest

from streams.events.registry import (
    DATA,
    DIMENSIONS,
    EVENTS_OF_TOPIC,
    FIELDS,
    FLAG_FIELDS,
    SCALES,
    TIME_FIELDS,
    TOPIC_OF_TYPE,
    TYPES,
)
from streams.settings.settings import SOURCE_TOPICS

# type that stands for its row: (first field, dimensions, the rest)
ROWS = {
    "order.paid": (
        "order_id",
        "region channel store category sku payment_method reason warehouse carrier",
        "amount created_at paid_at shipped",
    ),
    "parcel.collected": (
        "parcel_id",
        "carrier warehouse origin region store reason",
        "order_id part paid_at promised_at collected_at previous_scan_at eta first_eta notified",
    ),
    "consultation.opened": (
        "consultation_id",
        "queue channel intent stage store region",
        "handled_by opened_at waited first automatic transfers resolved rating order_id",
    ),
    "queue.snapshot": ("queue", "queue", "waiting oldest_wait staffed available handle_time"),
    "refund.requested": (
        "refund_id",
        "reason kind category sku batch store carrier warehouse region",
        "order_id amount automatic requested_at paid_at before_collection upheld",
    ),
    "dispute.opened": (
        "dispute_id",
        "reason kind category sku batch store carrier warehouse region",
        "order_id amount automatic requested_at paid_at before_collection upheld",
    ),
    "page.viewed": ("session_id", "page step device channel region reason", "load_time"),
    "survey.answered": ("feedback_id", "kind channel platform store cause sentiment", "order_id score"),
}


@pytest.mark.parametrize("kind", ROWS)
def test_fields_and_dimensions_are_those_of_the_row(kind: str) -> None:
    first, dimensions, rest = ROWS[kind]

    assert first == DATA[kind].__struct_fields__[0]
    assert set(dimensions.split()) == DIMENSIONS[kind]
    assert {first, *dimensions.split(), *rest.split()} == FIELDS[kind]


def test_all_types_of_a_topic_are_listed() -> None:
    count = {topic: len(events) for topic, events in EVENTS_OF_TOPIC.items()}

    assert count == {"orders": 4, "logistics": 8, "consultations": 8, "aftersales": 7, "visits": 7, "feedback": 3}
    assert tuple(EVENTS_OF_TOPIC) == SOURCE_TOPICS
    assert TYPES.keys() == TOPIC_OF_TYPE.keys()


def test_every_field_has_one_nature() -> None:
    for kind, fields in FIELDS.items():
        natures = [DIMENSIONS[kind], TIME_FIELDS[kind], FLAG_FIELDS[kind], frozenset(SCALES[kind])]

        assert sum(map(len, natures)) == len(frozenset[str]().union(*natures))
        texts = {"order_id", "handled_by", DATA[kind].__struct_fields__[0]}
        assert fields - texts <= frozenset[str]().union(*natures)
