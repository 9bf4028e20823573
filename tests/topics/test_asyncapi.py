"""docs/asyncapi.yaml is what the code makes, is valid AsyncAPI 3.0, and says what is really sent."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from faust.types import TP

from streams.cli import main
from streams.events.dead_letter import Reason
from streams.events.vocabulary import SHIPPED
from streams.linkage.clerk import Clerk, settled
from streams.records import action_event
from streams.records.action import ActionRecord
from streams.records.anomaly import Change, Transition, Why
from streams.records.anomaly_event import encode
from streams.records.request import Ending, Stage
from streams.records.request_event import encode as encode_step
from streams.records.single_event import SingleEvent
from streams.records.single_event import encode as encode_single
from streams.register.requests import RequestLog
from streams.settings.settings import LinkageRule
from streams.topics.asyncapi import document
from streams.transport.source.source_partition import SourcePartition
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITTEN = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"
# As published, unchanged: schemas/3.0.0-without-$id.json of the npm package @asyncapi/specs 6.11.1, Apache-2.0.
OFFICIAL = Path(__file__).parents[1] / "support" / "asyncapi-3.0.0.json.gz"
ANOMALY = sample_anomaly(
    "2026-11-11T00:00:00Z",
    "2026-11-11T00:01:00Z",
    fingerprint="0123456789abcdef",
    scope={"payment_method": "wechat"},
    value=0.5,
    expected=0.98,
    upper=1.0,
    score=4.0,
    exposure=900.0,
    peak=4.0,
    reason="cliff",
    incident="i",
)


@pytest.fixture(scope="module")
def official() -> jsonschema.protocols.Validator:
    return jsonschema.Draft7Validator(json.loads(gzip.decompress(OFFICIAL.read_bytes())))


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return document()


def payload_of(made: dict[str, Any], message: str) -> dict[str, Any]:
    """A schema of its own for the values of one message."""
    return {**made["components"]["messages"][message]["payload"], "components": made["components"]}


def valid(value: Any, schema: dict[str, Any]) -> bool:
    return jsonschema.Draft7Validator(schema).is_valid(value)


def refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def test_the_file_is_what_the_code_makes(made: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--asyncapi"]) == 0

    written = WRITTEN.read_text(encoding="utf-8")
    assert capsys.readouterr().out == written, "run: pharos check --asyncapi > docs/asyncapi.yaml"
    assert yaml.safe_load(written) == made


def test_it_is_valid_by_the_official_schema(made: dict[str, Any], official: jsonschema.protocols.Validator) -> None:
    official.validate(made)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("info",), {"title": "no version"}),
        (("channels", "orders", "adress"), "orders"),
        (("operations", "receive-orders", "action"), "publish"),
        (("channels", "pharos-anomalies", "bindings", "kafka", "partitions"), "one"),
    ],
)
def test_the_official_schema_would_notice(
    path: tuple[str, ...], value: Any, made: dict[str, Any], official: jsonschema.protocols.Validator
) -> None:
    broken = copy.deepcopy(made)
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    assert not official.is_valid(broken)


def test_what_it_refers_to_is_in_it(made: dict[str, Any]) -> None:
    for ref in refs(made):
        place: Any = made
        for step in ref.removeprefix("#/").split("/"):
            place = place[step]


def test_every_topic_and_type_of_the_contract_is_described(made: dict[str, Any]) -> None:
    own = ["pharos-anomalies", "pharos-anomaly-state", "pharos-actions", "pharos-dead-letters", "pharos-single-events"]
    own.append("pharos-scores")

    assert set(made["channels"]) == {*SHIPPED.topics, *own}
    assert set(made["components"]["messages"]) == {
        *SHIPPED.types,
        *(change.value for change in Change),
        "pharos.action.taken",
        *(stage.value for stage in Stage),
        "dead_letter",
        "pharos.event.matched",
        "pharos.score.updated",
    }
    directions = {name: made["operations"][f"send-{name}"]["action"] for name in own}
    assert set(directions.values()) == {"send"}
    assert made["operations"]["receive-pharos-actions"]["action"] == "receive"


@pytest.mark.parametrize("kind", SHIPPED.types)
def test_an_event_fits_the_schema_of_its_type_only(kind: str, made: dict[str, Any]) -> None:
    first = next(iter(SHIPPED.data[kind].__struct_fields__))
    event = {"specversion": "1.0", "id": "1", "source": "/a", "type": kind, "time": "2026-11-11T00:00:00Z"}
    event |= {"data": {first: "x", "unknown": 1}}

    assert valid(event, payload_of(made, kind))
    assert not valid(event | {"type": "somebody.else"}, payload_of(made, kind))
    assert not valid(event | {"data": {}}, payload_of(made, kind))


def test_a_single_event_as_it_is_written_fits_its_schema(made: dict[str, Any]) -> None:
    found = SingleEvent(
        rule="r", event_type="survey.answered", event_source="/s", event_id="1", time=0, ids={"order_id": "TB1"}
    )
    event = json.loads(encode_single(found))
    schema = payload_of(made, "pharos.event.matched")

    assert valid(event, schema)
    assert not valid({**event, "data": {"rule": "r"}}, schema)


@pytest.mark.parametrize("change", Change)
def test_an_anomaly_as_it_is_published_fits_its_schema(change: Change, made: dict[str, Any]) -> None:
    event = json.loads(encode(Transition("id", change, 1_794_326_400_000, ANOMALY, Why.OPENED)))
    schema = payload_of(made, change.value)

    assert valid(event, schema)
    assert set(event) <= set(made["components"]["schemas"]["AnomalyEvent"]["properties"])
    for field in ("id", "subject", "data", "why"):
        assert not valid({key: value for key, value in event.items() if key != field}, schema)
    assert not valid(event | {"data": {**event["data"], "score": "high"}}, schema)


def test_an_action_fits_its_schema(made: dict[str, Any]) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/desk", "type": "pharos.action.taken"}
    event |= {"time": "2026-11-11T00:00:00Z", "subject": "0123456789abcdef"}

    assert valid(event | {"data": {"action": "ack", "actor": "li", "note": ""}}, payload_of(made, event["type"]))
    assert valid(event | {"data": {"action": "coupons.sent"}}, payload_of(made, event["type"]))
    assert not valid(event | {"data": {"actor": "li"}}, payload_of(made, event["type"]))


def test_an_action_as_the_api_writes_it_fits_its_schema(made: dict[str, Any]) -> None:
    taken = ActionRecord(
        source="/pharos/api",
        id="1",
        fingerprint="0123456789abcdef",
        time=1_794_326_400_000,
        action="snooze",
        actor="li",
        until=1_794_328_200_000,
        detected_at=1_794_326_000_000,
        severity="warning",
    )
    event = json.loads(action_event.encode(taken))

    assert valid(event, payload_of(made, event["type"]))
    assert set(event) <= set(made["components"]["schemas"]["ActionEvent"]["properties"])
    assert set(event["data"]) <= set(made["components"]["schemas"]["Action"]["properties"])


def test_a_step_of_a_request_as_it_is_written_fits_its_schema(made: dict[str, Any]) -> None:
    opened = Transition("id", Change.OPENED, 1_794_326_400_000, ANOMALY, Why.OPENED)
    requested = next(iter(Clerk([LinkageRule("r", "act")], RequestLog()).rule(opened, 1_794_326_400_000))).step
    assert requested is not None
    for step in (requested, settled(requested, Ending.REJECTED, 1_794_326_400_000, reason="status 400")):
        event = json.loads(encode_step(step))

        assert valid(event, payload_of(made, step.stage.value))
        assert set(event["data"]) <= set(made["components"]["schemas"]["Request"]["properties"])
        assert not valid(event | {"data": {"rule": "r"}}, payload_of(made, step.stage.value))


def test_a_dead_letter_has_the_headers_that_are_described(made: dict[str, Any]) -> None:
    class Letter:
        offset, value, reason, detail, headers = 7, b"{", Reason.NOT_JSON.value, "not JSON", ()

    part = SourcePartition.__new__(SourcePartition)
    part.tp = TP("orders", 3)
    headers = {name: value.decode() for name, value in part._dead_letter(Letter()).headers}
    schema = made["components"]["messages"]["dead_letter"]["headers"]

    assert valid(headers, schema)
    assert set(headers) == set(schema["properties"])
    assert not valid(headers | {"pharos-reason": "because"}, schema)
