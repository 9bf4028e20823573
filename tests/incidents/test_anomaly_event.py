"""What subscribers of pharos-anomalies read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import msgspec
import pytest

from streams.records import anomaly_event as cloudevent

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Transition
    from streams.records.verdicts import Verdict

TEXT, NUMBER, TIME = {"type": "string"}, {"type": "number"}, {"type": "string", "pattern": r"^\d{4}-.*T.*\.\d{3}Z$"}
TEXTS = {"type": "object", "additionalProperties": TEXT}
DATA = {
    "fingerprint": TEXT,
    "metric": TEXT,
    "touchpoint": {
        "enum": ["page", "consultation", "order", "logistics", "aftersale", "dispute", "feedback", "pipeline"]
    },
    "scope": TEXTS,
    "severity": {"enum": ["critical", "warning", "info"]},
    "state": {"enum": ["firing", "recovering", "resolved"]},
    "started_at": TIME,
    "detected_at": TIME,
    "ended_at": {"anyOf": [TIME, {"type": "null"}]},
    "window_s": {"type": "integer"},
    "value": NUMBER,
    "expected": NUMBER,
    "lower": NUMBER,
    "upper": NUMBER,
    "unit": TEXT,
    "direction": {"enum": ["up", "down"]},
    "score": NUMBER,
    "exposure": NUMBER,
    "peak": NUMBER,
    "reason": TEXT,
    "summary": TEXT,
    "contributors": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["scope", "share", "rate", "mix"],
            "properties": {"scope": TEXTS, "share": NUMBER, "rate": NUMBER, "mix": NUMBER},
        },
    },
    "incident": TEXT,
    "cause_of": {"type": "array", "items": TEXT},
    "caused_by": {"type": ["string", "null"]},
    "runbook_url": TEXT,
    "board_url": TEXT,
}
SCHEMA = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "subject", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "type": {"pattern": r"^pharos\.anomaly\.(opened|updated|resolved)$"},
        "time": TIME,
        "subject": TEXT,
        "data": {"type": "object", "required": list(DATA), "properties": DATA, "additionalProperties": False},
    },
    "patternProperties": {"^[a-z0-9]+$": {}},
    "additionalProperties": False,
}


@pytest.fixture(name="episode")
def _episode(shop: Any, verdict: Callable[..., Verdict]) -> list[Transition]:
    transitions = shop.tick(verdict(scope={"method": "alipay"}), times=3)
    return transitions + shop.tick(verdict(scope={"method": "alipay"}, score=0.1), times=40)


def test_every_transition_of_an_episode_is_a_cloudevent_of_the_contract(episode: list[Transition]) -> None:
    assert len(episode) == 3
    for transition in episode:
        event = json.loads(cloudevent.encode(transition))
        jsonschema.validate(event, SCHEMA)
        assert event["id"] == transition.id
        assert event["subject"] == event["data"]["fingerprint"] == cloudevent.key(transition).decode()


def test_how_many_are_affected_travels_beside_the_data_and_may_be_missing(episode: list[Transition]) -> None:
    event = json.loads(cloudevent.encode(episode[-1]))
    older = {name: value for name, value in event.items() if name != "affected"}

    assert event["affected"] == episode[-1].anomaly.affected > 0
    assert cloudevent.decode(json.dumps(older).encode()).anomaly.affected == 0


def test_what_was_written_is_read_back(episode: list[Transition]) -> None:
    assert [cloudevent.decode(cloudevent.encode(transition)) for transition in episode] == episode


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"\xff", b'{"id":1}'])
def test_anything_else_is_refused(payload: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        cloudevent.decode(payload)


def test_a_time_that_is_none_is_refused(episode: list[Transition]) -> None:
    event = json.loads(cloudevent.encode(episode[0])) | {"time": "yesterday"}
    with pytest.raises(msgspec.ValidationError, match="RFC 3339"):
        cloudevent.decode(json.dumps(event).encode())
