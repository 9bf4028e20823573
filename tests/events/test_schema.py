"""The schemas under docs/ are those of the structs, and say what the decoder does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from streams.events.decoder import TopicDecoder
from streams.events.schema import FOLDER, schema_files, schema_of, write
from streams.events.vocabulary import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

WRONG: dict[str, Any] = {
    "no id": {"id": ...},
    "empty source": {"source": ""},
    "other specversion": {"specversion": "0.3"},
    "no time": {"time": ...},
    "no data": {"data": ...},
    "no first field": {"data": {}},
    "first field of another type": {"data": {"order_id": 5}},
    "huge amount": {"data": {"order_id": "1", "amount": 1e30}},
    "dimension of another type": {"data": {"order_id": "1", "region": ["zhejiang"]}},
}


def example(kind: str) -> dict[str, Any]:
    first = next(iter(SHIPPED.data[kind].__struct_fields__))
    event = {"specversion": "1.0", "id": "1", "source": "/a", "type": kind, "time": "2025-11-10T12:00:00Z"}
    return {**event, "data": {first: "x", "unknown": 1}, "traceparent": "00"}


def test_the_files_are_those_that_the_structs_make() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}

    assert schema_files() == written, "run: python -m streams.events.schema"


@pytest.mark.parametrize("kind", SHIPPED.types)
def test_every_schema_is_valid_and_takes_an_event(kind: str) -> None:
    schema = schema_of(SHIPPED.types[kind])

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(example(kind), schema, cls=jsonschema.Draft202012Validator)
    assert SHIPPED.types[kind] is type(TopicDecoder(SHIPPED.topic_of[kind]).decode(json.dumps(example(kind)).encode()))


@pytest.mark.parametrize("name", WRONG)
def test_schema_and_decoder_refuse_the_same(name: str) -> None:
    event = {k: v for k, v in (example("order.paid") | WRONG[name]).items() if v is not ...}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(event, schema_of(SHIPPED.types["order.paid"]), cls=jsonschema.Draft202012Validator)
    with pytest.raises(ValueError, match=r"\$|required"):
        TopicDecoder("orders").decode(json.dumps(event).encode())


def test_writing_removes_the_schema_of_a_type_that_is_no_more(tmp_path: Path) -> None:
    (tmp_path / "order.teleported.json").write_text("{}", encoding="utf-8")

    write(tmp_path)

    assert schema_files().keys() == {path.name for path in tmp_path.iterdir()}
