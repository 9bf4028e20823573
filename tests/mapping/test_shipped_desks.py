"""Service desks, changed rows, Alertmanager and plain rows: the documented samples and the events that come of them.

golden/NAME/SAMPLE.json is a record, SAMPLE.events.json what comes of it: without what is empty, and with customers as
they are before they are hashed. Times without an offset are those of a shop in Shanghai.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.events.customer import Customer, CustomerKey
from streams.events.dead_letter import Reason
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings
from streams.mapping.failure import MappingError
from streams.settings.mapping import MappingSettings

if TYPE_CHECKING:
    from streams.mapping.mapper import RecordMapper

HERE = Path(__file__).parent
NAMES = (
    "zendesk",
    "intercom",
    "amazon-connect",
    "debezium",
    "debezium-cloudevents",
    "canal",
    "maxwell",
    "alertmanager",
    "rows",
)
FOLDERS = {name: HERE / "golden" / name for name in NAMES}
SAMPLES = [
    file
    for folder in FOLDERS.values()
    for file in sorted(folder.glob("*.json"))
    if not file.name.endswith(".events.json")
]
PRIVATE = ("left out", "text of ", "10.0.0.7")


class _Unhashed(CustomerKey):
    """Keeps the ids of customers, so that samples can show which they are."""

    def hashed(self, text: str) -> Customer:
        return Customer(text)


@cache
def _mapper(name: str) -> RecordMapper:
    return _mapper_of(name, MappingSettings())


def _mapper_of(name: str, settings: MappingSettings) -> RecordMapper:
    return Mappings.of({name: settings}, SHIPPED, _Unhashed(), "Asia/Shanghai").by_name[name].mapper


def _events(mapper: RecordMapper, record: bytes) -> list[dict[str, Any]]:
    events = msgspec.to_builtins(mapper.events(record), enc_hook=str)
    for event in events:
        event["data"] = {field: value for field, value in event["data"].items() if value not in (None, "")}
    return [{key: value for key, value in event.items() if value is not None} for event in events]


def _of(name: str, sample: str) -> list[dict[str, Any]]:
    return _events(_mapper(name), (FOLDERS[name] / f"{sample}.json").read_bytes())


def _refused(name: str, record: Any, settings: MappingSettings | None = None) -> tuple[Reason, str]:
    with pytest.raises(MappingError) as error:
        (_mapper_of(name, settings) if settings else _mapper(name)).events(json.dumps(record).encode())
    return error.value.rejection.reason, error.value.rejection.detail


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_sample_gives_the_events_beside_it(sample: Path) -> None:
    made = _events(_mapper(sample.parent.name), sample.read_bytes())
    assert made == json.loads(sample.with_suffix(".events.json").read_bytes())


def test_nothing_of_a_person_comes_through() -> None:
    read = "".join(sample.read_text() for sample in SAMPLES)
    made = "".join(sample.with_suffix(".events.json").read_text() for sample in SAMPLES)
    assert [text for text in PRIVATE if text in read] == list(PRIVATE)
    assert not [text for text in PRIVATE if text in made]


@pytest.mark.parametrize("name", NAMES)
def test_another_record_is_a_dead_letter_and_not_ignored(name: str) -> None:
    assert _refused(name, {"order_number": 1})[0] is Reason.UNMAPPED


def test_a_shop_names_its_groups_forms_and_order_numbers_in_zendesk() -> None:
    settings = MappingSettings(
        values={"external_id_is": "order_id"},
        tables={
            "groups": {"8447320466430": "refunds"},
            "intents": {"8646151517822": "refund"},
            "brands": {"8447346621310": "flagship"},
        },
    )
    record = json.loads((FOLDERS["zendesk"] / "ticket_created.json").read_bytes())
    record["detail"]["external_id"] = "TB1"
    opened, case = _events(_mapper_of("zendesk", settings), json.dumps(record).encode())
    assert {"queue": "refunds", "intent": "refund", "store": "flagship", "order_id": "TB1"}.items() <= opened[
        "data"
    ].items()
    assert {"queue": "refunds", "store": "flagship", "order_id": "TB1"}.items() <= case["data"].items()


def test_a_ticket_that_was_written_has_no_time_of_answer() -> None:
    of_tickets = {
        event["type"] for sample in SAMPLES if sample.parent.name == "zendesk" for event in _of("zendesk", sample.stem)
    }
    assert not _of("zendesk", "agent_assigned_email")
    assert "consultation.answered" in of_tickets


def test_a_contact_waits_from_the_queue_to_the_agent() -> None:
    (opened,) = _of("amazon-connect", "queued")
    (answered,) = _of("amazon-connect", "connected_to_agent")
    assert answered["data"]["opened_at"] == opened["time"]
    assert answered["data"]["waited"] == 15.5


def test_a_contact_record_gives_the_ids_of_the_contact_events() -> None:
    record = json.loads((FOLDERS["amazon-connect"] / "contact_record.json").read_bytes())
    record["ContactId"] = "11111111-1111-1111-1111-111111111111"
    of_record = _events(_mapper("amazon-connect"), json.dumps(record).encode())
    of_events = [
        event for sample in ("queued", "connected_to_agent", "disconnected") for event in _of("amazon-connect", sample)
    ]
    assert [(event["source"], event["id"]) for event in of_record] == [
        (event["source"], event["id"]) for event in of_events
    ]


def test_the_converter_of_debezium_does_not_change_what_is_counted() -> None:
    assert _of("debezium", "postgresql_order_paid") == _of("debezium-cloudevents", "order_paid_with_schema")
    assert _of("debezium", "postgresql_order_created") == _of("debezium-cloudevents", "order_created")


@pytest.mark.parametrize(
    ("name", "sample"),
    [("debezium", "postgresql_order_paid"), ("canal", "orders_paid_two_rows"), ("maxwell", "order_paid")],
)
def test_a_payment_has_the_time_that_closes_its_deadlines(name: str, sample: str) -> None:
    for event in _of(name, sample):
        assert event["time"] == event["data"]["paid_at"]


@pytest.mark.parametrize(
    ("name", "sample"),
    [("debezium", "postgresql_parcel_scanned"), ("canal", "parcel_scanned"), ("maxwell", "parcel_attempt_failed")],
)
def test_a_movement_names_the_one_before(name: str, sample: str) -> None:
    (event,) = _of(name, sample)
    assert event["data"]["previous_scan_at"] < event["time"]


def test_a_changed_row_without_its_former_state_is_refused_since_every_change_would_count() -> None:
    record = json.loads((FOLDERS["debezium"] / "postgresql_order_paid.json").read_bytes())
    assert _refused("debezium", {**record, "before": None})[0] is Reason.UNMAPPED


def test_a_statement_of_more_rows_than_canal_lists_is_refused_whole() -> None:
    record = json.loads((FOLDERS["canal"] / "order_inserted.json").read_bytes())
    eight = {**record, "data": [{**record["data"][0], "id": str(number)} for number in range(8)]}
    assert len(_events(_mapper("canal"), json.dumps(eight).encode())) == 8
    assert _refused("canal", {**eight, "data": [*eight["data"], record["data"][0]]})[0] is Reason.UNMAPPED


@pytest.mark.parametrize(("name", "sample"), [("canal", "parcel_scanned"), ("maxwell", "parcel_attempt_failed")])
def test_times_of_mysql_are_those_of_the_mapping_or_else_of_the_shop(name: str, sample: str) -> None:
    record = (FOLDERS[name] / f"{sample}.json").read_bytes()
    (shop,), (own,) = (
        _events(_mapper_of(name, settings), record) for settings in (MappingSettings(), MappingSettings(timezone="UTC"))
    )
    assert shop["time"].endswith("+08:00")
    assert own["time"].endswith(("Z", "+00:00"))


def test_an_amount_that_debezium_packs_into_bytes_is_refused() -> None:
    record = json.loads((FOLDERS["debezium"] / "postgresql_order_created.json").read_bytes())
    record["after"]["amount"] = "Mr4="
    reason, detail = _refused("debezium", record)
    assert reason is Reason.MAPPING_FAILED
    assert "data.amount" in detail
    assert "Mr4=" not in detail


def test_a_notification_that_alertmanager_repeats_gives_the_same_pairs() -> None:
    (first, _), (again, _) = _of("alertmanager", "firing"), _of("alertmanager", "firing_and_resolved")
    assert first == again
