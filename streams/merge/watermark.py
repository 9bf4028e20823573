"""The merge watermark: the event time up to which every source partition has spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cells.record import NO_WATERMARK

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnannouncedSourceError(ValueError):
    """Cells came from a source partition that the settings do not list."""


class Watermarks:
    """The watermark of each source partition; the merge watermark is the least, and none before each has reported.

    Args:
        sources: partitions of each source topic.

    """

    def __init__(self, sources: Mapping[str, int]) -> None:
        self.sources = dict(sources)
        self.least = NO_WATERMARK
        self._of = {(topic, number): NO_WATERMARK for topic, count in sources.items() for number in range(count)}

    def check(self, topic: str, partition: int) -> None:
        """Raises UnannouncedSourceError for a source partition that is not ours."""
        if (topic, partition) not in self._of:
            expected = ", ".join(f"{name}: {count}" for name, count in sorted(self.sources.items()))
            raise UnannouncedSourceError(
                f"cells of source {topic}-{partition}, but the sources are {{{expected}}}: set source_partitions to "
                "the partitions that the topics have, on every worker, and start with an empty snapshot"
            )

    def promise(self, topic: str, partition: int, watermark: int) -> None:
        """A source partition has spoken up to `watermark`. It can only rise."""
        source = (topic, partition)
        if watermark > self._of[source]:
            rose = self._of[source] == self.least
            self._of[source] = watermark
            if rose:
                self.least = min(self._of.values())

    def silent(self) -> list[tuple[str, int]]:
        """The source partitions that have not reported yet."""
        return [source for source, watermark in self._of.items() if watermark == NO_WATERMARK]

    def of_sources(self) -> dict[tuple[str, int], int]:
        """Each source partition's own watermark, NO_WATERMARK before its first."""
        return dict(self._of)

    def to_rows(self) -> list[tuple[str, int, int]]:
        return [(topic, number, watermark) for (topic, number), watermark in self._of.items()]

    def load(self, rows: list[tuple[str, int, int]]) -> None:
        for topic, number, watermark in rows:
            self._of[topic, number] = watermark
        self.least = min(self._of.values(), default=NO_WATERMARK)
