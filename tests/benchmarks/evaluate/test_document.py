"""The table of docs/detection.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.evaluate.document import BEFORE, DOCUMENT, NOW, keep, lines, read
from benchmarks.evaluate.parts import LONGEST_FIRST, SECTIONS
from benchmarks.evaluate.real import figures_of
from benchmarks.evaluate.section import Figure, Section

if TYPE_CHECKING:
    from pathlib import Path


def section(value: str, **more: object) -> Section:
    return Section("Kinds", [Figure("a fall", value, "19 of 20", met=value == "20 of 20")], **more)  # type: ignore[arg-type]


def test_what_was_before_stands_beside_what_is_now_row_by_row() -> None:
    now = {"kinds": section("20 of 20", measured="today"), "share": section("1 of 20", details=["a grid"])}
    text = lines(["share", "kinds", "calls"], now, {"kinds": section("0 of 20", measured="long ago")})
    assert "| a fall | 19 of 20 | 0 of 20 | 20 of 20 | yes |" in text
    assert "Now: today. Before: long ago." in text
    assert text.index("| a fall | 19 of 20 | not measured | 1 of 20 | **no** |") < text.index("a grid")
    assert text.index("a grid") < text.index("Now: today. Before: long ago.")


def test_a_section_that_is_measured_anew_takes_the_place_of_its_own_and_of_no_other(tmp_path: Path) -> None:
    file = tmp_path / "now.json"
    keep(file, {"kinds": section("1"), "share": section("2")})
    keep(file, {"kinds": section("3")})
    assert {name: of.figures[0].value for name, of in read(file).items()} == {"kinds": "3", "share": "2"}


def test_every_section_is_run_and_what_is_kept_of_before_are_sections() -> None:
    assert sorted(LONGEST_FIRST) == sorted(SECTIONS)
    assert set(read(BEFORE)) <= set(SECTIONS)
    assert read(BEFORE)["kinds"].figures


def test_the_document_shows_what_was_measured() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = "\n".join(lines(SECTIONS, read(NOW), read(BEFORE)))
    assert f"<!-- evaluate: begin -->\n{table}\n" in text


def test_a_goal_of_real_data_that_was_never_reached_is_not_met() -> None:
    assert figures_of(["- the spike within 10 minutes, by 18:05: : **not met**."]) == [
        Figure("the spike within 10 minutes, by 18:05", "never", met=False)
    ]
