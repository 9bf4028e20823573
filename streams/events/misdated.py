"""Events that no record brings: what ingest says of the records whose time it does not believe.

A catalogue counts them like any other event, so that a producer with a wrong clock shows as an anomaly of the pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.events.fields import Data, Event, Kind, Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping


class Misdated(Data):
    """Which producer, and by how much its event is off."""

    source: str
    seconds: Seconds = None


class MisdatedEvent(Event):
    """What both share."""

    data: Misdated


class EventAhead(MisdatedEvent, tag="pharos.event_ahead"):
    """An event was refused: its time is ahead of the clock. `seconds`: how far ahead."""


class EventTooLate(MisdatedEvent, tag="pharos.event_too_late"):
    """An event came too late to count. `seconds`: how far it is behind the newest event of its partition."""


_KINDS: Final = {"source": Kind.DIMENSION, "seconds": Kind.SECONDS}
MISDATED_KINDS: Final[Mapping[type[Event], Mapping[str, Kind]]] = {EventAhead: _KINDS, EventTooLate: _KINDS}
"""The kinds of their fields, by struct."""
MISDATED: Final = tuple(MISDATED_KINDS)


def misdated(kind: type[MisdatedEvent], source: str, off_ms: int) -> MisdatedEvent:
    """One such event.

    >>> misdated(EventAhead, "/oms", 86_400_000).data
    Misdated(source='/oms', seconds=86400.0)
    """
    return kind(id="", source="", time="", specversion="1.0", data=Misdated(source, off_ms / 1000))
