"""The slow, obvious way to count a mapped topic: the events of each record one after the other, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.ingest.direct_computation import Direct, ms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.catalogue.metric import Metric

FUTURE_MS = 300_000


class MappedDirect(Direct):
    """Outcomes and cells of one partition of a mapped topic.

    Args:
        events_of: the events that a record holds; None where it is a dead letter.

    """

    def __init__(
        self,
        metrics: tuple[Metric, ...],
        topic: str,
        reach: int,
        lateness: int,
        limit: int,
        events_of: Callable[[bytes], Sequence[dict[str, Any]] | None],
    ) -> None:
        super().__init__(metrics, topic, reach, lateness, limit)
        self._events_of = events_of

    def _outcome(self, offset: int, timestamp: int, value: bytes | None) -> str:
        events = () if value is None else self._events_of(value)
        if events is None:
            return "dead_letter"
        if not events:
            return "ignored"
        copies = [self._is_copy(offset, event) for event in events]
        ahead = [event for event in events if ms_of(event["time"]) > timestamp + FUTURE_MS]
        for event in ahead:
            self._count_misdated("pharos.event_ahead", event, timestamp, ms_of(event["time"]) - timestamp)
        if ahead:
            return "dead_letter"
        fates = {self._fate(event, timestamp) for event, copy in zip(events, copies, strict=True) if not copy}
        return next((fate for fate in ("counted", "late") if fate in fates), "duplicate")

    def _is_copy(self, offset: int, event: dict[str, Any]) -> bool:
        identity = (event["source"], event["id"])
        copy = any(offset - o <= self.reach and (s, i) == identity for o, s, i in self.history)
        self.history.append((offset, *identity))
        return copy

    def _fate(self, event: dict[str, Any], timestamp: int) -> str:
        time = ms_of(event["time"])
        if self.largest is not None and time < self.largest - self.limit:
            self._count_misdated("pharos.event_too_late", event, timestamp, self.largest - time)
            return "late"
        self.largest = time if self.largest is None else max(self.largest, time)
        self._count(event, time, late=int(time < self.largest - self.lateness))
        return "counted"
