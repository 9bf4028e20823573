"""The mappings that come with Pharos can be meant, and stand in the installed package."""

from __future__ import annotations

import pytest

from streams.catalogue.load import load
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings
from streams.mapping.checks import check_mapping
from streams.mapping.shipped import shipped, shipped_names
from streams.settings.mapping import MappingSettings


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_mapping_has_no_fault_and_gives_events(name: str) -> None:
    assert list(check_mapping(name, shipped(name), SHIPPED)) == []
    assert Mappings.of({name: MappingSettings()}, load().vocabulary).by_name[name].mapper.types


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_mapping_has_neither_topics_nor_secrets(name: str) -> None:
    mapping = shipped(name)

    assert mapping.topics == ()
    if mapping.signature is not None:
        assert (mapping.signature.secret_env, mapping.signature.secret_file) == ("", "")


def test_a_mapping_reads_its_topics_and_what_its_webhook_fills() -> None:
    mappings = Mappings.of({"shopify": MappingSettings(topics=("a",)), "rows": MappingSettings(intake=False)}, SHIPPED)

    assert mappings.by_topic.keys() == {"a", "pharos-raw-shopify"}
    assert mappings.by_topic["a"] is mappings.by_topic["pharos-raw-shopify"]
    assert mappings.by_topic.get("orders") is None


def test_a_name_that_none_has_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        shipped("../events/events")
