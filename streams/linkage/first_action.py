"""From detection to the first action: once for each incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.events.event_time import event_time_ms
from streams.records.action import NOTIFY_SOURCE, Kind
from streams.register.handling import is_about

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.records.action import Taken
    from streams.records.anomaly import Anomaly

MOST_REMEMBERED: Final = 10_000


class FirstActions:
    """Knows which incidents were acted on already.

    Feedback is an opinion, and no action; neither is that Pharos notified people.
    """

    def __init__(self) -> None:
        self._acted: dict[tuple[str, str], None] = {}

    def took_ms(self, taken: Taken, anomaly: Anomaly, earlier: Sequence[Taken]) -> int | None:
        """From detection to this action; None where it is not the first, or not about this incident.

        Args:
            taken: the action in question.
            anomaly: of its fingerprint.
            earlier: all that is known of the fingerprint, in the order in which it was read; it may hold this one.

        """
        incident = (anomaly.fingerprint, anomaly.detected_at)
        if not _is_action(taken) or incident in self._acted or not is_about(taken, anomaly):
            return None
        first = next((known for known in earlier if _is_action(known) and is_about(known, anomaly)), taken)
        self._acted[incident] = None
        while len(self._acted) > MOST_REMEMBERED:
            del self._acted[next(iter(self._acted))]
        if (first.source, first.id) != (taken.source, taken.id):
            return None
        return max(0, taken.time - (event_time_ms(anomaly.detected_at) or taken.time))


def _is_action(taken: Taken) -> bool:
    return taken.action != Kind.FEEDBACK and taken.source != NOTIFY_SOURCE
