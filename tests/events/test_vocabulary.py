"""The vocabulary says what the table of the contract says."""

from __future__ import annotations

import pytest

from streams.events.vocabulary import SHIPPED
from streams.settings.settings import SOURCE_TOPICS

# type that stands for its row: (first field, dimensions, the rest)
ROWS = {
    "order.paid": (
        "order_id",
        "region channel store category sku payment_method reason warehouse carrier",
        "amount created_at paid_at shipped",
    ),
    "payment.started": ("order_id", "payment_method channel region store", ""),
    "parcel.collected": (
        "parcel_id",
        "carrier warehouse origin region store reason channel",
        "order_id part paid_at promised_at collected_at previous_scan_at eta first_eta notified",
    ),
    "notice.sent": ("parcel_id", "status carrier warehouse region channel", "order_id status_at"),
    "consultation.opened": (
        "consultation_id",
        "queue channel intent stage store region",
        "handled_by opened_at waited first automatic transfers resolved rating order_id eta unclear",
    ),
    "queue.snapshot": ("queue", "queue", "waiting oldest_wait staffed available handle_time"),
    "message.received": ("consultation_id", "queue channel intent stage store region", "order_id"),
    "promise.made": ("promise_id", "kind queue channel store role", "order_id consultation_id due_at eta"),
    "refund.requested": (
        "refund_id",
        "reason kind category sku batch store carrier warehouse region channel return_channel",
        "order_id amount automatic requested_at paid_at before_collection upheld care_at intervened",
    ),
    "dispute.opened": (
        "dispute_id",
        "reason kind category sku batch store carrier warehouse region channel return_channel",
        "order_id amount automatic requested_at paid_at before_collection upheld",
    ),
    "case.opened": (
        "case_id",
        "kind state previous_state queue role channel store region carrier reason",
        "order_id opened_at entered_at due_at hand_overs intervened",
    ),
    "page.viewed": ("session_id", "page step device channel region reason", "load_time"),
    "alert.fired": ("alert_id", "alert level service receiver", "started_at"),
    "survey.answered": (
        "feedback_id",
        "kind channel platform store cause sentiment touchpoint stage",
        "order_id score",
    ),
    "complaint.opened": ("feedback_id", "role kind channel store carrier region", "order_id"),
    "mention.answered": ("feedback_id", "kind channel platform store", "order_id posted_at"),
}


@pytest.mark.parametrize("kind", ROWS)
def test_fields_and_dimensions_are_those_of_the_row(kind: str) -> None:
    first, dimensions, rest = ROWS[kind]

    assert first == SHIPPED.data[kind].__struct_fields__[0]
    assert set(dimensions.split()) == SHIPPED.dimensions[kind]
    assert {first, *dimensions.split(), *rest.split(), "customer"} == SHIPPED.fields[kind]


def test_all_types_of_a_topic_are_listed() -> None:
    count = {topic: len(events) for topic, events in SHIPPED.topics.items()}

    assert count == {"orders": 5, "logistics": 9, "consultations": 12, "aftersales": 12, "visits": 9, "feedback": 6}
    assert tuple(SHIPPED.topics) == SOURCE_TOPICS
    assert SHIPPED.types.keys() == SHIPPED.topic_of.keys()


def test_every_field_has_one_nature() -> None:
    for kind, fields in SHIPPED.fields.items():
        natures = [
            SHIPPED.dimensions[kind],
            SHIPPED.time_fields[kind],
            SHIPPED.flag_fields[kind],
            frozenset(SHIPPED.scales[kind]),
        ]

        assert sum(map(len, natures)) == len(frozenset[str]().union(*natures))
        texts = {name for name in fields if name.endswith("_id")} | {"handled_by", "customer"}
        assert fields - texts == frozenset[str]().union(*natures)
