"""The codes of all dimensions that a partition counts by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.ingest.codes import Codes

if TYPE_CHECKING:
    from collections.abc import Iterable


class CodeBook(dict[str, Codes]):
    """Codes by dimension.

    Attributes:
        long_values: by dimension, how many values were cut up to the last flush; only those that had any.

    """

    def __init__(self, dimensions: Iterable[str]) -> None:
        super().__init__({name: Codes() for name in dimensions})
        self.long_values: dict[str, int] = {}

    @property
    def new_bytes(self) -> int:
        """Of the values that are new since the last flush."""
        return sum(codes.added for codes in self.values())

    def take_long_values(self) -> dict[str, int]:
        """How many were cut since the last time, of the dimensions that had any."""
        found = {name: codes.cut for name, codes in self.items() if codes.cut}
        for name, count in found.items():
            self[name].cut = 0
            self.long_values[name] = self.long_values.get(name, 0) + count
        return found

    def shrink(self) -> None:
        """At a flush: see `Codes.shrink`."""
        for codes in self.values():
            codes.shrink()
