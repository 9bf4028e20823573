"""What was read of a journey, and how far."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.journey.journey_event import JourneyEvent


class Stopped(enum.Enum):
    """Why reading came to its end."""

    COMPLETE = "all records of that time were read"
    BEGINNING = "read back to where the order was placed"
    TIME = "cut short: the time for reading was over; ask for fewer days"
    RECORDS = "cut short: too many records; ask for fewer days"
    BYTES = "cut short: too much to read; ask for fewer days"
    EVENTS = "cut short: too many events belong to it"
    CASES = "cut short: too many cases belong to it; some of their events may be missing"
    ENDED = "cut short: the worker is ending"

    @property
    def cut_short(self) -> bool:
        """Whether there may be more."""
        return self not in (Stopped.COMPLETE, Stopped.BEGINNING)


class JourneyReading(NamedTuple):
    """What was found.

    Attributes:
        begins, ends: of which time records were read, in ms by Kafka's time stamps.
        records: looked at, those that were looked at again as well.
        left_out: whether events belong to it that who asks does not see.

    """

    events: Sequence[JourneyEvent]
    stopped: Stopped
    begins: int
    ends: int
    records: int
    left_out: bool
