"""What business systems read and write may only grow. The golden copy is what was published last.

A new field or schema is added to tests/golden/published-schemas.json when it is released; nothing there is taken away.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from streams.topics.asyncapi import document
from tests.support.schema_growth import breaks

GOLDEN: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "golden" / "published-schemas.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("direction", ["written", "read"])
def test_schemas_have_only_grown_since_they_were_published(direction: str) -> None:
    now = document()["components"]["schemas"]

    assert list(breaks(GOLDEN[direction], now, written=direction == "written")) == []


def test_the_golden_copy_holds_what_others_depend_on() -> None:
    assert set(GOLDEN["written"]) >= {"AnomalyEvent", "Anomaly", "Contributor", "ActionStepEvent", "Request"}
    assert set(GOLDEN["read"]) >= {"ActionEvent", "Action"}
    assert len(GOLDEN["written"]["Anomaly"]["required"]) == 27


@pytest.mark.parametrize(
    ("direction", "path", "value", "found"),
    [
        ("written", ("Anomaly", "properties", "score"), None, "Anomaly.score has disappeared"),
        ("written", ("Anomaly", "properties", "score"), {"type": "string"}, "Anomaly.score has another type"),
        ("written", ("Anomaly", "required"), [], "may be missing now"),
        ("written", ("Contributor",), None, "Contributor has disappeared"),
        ("written", ("AnomalyEvent", "properties", "type", "enum"), ["pharos.anomaly.opened"], "has lost values"),
        ("read", ("Action", "required"), ["action", "actor"], "Action.actor has become required"),
        ("read", ("Action", "properties", "actor"), {"type": "string", "enum": ["li"]}, "takes fewer values"),
        ("read", ("Action", "properties", "until"), {"type": "string"}, "Action.until has another type"),
    ],
)
def test_what_would_break_somebody_is_noticed(direction: str, path: tuple[str, ...], value: Any, found: str) -> None:
    changed = copy.deepcopy(GOLDEN[direction])
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value

    assert found in " | ".join(breaks(GOLDEN[direction], changed, written=direction == "written"))


def test_growth_is_welcome() -> None:
    grown = copy.deepcopy(GOLDEN["written"])
    grown["Anomaly"]["properties"]["forecast"] = {"type": "number"}
    grown["Anomaly"]["required"].append("forecast")
    grown["Anomaly"]["properties"]["score"]["description"] = "said better"
    grown["Forecast"] = {"type": "object"}

    assert list(breaks(GOLDEN["written"], grown, written=True)) == []
