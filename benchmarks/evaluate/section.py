"""What one part of the evaluation found: figures with their goals, and tables to look closer."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the table.

    Attributes:
        what: what is measured; it names the row, so versions are set side by side by it.
        value: as it is printed.
        goal: as it is printed; empty where there is none.
        met: whether the goal is.

    """

    what: str
    value: str
    goal: str = ""
    met: bool | None = None


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part.

    Attributes:
        title: of its heading.
        figures: rows of the table.
        details: lines of Markdown that stand below it.
        measured: when, at which commit, on which seeds.

    """

    title: str
    figures: list[Figure]
    details: list[str] = []
    measured: str = ""
