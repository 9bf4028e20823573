"""Events made of somebody else's data, ready for an events file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.offline.events_file import EventsWriter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass
class Imported:
    """A stream of events.

    Attributes:
        scenario: what the first line of the events file says.
        events: (time, topic, CloudEvent).

    """

    scenario: dict[str, Any]
    source: str
    events: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)

    def add(self, topic: str, kind: str, time: datetime, subject: str, data: dict[str, Any]) -> None:
        """One event; every subject has at most one of a kind. Fields that are None are left out."""
        event = {
            "specversion": "1.0",
            "id": f"{subject}-{kind}",
            "source": self.source,
            "type": kind,
            "time": time.isoformat(),
            "subject": subject,
            "data": {name: value for name, value in data.items() if value is not None},
        }
        self.events.append((time, topic, event))

    def write(self, out: Path) -> int:
        """Write the events file in the order of time; returns how many events. Raises EventsFileError."""
        with EventsWriter(out, self.scenario) as file:
            for _, topic, event in sorted(self.events, key=lambda item: item[0]):
                file.write(topic, event)
        return len(self.events)
