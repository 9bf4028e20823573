"""The AsyncAPI 3.0 document of all topics that others write or read, made from the structs and the list of topics."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from streams.events.dead_letter import Reason
from streams.events.vocabulary import SHIPPED, Vocabulary, type_of
from streams.records.action import TYPE as ACTION_TAKEN
from streams.records.action import Action
from streams.records.anomaly import Anomaly, Change, Why
from streams.records.request import Request, Stage
from streams.records.score import Score
from streams.records.score_event import TYPE as SCORE_UPDATED
from streams.records.single_event import TYPE as EVENT_MATCHED
from streams.records.single_event import SingleEventData
from streams.settings.settings import Settings
from streams.topics.names import (
    ACTIONS_TOPIC,
    ANOMALIES_TOPIC,
    ANOMALY_STATE_TOPIC,
    DEAD_LETTERS_TOPIC,
    SCORES_TOPIC,
    SINGLE_EVENTS_TOPIC,
)
from streams.topics.wanted import Role, wanted_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.topics.wanted import WantedTopic

_CLOUDEVENT = "application/cloudevents+json"
_BINDING = "0.5.0"
_SCHEMAS = "#/components/schemas/"
_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string", "minLength": 1}
_WHAT_FOR = {
    "orders": "Orders from placing to payment or cancellation.",
    "logistics": "Parcels from collection to delivery.",
    "consultations": "Conversations with customers, and the state of the queues.",
    "aftersales": "Refunds and disputes.",
    "visits": "Pages and the steps of the checkout.",
    "feedback": "Surveys, reviews and mentions.",
    ANOMALIES_TOPIC: "Every change of an anomaly, in order for each fingerprint. A repeat has the id of the first.",
    ANOMALY_STATE_TOPIC: "The same records, compacted: the last of each anomaly.",
    SCORES_TOPIC: "What scorecards say of the shop and of its parts: the last of each, every quarter of an hour of "
    "event time and at once when a level changes. Indicators with too few cases are named, and do not count as 0.",
    ACTIONS_TOPIC: "What people and systems did about anomalies: Pharos obeys ack, snooze and feedback, and shows all. "
    "By its rules of linkage it asks systems to act here: see pharos.action.requested.",
    SINGLE_EVENTS_TOPIC: "Events that rules on single events (setting `on`) are about, with the ids of cases: who "
    "may read it may know the people. It is kept for a day.",
    DEAD_LETTERS_TOPIC: "Records that do not match the schema, unchanged. A copy may repeat after a crash.",
}
_INFO = (
    "The topics of Pharos for those who send events and for those who act on anomalies. Values are CloudEvents 1.0 in "
    "structured JSON; unknown fields are ignored; durations are seconds, ratios run from 0 to 1, times are RFC 3339 "
    "with an offset. `source` and `id` together are unique: a record may be sent again. Topics that only workers use "
    "(pharos-cells, pharos-cases, pharos-verdicts, pharos-snapshots) are not described."
)


def document(vocabulary: Vocabulary = SHIPPED) -> dict[str, Any]:
    """The document as JSON would hold it, with the types of events that a catalogue declares."""
    topics = [
        topic for topic in wanted_topics(Settings(), vocabulary) if topic.name in {*_WHAT_FOR, *vocabulary.topics}
    ]
    messages = _event_messages(vocabulary) | _own_messages()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pharos",
            "version": version("pharos"),
            "description": _INFO,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _CLOUDEVENT,
        "channels": {topic.name: _channel(topic, vocabulary) for topic in topics},
        "operations": dict(operation for topic in topics for operation in _operations(topic)),
        "components": {"messages": messages, "schemas": _schemas(vocabulary)},
    }


def text(vocabulary: Vocabulary = SHIPPED) -> str:
    """The document as docs/asyncapi.yaml holds it."""
    head = "# Generated: pharos check --asyncapi > docs/asyncapi.yaml\n"
    return head + yaml.safe_dump(document(vocabulary), sort_keys=False, allow_unicode=True, width=120)


def _messages_of(topic: str, vocabulary: Vocabulary) -> list[str]:
    if topic in vocabulary.topics:
        return [type_of(event) for event in vocabulary.topics[topic]]
    if topic == DEAD_LETTERS_TOPIC:
        return ["dead_letter"]
    own = {SINGLE_EVENTS_TOPIC: EVENT_MATCHED, SCORES_TOPIC: SCORE_UPDATED}
    if topic in own:
        return [own[topic]]
    actions = [ACTION_TAKEN, *(stage.value for stage in Stage)]
    return actions if topic == ACTIONS_TOPIC else [change.value for change in Change]


def _channel(topic: WantedTopic, vocabulary: Vocabulary) -> dict[str, Any]:
    kafka: dict[str, Any] = {"topic": topic.name}
    if topic.role is not Role.SOURCE:
        kafka["partitions"] = topic.partitions
        kafka["topicConfiguration"] = {"cleanup.policy": [topic.config["cleanup.policy"]]}
        kafka["topicConfiguration"] |= {
            key: int(topic.config[key]) for key in ("retention.ms", "max.message.bytes") if key in topic.config
        }
    return {
        "address": topic.name,
        "description": _WHAT_FOR.get(topic.name, "Events that the catalogue declares."),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages_of(topic.name, vocabulary)},
        "bindings": {"kafka": kafka | {"bindingVersion": _BINDING}},
    }


def _operations(topic: WantedTopic) -> Iterable[tuple[str, dict[str, Any]]]:
    """As seen from Pharos: it receives events, sends the rest, and does both with actions."""
    receives = topic.role is Role.SOURCE
    for action in ("receive", "send") if topic.name == ACTIONS_TOPIC else ("receive" if receives else "send",):
        yield f"{action}-{topic.name}", {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}}


def _event_messages(vocabulary: Vocabulary) -> dict[str, Any]:
    messages = {}
    for events in vocabulary.topics.values():
        for event in events:
            kind = type_of(event)
            dimensions = ", ".join(sorted(vocabulary.dimensions[kind]))
            messages[kind] = _message(
                (event.__doc__ or "").strip(), event.__name__, "The subject, or empty.", f"Dimensions: {dimensions}."
            )
    return messages


def _own_messages() -> dict[str, Any]:
    words = {Change.OPENED: "began", Change.UPDATED: "changed", Change.RESOLVED: "ended"}
    messages: dict[str, Any] = {
        change.value: _message(f"An anomaly {word}.", "AnomalyEvent", "The fingerprint.")
        for change, word in words.items()
    }
    messages[ACTION_TAKEN] = _message("Somebody acted on an anomaly.", "ActionEvent", "The fingerprint.")
    asked = {
        Stage.PROPOSED: "An action waits for somebody to approve or decline it.",
        Stage.REQUESTED: "A business system is asked to act.",
        Stage.SETTLED: "What was proposed or requested has come to an end.",
    }
    messages |= {
        stage.value: _message(summary, "ActionStepEvent", "The fingerprint.") for stage, summary in asked.items()
    }
    messages[EVENT_MATCHED] = _message("A rule is about this event.", "SingleEventRecord", "The rule.")
    messages[SCORE_UPDATED] = _message("A scorecard at a time.", "ScoreEvent", "Scorecard and scope.")
    messages["dead_letter"] = {
        "summary": "A record that could not be counted.",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "required": ["pharos-reason", "pharos-topic", "pharos-partition", "pharos-offset"],
            "properties": {
                "pharos-reason": {"type": "string", "enum": [reason.value for reason in Reason]},
                "pharos-topic": {"type": "string", "description": "The topic that the record came by."},
                "pharos-partition": {"type": "string", "pattern": "^[0-9]+$"},
                "pharos-offset": {"type": "string", "pattern": "^[0-9]+$"},
                "pharos-detail": {"type": "string", "description": "The field and what is wrong with it."},
            },
        },
        "payload": {"description": "The bytes of the record, whatever they are."},
    }
    return messages


def _message(summary: str, schema: str, key: str, description: str = "") -> dict[str, Any]:
    message: dict[str, Any] = {"summary": summary}
    if description:
        message["description"] = description
    message["payload"] = {"$ref": _SCHEMAS + schema}
    message["bindings"] = {
        "kafka": {"key": {"type": ["string", "null"], "description": key}, "bindingVersion": _BINDING}
    }
    return message


def _schemas(vocabulary: Vocabulary) -> dict[str, Any]:
    structs: list[type] = [event for events in vocabulary.topics.values() for event in events]
    _, schemas = msgspec.json.schema_components(
        [*structs, Anomaly, Action, Request, Score, SingleEventData], ref_template=_SCHEMAS + "{name}"
    )
    changes = [change.value for change in Change]
    affected = schemas["Anomaly"]["properties"].pop("affected")  # it travels beside the data
    extension = {"why": {"type": "string", "enum": [why.value for why in Why]}, "affected": affected}
    return dict(
        sorted(
            {
                **schemas,
                "AnomalyEvent": _cloudevent(changes, "Anomaly", ("subject", "why"), extension),
                "ActionEvent": _cloudevent([ACTION_TAKEN], "Action", ("subject",), {}),
                "SingleEventRecord": _cloudevent([EVENT_MATCHED], "SingleEventData", ("subject",), {}),
                "ScoreEvent": _cloudevent([SCORE_UPDATED], "Score", ("subject",), {}),
                "ActionStepEvent": _cloudevent([stage.value for stage in Stage], "Request", ("subject",), {}),
            }.items()
        )
    )


def _cloudevent(kinds: list[str], data: str, demanded: Iterable[str], extension: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data", *demanded],
        "properties": {
            "specversion": {"enum": ["1.0"]},
            "id": _TEXT | {"description": "The same for every copy: drop what you have seen."},
            "source": dict(_TEXT),
            "type": {"type": "string", "enum": kinds},
            "time": dict(_TIME),
            "subject": _TEXT
            | {"description": "The fingerprint of the anomaly, the name of the rule, or scorecard and scope."},
            "datacontenttype": {"type": "string"},
            **extension,
            "data": {"$ref": _SCHEMAS + data},
        },
    }
