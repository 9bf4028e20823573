"""The table of docs/detection.md: a version of before, whose figures are kept beside the code, and this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.evaluate.section import Evaluation, Figure, Section
from benchmarks.table import PROJECT, table

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT = PROJECT / "docs" / "detection.md"
BEFORE = Path(__file__).with_name("before.json")


def before() -> Evaluation:
    """What was measured before the detectors were rebuilt; it stays as it is."""
    return msgspec.json.decode(BEFORE.read_bytes(), type=Evaluation)


def keep(evaluation: Evaluation) -> None:
    """Makes these the figures of before."""
    text = msgspec.json.format(msgspec.json.encode(evaluation), indent=2)
    BEFORE.write_bytes(text + b"\n")


def lines(sections: Mapping[str, Section], earlier: Evaluation) -> list[str]:
    """Markdown of all sections, each row with what it was before."""
    head = ["What", "Goal", f"Before ({earlier.measured})", "Now", "Goal met"]
    text: list[str] = []
    for name, section in sections.items():
        known = earlier.sections.get(name)
        values = {} if known is None else {figure.what: figure.value for figure in known.figures}
        rows = [
            [figure.what, figure.goal, values.get(figure.what, "not measured"), figure.value, _met(figure)]
            for figure in section.figures
        ]
        text += [f"**{section.title}**", "", *table(head, rows), ""]
        if section.details:
            text += [*section.details, ""]
        if known is not None and known.details:
            text += ["Before:", "", *known.details, ""]
    return text[:-1]


def _met(figure: Figure) -> str:
    return "" if figure.met is None else "yes" if figure.met else "**no**"
