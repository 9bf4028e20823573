"""The table of docs/detection.md: what the detectors of before did, which is kept beside the code, and these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.evaluate.section import Figure, Section
from benchmarks.table import PROJECT, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOCUMENT = PROJECT / "docs" / "detection.md"
BEFORE = Path(__file__).with_name("before.json")
NOW = BEFORE.with_name("now.json")  # sections may be measured one by one
_HEAD = ("What", "Goal", "Before", "Now", "Goal met")


def read(file: Path) -> dict[str, Section]:
    """Sections by name; none where there is no file."""
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Section]) if file.exists() else {}


def keep(file: Path, sections: Mapping[str, Section]) -> dict[str, Section]:
    """Puts these sections in the place of those of the same name; returns all."""
    known = read(file) | dict(sections)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(known), indent=2) + b"\n")
    return known


def lines(names: Iterable[str], now: Mapping[str, Section], before: Mapping[str, Section]) -> list[str]:
    """Markdown of the sections that were measured, in this order, each row with what it was before."""
    text: list[str] = []
    for name in names:
        if name in now:
            text += [*_of_section(now[name], before.get(name)), ""]
    return text[:-1]


def _of_section(now: Section, before: Section | None) -> list[str]:
    values = {} if before is None else {figure.what: figure.value for figure in before.figures}
    rows = [
        [figure.what, figure.goal, values.get(figure.what, "not measured"), figure.value, _met(figure)]
        for figure in now.figures
    ]
    text = [f"**{now.title}**", "", *table(_HEAD, rows), "", f"Now: {now.measured}."]
    if before is not None:
        text[-1] += f" Before: {before.measured}."
    if now.details:
        text += ["", *now.details]
    if before is not None and before.details:
        text += ["", "Before:", "", *before.details]
    return text


def _met(figure: Figure) -> str:
    return "" if figure.met is None else "yes" if figure.met else "**no**"
