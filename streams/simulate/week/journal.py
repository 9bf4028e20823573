"""Events as they are told, and the lines of the events file in the order in which they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from streams.events.vocabulary import SHIPPED
from streams.simulate.week.hours import BEGIN_MS, END_MS, moment

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

COPIES: Final = 0.003
LATE: Final = 0.004
_MOMENTS: Final = frozenset(
    {
        "created_at",
        "paid_at",
        "promised_at",
        "collected_at",
        "previous_scan_at",
        "eta",
        "first_eta",
        "opened_at",
        "due_at",
        "requested_at",
        "posted_at",
    }
)
_SOURCES: Final = {
    "orders": "/shop",
    "logistics": "/carrier",
    "consultations": "/desk",
    "aftersales": "/shop",
    "feedback": "/voice",
}


class Journal:
    """Takes events in any order. What lies outside the file, or is on its way when it ends, is left out."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._lines: list[tuple[int, int, bytes]] = []

    def tell(self, kind: str, at_ms: int, subject: str, /, **data: Any) -> None:
        """An event of a type; times in ms, fields that are None are left out."""
        late = self._rng.expovariate(1 / 900)
        luck, copy = self._rng.random(), self._rng.random()
        if luck < LATE:
            late += self._rng.uniform(8_000, 28_000)
        if not BEGIN_MS <= at_ms < END_MS - 60_000:
            return
        topic = SHIPPED.topic_of[kind]
        said = {name: moment(value) if name in _MOMENTS else value for name, value in data.items() if value is not None}
        number = len(self._lines)
        event = {
            "specversion": "1.0",
            "id": f"{kind}-{number}",
            "source": _SOURCES[topic],
            "type": kind,
            "time": moment(at_ms),
            "subject": subject,
            "data": said,
        }
        read_ms = at_ms + round(late)
        self._add(read_ms, number, topic, event)
        if copy < COPIES:
            self._add(read_ms + 2_000, number, topic, event)

    def _add(self, read_ms: int, number: int, topic: str, event: dict[str, Any]) -> None:
        line = orjson.dumps({"topic": topic, "event": event, "at": moment(read_ms)})
        self._lines.append((read_ms, number, line))

    def __len__(self) -> int:
        return len(self._lines)

    def lines(self) -> Iterator[str]:
        """By the time at which they are read."""
        self._lines.sort()
        return (line.decode() for _, _, line in self._lines)
