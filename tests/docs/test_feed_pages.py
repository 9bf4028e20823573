"""docs/redpanda-connect.md and docs/vector.md: their mapping, and the event that their own languages are to make."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from streams.configuration.load import configure
from streams.events.decoder import TopicDecoder
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("redpanda-connect", "vector")


def blocks(page: str, kind: str) -> list[str]:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_mapping_makes_of_the_record_the_event_that_the_page_shows(page: str, tmp_path: Path) -> None:
    (settings,) = [text for text in blocks(page, "yaml") if text.startswith("mappings:")]
    file = tmp_path / "pharos.yaml"
    file.write_text(settings, encoding="utf-8")
    mapper = Mappings.of(configure(file).mappings, SHIPPED).by_topic.get("shop.orders")
    assert mapper is not None
    record, event = blocks(page, "json")

    (made,) = mapper.events(record.encode())

    assert made == TopicDecoder("orders").decode(event.encode())
    assert "Jane" not in msgspec.json.encode(made).decode()


@pytest.mark.parametrize("page", PAGES)
def test_both_ways_write_a_key_and_the_second_to_the_topic_of_its_type(page: str) -> None:
    raw, events = (_output(text) for text in blocks(page, "yaml") if not text.startswith("mappings:"))

    assert raw["topic"] == "shop.orders"
    assert events["topic"] == SHIPPED.topic_of[json.loads(blocks(page, "json")[1])["type"]]
    assert all(output.get("key") or output.get("key_field") for output in (raw, events))


def _output(text: str) -> dict[str, Any]:
    config = yaml.safe_load(text)
    return config["output"]["redpanda"] if "output" in config else config["sinks"]["pharos"]
