"""docs/sources says of each mapping of a desk, a table, Alertmanager and plain rows what it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from streams.catalogue.load import load
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings
from streams.mapping.checks import check_mapping
from streams.mapping.shipped import shipped
from streams.settings.mapping import MappingSettings

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "docs" / "sources"
PAGES = ("zendesk", "intercom", "amazon-connect", "debezium", "canal", "maxwell", "alertmanager", "rows")
NAMING_TYPES = ("zendesk", "intercom", "amazon-connect", "debezium", "alertmanager")
BLOCK = re.compile(r"^ *```yaml\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
NO_METRICS = {"first"}
"""In the section on metrics, a field."""


def _page(name: str) -> str:
    return (SOURCES / f"{name}.md").read_text(encoding="utf-8")


def _blocks(name: str) -> list[dict[str, Any]]:
    return [block for block in map(yaml.safe_load, BLOCK.findall(_page(name))) if isinstance(block, dict)]


@pytest.mark.parametrize("name", NAMING_TYPES)
def test_a_page_names_every_type_of_event_that_comes_of_the_source(name: str) -> None:
    mapper = Mappings.of({name: MappingSettings()}, SHIPPED).by_name[name].mapper
    assert [kind for kind in sorted(mapper.types) if f"`{kind}`" not in _page(name)] == []


def test_zendesk_signs_as_its_page_says() -> None:
    (block,) = _blocks("zendesk")
    written = msgspec.convert(block["mappings"]["zendesk"], MappingSettings).signature
    assert written is not None
    assert msgspec.structs.replace(written, secret_file="") == shipped("zendesk").signature


@pytest.mark.parametrize("name", PAGES)
def test_the_settings_on_a_page_are_right(name: str) -> None:
    found = [block["mappings"] for block in _blocks(name) if "mappings" in block]
    assert found
    for mappings in found:
        settings = msgspec.convert(mappings, dict[str, MappingSettings])
        assert [list(check_mapping(key, mapping, SHIPPED)) for key, mapping in settings.items()] == [[]] * len(settings)


@pytest.mark.parametrize("name", PAGES)
def test_the_metrics_on_a_page_are_those_of_the_catalogue(name: str) -> None:
    _, _, after = _page(name).partition("\n## Metrics\n")
    section, _, _ = after.partition("\n## ")
    assert set(re.findall(r"`([a-z0-9_]+)`", section)) - {metric.name for metric in load().metrics} <= NO_METRICS


@pytest.mark.parametrize("command", re.findall(r"pharos map (tests/\S+)", "".join(map(_page, PAGES))))
def test_the_sample_that_a_page_tries_is_there(command: str) -> None:
    assert (ROOT / command).is_file()
