"""A shop's own types of events are read, checked, counted and documented as ours are."""

from __future__ import annotations

import json

import jsonschema
import pytest

from streams.catalogue.load import parse
from streams.events.schema import schema_files
from streams.events.vocabulary import SHIPPED
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.settings.located_yaml import LocatedError
from streams.topics.asyncapi import document
from tests.ingest.records import make_batch, make_event

DECLARED = """\
events:
  - type: warehouse.picked
    title: A parcel was picked.
    topic: warehouse
    fields:
      pick_id: id
      zone: dimension
      note: text
      asked_at: time
      duration: seconds
      worth: money
      weight: number
      items: count
      express: flag
metrics:
  - id: W1
    name: picks
    title: Picks
    touchpoint: logistics
    unit: per_minute
    signal: count
    direction: down
    minimum_effect: 0.5
    minimum_exposure: 20
    numerator:
      - events: [warehouse.picked]
        where: {express: {equals: true}}
    scopes: [[], [zone], [topic]]
  - id: W2
    name: received
    title: Received
    touchpoint: pipeline
    unit: per_minute
    signal: count
    direction: down
    minimum_effect: 0.5
    minimum_exposure: 20
    numerator:
      - events: ["*"]
    scopes: [[], [topic]]
"""


def refused(text: str) -> str:
    with pytest.raises(LocatedError) as caught:
        parse(text, "mine.yaml")
    return str(caught.value)


def ingest() -> IngestPartition:
    return IngestPartition(
        parse(DECLARED, "mine.yaml"),
        "warehouse",
        0,
        dedup_records=10,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
    )


def test_events_of_a_declared_type_are_counted_by_its_dimensions_and_its_topic() -> None:
    part = ingest()
    data = {"pick_id": "1", "zone": "cold", "express": True, "duration": 1.5, "items": 3, "worth": 9.9, "weight": 0.5}
    part.feed(make_batch([make_event("warehouse.picked", data=data)], "warehouse"))
    (record,) = part.take_flush(1).records.values()

    assert part.outcomes[Outcome.COUNTED] == 1
    scopes = {cells.metric.partition("@")[0]: cells.scopes for cells in record.metrics}
    assert sorted(scopes["picks"]) == [(0, ()), (1, ("cold",)), (2, ("warehouse",))]
    assert sorted(scopes["received"]) == [(0, ()), (1, ("warehouse",))]


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ({}, "$.data.pick_id is missing"),
        ({"pick_id": "1", "zone": 5}, "$.data.zone has the wrong type or range"),
        ({"pick_id": "1", "items": 1.5}, "$.data.items has the wrong type or range"),
        ({"pick_id": "1", "asked_at": "soon"}, "$.data.asked_at is not RFC 3339"),
        ({"pick_id": "1", "express": "yes"}, "$.data.express has the wrong type or range"),
    ],
)
def test_what_does_not_fit_the_declaration_is_a_dead_letter_that_names_the_field(
    data: dict[str, object], detail: str
) -> None:
    part = ingest()
    (letter,) = part.feed(make_batch([make_event("warehouse.picked") | {"data": data}], "warehouse"))

    assert letter.detail == detail


def test_declared_types_are_documented_as_ours_are() -> None:
    vocabulary = parse(DECLARED, "mine.yaml").vocabulary
    schema = json.loads(schema_files(vocabulary)["warehouse.picked.json"])
    made = document(vocabulary)

    event = make_event("warehouse.picked", data={"pick_id": "1", "zone": "cold"})
    jsonschema.validate(event, schema, cls=jsonschema.Draft202012Validator)
    assert schema["$comment"] == "topic warehouse; dimensions zone"
    assert made["components"]["messages"]["warehouse.picked"]["summary"] == "A parcel was picked."
    assert "warehouse" in made["channels"]


def test_all_types_are_ours_and_the_declared_ones() -> None:
    catalogue = parse(DECLARED, "mine.yaml")

    (term,) = catalogue.by_name["received"].numerator
    assert set(term.events) == {*SHIPPED.types, "warehouse.picked"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: warehouse.picked", "type: order.paid", "mine.yaml:2:5: events[0].type: is a type of Pharos"),
        ("type: warehouse.picked", "type: Picked", "write lower-case words joined by a dot"),
        ("type: warehouse.picked", "type: pharos.picked", "write lower-case words joined by a dot"),
        ("topic: warehouse", "topic: pharos-cells", "not one of Pharos's own"),
        ("topic: warehouse", "topic: ware house", "a topic of Kafka"),
        ("pick_id: id", "pick_id: flag", "events[0].fields.pick_id: the first field names what the event is about"),
        ("zone: dimension", "customer: text", "hashed where it is read; remove this field"),
        ("zone: dimension", "topic: dimension", "every event has its topic as a dimension"),
        ("zone: dimension", "zone: customer", 'no field is of the kind "customer"'),
        ("zone: dimension", "zone: area", 'events[0].fields.zone: no field is of the kind "area"; known are'),
        ("zone: dimension", "Zone: dimension", "write lower-case letters"),
        ("    title: A parcel was picked.\n", "    titel: A parcel\n", "unknown key"),
        ("[zone], [topic]]\n  - id: W2", "[aisle]]\n  - id: W2", '"aisle" is not a dimension'),
        ("    scopes: [[], [topic]]", "    scopes: [[], [topic]]\n    declared: {a: [b]}", "declared: unknown key"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert old in DECLARED

    assert said in refused(DECLARED.replace(old, new, 1))


def test_a_type_is_declared_once() -> None:
    again = "events:\n  - {type: warehouse.picked, topic: warehouse, fields: {a: id}}\n"

    assert "is declared twice" in refused(DECLARED.replace("events:\n", again, 1))
