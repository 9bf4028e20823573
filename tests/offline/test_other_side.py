"""What --against names: settings or a catalogue, and what holds for both runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import SHIPPED
from streams.offline.other_side import other_side
from streams.settings.errors import InputError
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

THIS = Settings(lateness_s=7, catalogue="mine.yaml")


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "other.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_catalogue_stands_in_place_of_the_catalogue_and_all_else_stays() -> None:
    other = other_side(SHIPPED, THIS, {}, {})

    assert other.kind == "catalogue"
    assert other.settings == Settings(lateness_s=7, catalogue=str(SHIPPED))


def test_settings_stand_in_place_of_the_settings(tmp_path: Path) -> None:
    other = other_side(written(tmp_path, "lateness_s: 20\n"), THIS, {}, {})

    assert other.kind == "settings"
    assert other.settings == Settings(lateness_s=20)


def test_variables_and_flags_hold_for_both_runs(tmp_path: Path) -> None:
    file = written(tmp_path, "lateness_s: 20\n")
    other = other_side(file, THIS, {"PHAROS_MAX_SERIES": "500"}, {"lateness_s": "3", "catalogue": None})

    assert (other.settings.max_series, other.settings.lateness_s) == (500, 3)


def test_a_catalogue_that_the_file_names_wins_over_the_flag_and_the_variable(tmp_path: Path) -> None:
    file = written(tmp_path, f"catalogue: {SHIPPED}\n")
    other = other_side(file, THIS, {"PHAROS_CATALOGUE": "gone.yaml"}, {"catalogue": "gone.yaml"})

    assert other.settings.catalogue == str(SHIPPED)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("metrics: [\n", "other.yaml:2"),
        ("- 1\n", "neither settings"),
        ("", "neither settings"),
        ("lateness: 3\n", 'other.yaml:1:1: lateness: unknown key; did you mean "lateness_s"?'),
        ("lateness_s: soon\n", "other.yaml:1"),
        ("routes:\n  - {receivers: [nobody]}\n", "other.yaml:2"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_to_do(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(InputError) as raised:
        other_side(written(tmp_path, text), THIS, {}, {})

    assert what in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml.*check the path"):
        other_side(tmp_path / "none.yaml", THIS, {}, {})
