"""The parts of a metric's marks in a snapshot, and back: each hour of its memory is one, written while it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.merge.seen_marks import SeenHour
from streams.merge.snapshot import Part, pack
from streams.merge.waiting_marks import Marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.merge.recurrence import Recurrence
    from streams.merge.snapshot import SnapshotReader
    from streams.merge.waiting_marks import WaitingMarks


class RecurrenceSnapshot:
    """Names and makes the parts of one metric's marks.

    Args:
        prefix: of the names, unique to the metric.
        recurrence: of the metric.

    """

    def __init__(self, prefix: str, recurrence: Recurrence) -> None:
        self._prefix = f"{prefix}marks/"
        self._recurrence = recurrence

    def parts(self) -> Iterator[Part]:
        recurrence = self._recurrence
        yield Part(f"{self._prefix}forgotten", True, lambda: pack({"forgotten": recurrence.seen.forgotten}))
        for name, store in self._stores():
            yield Part(f"{self._prefix}{name}", True, lambda store=store: _pack_waiting(store))  # type: ignore[misc] # mypy infers no lambda with a default
        for number, hour in recurrence.seen.hours.items():
            changed, hour.changed = hour.changed, False
            yield Part(f"{self._prefix}hour/{number}", changed, lambda hour=hour: _pack_hour(hour))  # type: ignore[misc] # as above

    def restore(self, reader: SnapshotReader) -> None:
        """Fills a fresh recurrence. Raises SnapshotError for parts missing or damaged."""
        seen = self._recurrence.seen
        seen.forgotten = reader.part(f"{self._prefix}forgotten")[0]["forgotten"]
        for name, store in self._stores():
            plain, arrays = reader.part(f"{self._prefix}{name}")
            store.add(Marks(arrays["mark"], arrays["slot"], arrays["events"], arrays["scopes"]))
            store.dropped = plain["dropped"]
        for name in reader.names(f"{self._prefix}hour/"):
            plain, arrays = reader.part(name)
            hour = seen.hours[int(name.rsplit("/", 1)[1])] = SeenHour()
            hour.add(arrays["marks"], arrays["places"])
            hour.rows = plain["rows"]

    def _stores(self) -> list[tuple[str, WaitingMarks]]:
        return [("waiting", self._recurrence.waiting), ("late", self._recurrence.late)]


def _pack_waiting(store: WaitingMarks) -> bytes:
    return pack({"dropped": store.dropped}, **store.everything()._asdict())


def _pack_hour(hour: SeenHour) -> bytes:
    marks, places = hour.joined()
    return pack({"rows": hour.rows}, marks=marks, places=places)
