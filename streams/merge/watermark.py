"""The merge watermark: the event time up to which every source partition has spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cells.record import NO_WATERMARK

if TYPE_CHECKING:
    from collections.abc import Mapping


class Watermarks:
    """The watermark of each source partition; the merge watermark is the least, and none before each has reported.

    A topic may get more partitions. Where they are known beforehand the merge watermark waits for their first reports,
    otherwise it goes on until one of them speaks. It never falls: it stands still until they have come as far.

    A topic that is no source has no say: the settings name it no more, or only those of other workers do.

    Args:
        sources: partitions of each source topic.

    """

    def __init__(self, sources: Mapping[str, int]) -> None:
        self.sources = dict(sources)
        self.least = NO_WATERMARK
        self._of = {(topic, number): NO_WATERMARK for topic, count in sources.items() for number in range(count)}

    def admit(self, topic: str, partition: int) -> bool:
        """Takes in a source partition that was added, with those before it. False where the topic is no source."""
        if (topic, partition) in self._of:
            return True
        if topic not in self.sources or partition < 0:
            return False
        for number in range(self.sources[topic], partition + 1):
            self._of[topic, number] = NO_WATERMARK
        self.sources[topic] = partition + 1
        return True

    def promise(self, topic: str, partition: int, watermark: int) -> None:
        """A source partition has spoken up to `watermark`. It can only rise; what is no source says nothing."""
        source = (topic, partition)
        before = self._of.get(source)
        if before is not None and watermark > before:
            self._of[source] = watermark
            if before <= self.least:
                self.least = max(self.least, min(self._of.values()))

    def silent(self) -> list[tuple[str, int]]:
        """The source partitions that have not reported yet."""
        return [source for source, watermark in self._of.items() if watermark == NO_WATERMARK]

    def of_sources(self) -> dict[tuple[str, int], int]:
        """Each source partition's own watermark, NO_WATERMARK before its first."""
        return dict(self._of)

    def to_rows(self) -> list[tuple[str, int, int]]:
        return [(topic, number, watermark) for (topic, number), watermark in self._of.items()]

    def load(self, rows: list[tuple[str, int, int]], least: int | None = None) -> None:
        """Takes over `to_rows` and `least` of a snapshot, which may know fewer partitions, and sources that are gone.

        `least`: None in snapshots of versions that knew no added partitions.
        """
        for topic, number, watermark in rows:
            if topic in self.sources:
                self._of[topic, number] = watermark
        known = [watermark for _, _, watermark in rows]
        self.least = min(known, default=NO_WATERMARK) if least is None else least
        self.least = max(self.least, min(self._of.values(), default=NO_WATERMARK))  # what is gone may have held it back
