"""docs/sources says of each mapping of a shop or a tracking service what it does."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from streams.catalogue.load import load
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings
from streams.mapping.checks import check_mapping
from streams.mapping.shipped import shipped
from streams.settings.mapping import MappingSettings

SOURCES = Path(__file__).parents[2] / "docs" / "sources"
NAMES = ("shopify", "woocommerce", "magento", "aftership", "17track", "easypost")
PAGES = ("README", *NAMES)
BLOCK = re.compile(r"^ *```yaml\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
METRIC = re.compile(r"\b([A-Z]\d+) ([a-z0-9]+(?:_[a-z0-9]+)+)")


def _page(name: str) -> str:
    return (SOURCES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_every_type_of_event_that_comes_of_the_source(name: str) -> None:
    mapper = Mappings.of({name: MappingSettings()}, SHIPPED).by_name[name].mapper
    page = _page(name)
    assert [kind for kind in sorted(mapper.types) if f"`{kind}`" not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_the_mapping_knows_of_the_signature(name: str) -> None:
    signature = shipped(name).signature
    if signature is not None:
        page = _page(name)
        assert all(part in page for part in (signature.header, signature.prefix, f"encoding: {signature.encoding}"))


@pytest.mark.parametrize("page", PAGES)
def test_the_settings_on_a_page_are_right(page: str) -> None:
    for block in BLOCK.findall(_page(page)):
        settings = msgspec.convert(yaml.safe_load(block).get("mappings", {}), dict[str, MappingSettings])
        for name, mapping in settings.items():
            assert list(check_mapping(name, mapping, SHIPPED)) == [], block
        assert Mappings.of(settings, SHIPPED).by_name.keys() == settings.keys()


@pytest.mark.parametrize("page", PAGES)
def test_the_metrics_on_a_page_are_those_of_the_catalogue(page: str) -> None:
    known = {(metric.id, metric.name) for metric in load().metrics}
    assert set(METRIC.findall(_page(page))) - known == set()


def test_the_index_leads_to_every_page() -> None:
    pages = sorted(file.name for file in SOURCES.glob("*.md") if file.name != "README.md")
    assert [page for page in pages if f"]({page})" not in _page("README")] == []
