"""A scenario that was played: a header, the truth, and lines in the order in which they reach the broker."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Played(ABC):
    """What `simulate` hands out.

    Attributes:
        scenario: the object under "scenario" in the first line: name, seed, evaluate_from, timezone.
        truth: the list of truth.json.

    """

    scenario: dict[str, Any]
    truth: list[dict[str, Any]]

    @property
    @abstractmethod
    def events(self) -> int:
        """Number of lines, copies and broken ones included, the header not."""

    @abstractmethod
    def records(self) -> Iterator[str]:
        """The lines of the events file without their ends and without the header, by ingest time. Can be run again."""

    def lines(self) -> Iterator[str]:
        """The lines of the events file without their ends: first the header, then the records. Can be run again."""
        yield orjson.dumps({"scenario": self.scenario}).decode()
        yield from self.records()

    def write(self, events: Path, truth: Path | None = None) -> None:
        """Write the events file, and the truth beside it. Raises OSError where that cannot be."""
        with events.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in self.lines())
        if truth is not None:
            truth.write_bytes(orjson.dumps(self.truth, option=orjson.OPT_INDENT_2) + b"\n")
