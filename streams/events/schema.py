"""JSON Schema of every event, made from the structs: `python -m streams.events.schema [folder]` writes them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from streams.events.vocabulary import SHIPPED, Vocabulary, type_of

if TYPE_CHECKING:
    from streams.events.fields import Event

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def schema_of(event: type[Event], vocabulary: Vocabulary = SHIPPED) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one type of event, with its topic and its dimensions as remarks."""
    kind = type_of(event)
    (root,), definitions = msgspec.json.schema_components([event], ref_template="#/$defs/{name}")
    own = definitions.pop(root["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **own,
        "title": kind,
        "$comment": f"topic {vocabulary.topic_of[kind]}; dimensions {', '.join(sorted(vocabulary.dimensions[kind]))}",
        "$defs": definitions,
    }


def schema_files(vocabulary: Vocabulary = SHIPPED) -> dict[str, str]:
    """The text of every schema by file name."""
    return {
        f"{kind}.json": json.dumps(schema_of(event, vocabulary), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for kind, event in vocabulary.types.items()
    }


def write(folder: Path) -> None:
    """Write all schemas into a folder, and remove those of types that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    files = schema_files()
    for stale in {path.name for path in folder.glob("*.json")} - files.keys():
        (folder / stale).unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
