"""Mappings of the settings and of a folder: read, checked, and told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.configuration.load import configure
from streams.configuration.name_rules import check_with_catalogue
from streams.settings.mapping import MappingSettings
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings.settings import Settings

RULE = """
      - type: order.paid
        id: id
        source: "'/shop'"
        time: at
        data: {order_id: id}
"""


def settings(tmp_path: Path, text: str, **files: str) -> Settings:
    (tmp_path / "mappings").mkdir(exist_ok=True)
    for name, content in files.items():
        (tmp_path / "mappings" / f"{name}.yaml").write_text(content)
    file = tmp_path / "pharos.yaml"
    file.write_text(text.replace("HERE", str(tmp_path / "mappings")))
    return configure(file, {}, {}, check_with_catalogue)


def refused(tmp_path: Path, text: str, **files: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        settings(tmp_path, text, **files)
    return str(caught.value).replace(str(tmp_path), "")


def test_mappings_of_the_folder_stand_beside_those_of_the_settings(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        f"mappings_folder: HERE\nmappings:\n  own:\n    topics: [a]\n    events:{RULE}",
        other=f"topics: [b]\nevents:{RULE}",
    )

    assert {name: mapping.topics for name, mapping in found.mappings.items()} == {"own": ("a",), "other": ("b",)}


def test_a_mistake_in_a_file_of_the_folder_has_its_place_there(tmp_path: Path) -> None:
    wrong = f"events:{RULE}".replace("id: id", "id: id(")

    assert refused(tmp_path, "mappings_folder: HERE", other=wrong).startswith(
        "/mappings/other.yaml:3:9: events[0].id: is not JMESPath: column 4: it ends too early"
    )
    assert refused(tmp_path, "mappings_folder: HERE", other="evens: []") == (
        '/mappings/other.yaml:1:1: evens: unknown key; did you mean "events"?'
    )


def test_a_mistake_in_the_settings_has_its_place_however_deep(tmp_path: Path) -> None:
    text = f"mappings:\n  own:\n    events:{RULE}"

    assert refused(tmp_path, text.replace("data:", "dta:")) == (
        '/pharos.yaml:8:9: mappings.own.events[0].dta: unknown key; did you mean "data"?'
    )
    assert refused(tmp_path, text.replace("id: id", "id: [id]")).startswith(
        "/pharos.yaml:5:9: mappings.own.events[0].id: expected `str`, got `array`"
    )


@pytest.mark.parametrize(
    ("topics", "what"),
    [
        ("[orders]", "orders brings events of ours, which need no mapping; name another topic"),
        ("[pharos-cells]", "pharos-cells is a topic of Pharos; name the topic that the other system fills"),
        ("[pharos-raw-own]", "pharos-raw-own is a topic of Pharos; name the topic that the other system fills"),
        ("[a b]", '"a b" is not the name of a topic: letters, digits, dots, _ and - only'),
        ("[a, a]", "a has the mapping own already; name it once"),
    ],
)
def test_a_topic_that_cannot_be_mapped_is_refused(tmp_path: Path, topics: str, what: str) -> None:
    assert refused(tmp_path, f"mappings:\n  own:\n    topics: {topics}\n    events:{RULE}").endswith(what)


def test_two_mappings_do_not_share_a_topic(tmp_path: Path) -> None:
    text = f"mappings_folder: HERE\nmappings:\n  own:\n    topics: [a]\n    events:{RULE}"

    assert refused(tmp_path, text, second=f"topics: [a]\nevents:{RULE}") == (
        "/mappings/second.yaml:1:10: topics[0]: a has the mapping own already; name it once"
    )


def test_the_bare_name_of_a_shipped_mapping_takes_it_as_it_is(tmp_path: Path) -> None:
    assert settings(tmp_path, "mappings:\n  shopify:\n").mappings == {"shopify": MappingSettings()}


def test_a_mapping_has_one_place(tmp_path: Path) -> None:
    text = f"mappings_folder: HERE\nmappings:\n  own:\n    events:{RULE}"

    assert "the settings have a mapping own as well; remove one of them" in refused(
        tmp_path, text, own=f"events:{RULE}"
    )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "mappings_folder: there is no folder" in refused(tmp_path, "mappings_folder: HERE/none")


def test_a_way_of_signing_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    text = f"mappings:\n  own:\n    signature: {{header: 'X Sign', secret_env: S}}\n    events:{RULE}"

    assert refused(tmp_path, text).startswith("/pharos.yaml:3:17: mappings.own.signature.header: is not the name of")


def test_mappings_cannot_be_a_variable() -> None:
    with pytest.raises(ConfigurationError, match="PHAROS_MAPPINGS: mappings cannot be a variable"):
        configure(environment={"PHAROS_MAPPINGS": "a=b"})
